using System.Runtime.InteropServices;

namespace ObjectServer.Storage.Disk;

/// <summary>
/// Makes a directory's entries durable: a file that was created, renamed or removed is only safe once its directory is
/// synced too. .NET cannot open a directory, so this asks the C library.
/// </summary>
/// <remarks>Windows keeps directory entries in NTFS's own log and offers no such call: there it does nothing.</remarks>
internal static partial class DirectorySync
{
    private const int ReadOnly = 0;

    /// <summary>Syncs a directory's entries.</summary>
    /// <exception cref="IOException">The directory cannot be opened or synced.</exception>
    public static void Sync(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(directory, ReadOnly);
        if (descriptor < 0)
        {
            throw Failure("open", directory);
        }

        try
        {
            if (Fsync(descriptor) != 0)
            {
                throw Failure("sync", directory);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string what, string directory)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"Cannot {what} the directory '{directory}': {Marshal.GetPInvokeErrorMessage(error)}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
