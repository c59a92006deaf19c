using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ObjectServer.Storage.Disk;

/// <summary>
/// Lets the writes of a file go past the operating system's page cache, straight from memory to the disk. For long
/// sequential writes that saves a copy, and the sync at the end finds nothing left to write.
/// </summary>
/// <remarks>
/// Linux's O_DIRECT, for which .NET has no name; elsewhere nothing changes. https://man7.org/linux/man-pages/man2/open.2.html
/// </remarks>
internal static partial class PageCache
{
    /// <summary>Direct writes need memory, offsets and lengths at multiples of this; every disk's block divides it.</summary>
    public const int AlignmentBytes = 4096;

    private const int GetFlags = 3;
    private const int SetFlags = 4;

    /// <summary>Asks for it; false where the platform or the file system has no such thing.</summary>
    public static bool TryBypass(SafeFileHandle handle) => SetDirect(handle, true);

    /// <summary>Ends it: what is written from here on may have any length.</summary>
    public static void Use(SafeFileHandle handle) => SetDirect(handle, false);

    private static bool SetDirect(SafeFileHandle handle, bool isDirect)
    {
        var direct = RuntimeInformation.ProcessArchitecture switch
        {
            _ when !OperatingSystem.IsLinux() => 0,
            Architecture.X64 => 0x4000,
            Architecture.Arm64 => 0x10000,
            _ => 0,
        };
        if (direct == 0)
        {
            return false;
        }

        var flags = Control(handle, GetFlags, 0);
        return flags >= 0 && Control(handle, SetFlags, isDirect ? flags | direct : flags & ~direct) == 0;
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(SafeFileHandle file, int command, int argument);
}
