namespace ObjectServer.Conformance;

/// <summary>A directory of a test's own, gone with it.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("objectserver-").FullName;

    /// <summary>A path below it.</summary>
    public string this[string name] => Path.Combine(_path, name);

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
