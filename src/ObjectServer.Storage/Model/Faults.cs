namespace ObjectServer.Storage.Model;

/// <summary>Why a store refuses writes.</summary>
public enum UnavailableReason
{
    /// <summary>A write or sync failed earlier; the store takes no more writes until it is restarted.</summary>
    ReadOnly,

    /// <summary>The disk has less free space than the configured reserve. Reads and deletes go on.</summary>
    DiskNearlyFull,

    /// <summary>More writes are waiting than memory allows; try again later.</summary>
    Overloaded,

    /// <summary>The store is closing.</summary>
    Closing,
}

/// <summary>The store takes no writes now. Nothing was changed.</summary>
public sealed class StoreUnavailableException(UnavailableReason reason, string message, Exception? cause = null)
    : IOException(message, cause)
{
    public UnavailableReason Reason { get; } = reason;
}

/// <summary>Stored bytes failed their checksum: they are never served.</summary>
public sealed class CorruptDataException(string message, Exception? cause = null) : IOException(message, cause);

/// <summary>The data directory cannot be opened: locked by another process, of a newer format, or not a store.</summary>
public sealed class StoreOpenException(string message, Exception? cause = null) : IOException(message, cause)
{
    /// <summary>Whether all that is wrong is that another process has it open.</summary>
    public bool IsInUse { get; init; }
}
