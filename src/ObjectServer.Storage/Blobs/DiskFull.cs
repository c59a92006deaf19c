using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Blobs;

/// <summary>Tells a disk without room from a disk that fails.</summary>
internal static class DiskFull
{
    private const int NoSpaceLeft = 28;
    private const int QuotaExceededLinux = 122;
    private const int QuotaExceededMac = 69;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>Whether the system says that there is no room. On Unix .NET hands the error number through.</summary>
    public static bool Is(IOException failure) => failure is not StoreUnavailableException
        && failure.HResult is NoSpaceLeft or QuotaExceededLinux or QuotaExceededMac
            or WindowsDiskFull or WindowsHandleDiskFull;

    public static StoreUnavailableException Refusal(IOException failure) =>
        new(UnavailableReason.DiskNearlyFull, "The disk is full.", failure);
}
