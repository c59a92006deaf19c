namespace ObjectServer.Tests;

/// <summary>Finds the files of the repository that a test compares with.</summary>
internal static class RepositoryRoot
{
    /// <summary>A file by its path from the repository's root.</summary>
    public static string File(params string[] path)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(Path.Combine(directory.FullName, "ObjectServer.sln")))
        {
            directory = directory.Parent ?? throw new DirectoryNotFoundException("The tests run outside the repository.");
        }

        return Path.Combine([directory.FullName, .. path]);
    }
}
