using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ObjectServer.Storage.Disk;

/// <summary>
/// Makes a file's bytes durable, and all that is needed to read them, its length included. What .NET calls a flush to
/// the disk also writes the time of the last change, which is a second write for each sync of the journal.
/// </summary>
/// <remarks>
/// Linux's fdatasync; elsewhere .NET's flush. https://man7.org/linux/man-pages/man2/fdatasync.2.html
/// </remarks>
internal static partial class FileSync
{
    private const int Interrupted = 4;

    /// <summary>Syncs what was written to a file.</summary>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public static void Sync(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        while (SyncData(file) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                // The number goes along, as .NET does it: a full disk is told from one that fails by it.
                throw new IOException($"Cannot sync a file: {Marshal.GetPInvokeErrorMessage(error)}", error);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SyncData(SafeFileHandle file);
}
