namespace ObjectServer.Storage.Disk;

/// <summary>Names that lead elsewhere. The store makes none, so that one of them in it was put there.</summary>
internal static class SymbolicLink
{
    /// <summary>Whether a path is one; false where there is nothing.</summary>
    public static bool Is(string path) => Is(new FileInfo(path));

    /// <summary>The path that a path leads to in the end, whichever names on its way are links; it need not exist.</summary>
    /// <exception cref="IOException">The links lead in a circle.</exception>
    public static string Resolve(string path)
    {
        if (Path.GetDirectoryName(path) is not { } parent)
        {
            return path;
        }

        var entry = new DirectoryInfo(Path.Combine(Resolve(parent), Path.GetFileName(path)));
        return entry.LinkTarget is null
            ? entry.FullName
            : Resolve(Path.TrimEndingDirectorySeparator(entry.ResolveLinkTarget(returnFinalTarget: true)!.FullName));
    }

    /// <summary>One of those that lie in a directory, not below; null where there is none, or no directory.</summary>
    public static FileSystemInfo? FirstIn(string directory) => Directory.Exists(directory)
        ? new DirectoryInfo(directory).EnumerateFileSystemInfos().FirstOrDefault(Is)
        : null;

    /// <summary>Other reparse points of Windows, those of a deduplicated disk for instance, lead nowhere else.</summary>
    private static bool Is(FileSystemInfo entry) =>
        entry.Attributes is var attributes and not (FileAttributes)(-1)
        && (attributes & FileAttributes.ReparsePoint) != 0
        && entry.LinkTarget is not null;
}
