namespace ObjectServer.Storage;

/// <summary>How a local store is kept.</summary>
public sealed record LocalStoreOptions
{
    /// <summary>Where everything lies; made if it is not there.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Content up to this many bytes is kept in the journal, beside its record; more becomes a blob.</summary>
    public int InlineLimitBytes { get; init; } = 64 * 1024;

    /// <summary>Writes are refused while the disk has less free space.</summary>
    public long DiskReserveBytes { get; init; } = 1L << 30;
}

/// <summary>The store of one machine: journal, index and blobs in one directory, opened by one process at a time.</summary>
public sealed class LocalStore : IAsyncDisposable
{
    public BucketStore Buckets => throw new NotImplementedException();

    public ObjectStore Objects => throw new NotImplementedException();

    public UploadStore Uploads => throw new NotImplementedException();

    /// <summary>Opens or creates the store; recovers what a crash left.</summary>
    /// <exception cref="StoreOpenException">Locked by another process, of a newer format, or damaged beyond its checks.</exception>
    public static ValueTask<LocalStore> OpenAsync(
        LocalStoreOptions options, TimeProvider time, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>Finishes what is under way, closes the journal and releases the lock.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
