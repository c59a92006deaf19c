namespace ObjectServer.Storage;

/// <summary>Buckets and their settings.</summary>
public sealed class BucketStore
{
    /// <summary>The bucket of this name, or null.</summary>
    public ValueTask<BucketRecord?> FindAsync(string name, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>Creates a bucket; its id and time are the store's.</summary>
    public ValueTask<CreateBucketOutcome> CreateAsync(
        string name, string ownerId, string region, bool objectLock, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>Deletes a bucket that holds no version and no delete marker; uploads in progress are aborted.</summary>
    public ValueTask<DeleteBucketOutcome> DeleteAsync(string name, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>Buckets whose name begins with <paramref name="prefix"/>, after <paramref name="after"/>.</summary>
    public ValueTask<BucketPage> ListAsync(string prefix, string after, int limit, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>Changes a bucket's settings atomically; null if there is no such bucket.</summary>
    public ValueTask<BucketRecord?> UpdateAsync(
        string name, Func<BucketRecord, BucketRecord> change, CancellationToken cancellation) =>
        throw new NotImplementedException();
}
