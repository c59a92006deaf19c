using ObjectServer.Storage.Contents;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Versions;

/// <summary>
/// One attempt to change a bucket's objects: a batch that requires the bucket to stand as it was read, and everything
/// that was judged besides. An attempt that finds the store changed is made again from the start.
/// </summary>
internal sealed class Attempt
{
    private readonly BucketCache _buckets;
    private readonly IMetadataStore _metadata;
    private readonly ContentStore _store;
    private readonly BucketReading _bucket;

    private Attempt(BucketCache buckets, IMetadataStore metadata, ContentStore store, BucketReading bucket)
    {
        _buckets = buckets;
        _metadata = metadata;
        _store = store;
        _bucket = bucket;
        Batch = new MetadataBatch().Require(bucket.Reading);
        Contents = new ContentLedger(metadata, Batch);
    }

    /// <summary>The bucket as the commit requires it.</summary>
    public BucketRecord Bucket => _bucket.Bucket;

    public MetadataBatch Batch { get; }

    public ContentLedger Contents { get; }

    /// <summary>Reads the bucket anew; null if it is gone, or another one has its name.</summary>
    public static async ValueTask<Attempt?> BeginAsync(
        BucketCache buckets,
        IMetadataStore metadata,
        ContentStore store,
        BucketRecord bucket,
        CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var reading = await buckets.ReadAsync(bucket.Name, cancellation);
        return reading?.Bucket.Id == bucket.Id ? new Attempt(buckets, metadata, store, reading) : null;
    }

    /// <summary>Begins the change of a key; a key is changed once in an attempt.</summary>
    public ValueTask<KeyChange> ChangeAsync(ObjectKey key, bool withContent, CancellationToken cancellation) =>
        KeyChange.BeginAsync(_metadata, Batch, Contents, Bucket, key, withContent, cancellation);

    /// <summary>Begins the change of a key's older versions alone: its current one is neither read nor required.</summary>
    public KeyChange ChangeOlder(ObjectKey key) => KeyChange.OfOlder(_metadata, Batch, Contents, Bucket, key);

    /// <summary>
    /// Commits; false if what was read stands no longer. Once judged, a commit is waited for whatever the caller
    /// wishes: an outcome that nobody knows would leave bytes that nobody may remove.
    /// </summary>
    /// <param name="content">
    /// New content that the batch names: it is the record's from here on, unless the store says that nothing was changed.
    /// </param>
    /// <param name="cancellation">Ends the reads before the commit.</param>
    public async ValueTask<bool> CommitAsync(IUncommitted? content, CancellationToken cancellation)
    {
        await Contents.SettleAsync(cancellation);
        cancellation.ThrowIfCancellationRequested();
        CommitOutcome outcome;
        try
        {
            outcome = await _metadata.CommitAsync(Batch, CancellationToken.None);
        }
        catch (Exception exception) when (exception
            is not StoreUnavailableException { Reason: not UnavailableReason.ReadOnly })
        {
            // A sync that failed may have reached the disk: the next start finds out, and the orphan sweep after it.
            content?.LeaveInDoubt();
            throw;
        }

        if (outcome != CommitOutcome.Committed)
        {
            _buckets.Forget(_bucket.Bucket.Name);
            return false;
        }

        content?.Surrender();
        _buckets.Confirm(_bucket, Batch.Required.Max(reading => reading.AsOf));
        await _store.RemoveAsync(Contents.Unreferenced);
        return true;
    }
}
