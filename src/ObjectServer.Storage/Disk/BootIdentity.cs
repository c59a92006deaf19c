namespace ObjectServer.Storage.Disk;

/// <summary>
/// Names the present run of the operating system. While it lasts, whatever a killed process had written is still in the
/// page cache in the order in which it was written; after another boot only what was synced is sure.
/// </summary>
internal static class BootIdentity
{
    private const string LinuxBootId = "/proc/sys/kernel/random/boot_id";

    /// <summary>The identity, or null where the platform has none that can be trusted.</summary>
    public static string? Read()
    {
        try
        {
            return OperatingSystem.IsLinux() ? File.ReadAllText(LinuxBootId).Trim() : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
