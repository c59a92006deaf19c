namespace ObjectServer.Storage.Disk;

/// <summary>How much room the file system of a directory has.</summary>
/// <param name="TotalBytes">The file system's size.</param>
/// <param name="FreeBytes">What this process may still write.</param>
public readonly record struct DiskSpace(long TotalBytes, long FreeBytes)
{
    /// <summary>Asks the operating system: microseconds, but a system call.</summary>
    public static DiskSpace Of(string directory)
    {
        var drive = new DriveInfo(Path.GetFullPath(directory));
        return new DiskSpace(drive.TotalSize, drive.AvailableFreeSpace);
    }
}
