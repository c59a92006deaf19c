using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ObjectServer.Storage.Disk;

/// <summary>
/// Files that are either the old ones or the new ones, whatever happens: written under a temporary name, synced,
/// renamed, and the rename synced. Nothing else in the store renames files.
/// </summary>
public static class AtomicFile
{
    /// <summary>
    /// The ending of a file that is not yet the one it wants to be. One left behind by a crash is worthless.
    /// </summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Replaces a file's bytes. Durable once this returns.</summary>
    /// <param name="path">The file, made if it does not exist; its directory must.</param>
    /// <param name="bytes">All of its bytes.</param>
    /// <param name="mode">Who may read and write it, on Unix; null for the process's default.</param>
    /// <exception cref="IOException">Writing, syncing or renaming failed; the old file stands.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes, UnixFileMode? mode = null)
    {
        var temporary = path + TemporarySuffix;
        File.Delete(temporary);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 0,
        };
        if (mode is not null && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using (var file = new FileStream(temporary, options))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        Rename(temporary, path);
    }

    /// <summary>Replaces a file's text, in UTF-8.</summary>
    public static void Write(string path, string text, UnixFileMode? mode = null) =>
        Write(path, Encoding.UTF8.GetBytes(text), mode);

    /// <summary>
    /// Gives a file, whose bytes were synced, another name, replacing what had it. Durable once this returns.
    /// </summary>
    public static void Rename(string from, string to)
    {
        Replace(from, to);
        DirectorySync.Sync(Directory.GetParent(to)!.FullName);
    }

    /// <summary>The same, not yet durable: the caller syncs the directory.</summary>
    [SuppressMessage("ApiDesign", "RS0030", Justification = "This is the one place that renames files.")]
    internal static void Replace(string from, string to) => File.Move(from, to, overwrite: true);

    /// <summary>Gives a directory another name, which must be free. Durable once this returns.</summary>
    public static void RenameDirectory(string from, string to)
    {
        Directory.Move(from, to);
        DirectorySync.Sync(Directory.GetParent(to)!.FullName);
    }
}
