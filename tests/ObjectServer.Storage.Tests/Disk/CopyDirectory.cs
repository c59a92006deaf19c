namespace ObjectServer.Storage.Tests.Disk;

/// <summary>What a kill leaves: the files as they are now, while somebody still has them open.</summary>
internal static class CopyDirectory
{
    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);

        // A lock is its holder's, and the file by itself is nothing.
        foreach (var file in Directory.GetFiles(from).Where(file => Path.GetFileName(file) != "LOCK"))
        {
            using var source = new FileStream(
                file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = File.Create(Path.Combine(to, Path.GetFileName(file)));
            source.CopyTo(copy);
        }

        foreach (var directory in Directory.GetDirectories(from))
        {
            Copy(directory, Path.Combine(to, Path.GetFileName(directory)));
        }
    }
}
