using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;
using ObjectServer.Storage.Versions;

namespace ObjectServer.Storage;

/// <summary>Buckets and their settings.</summary>
public sealed class BucketStore
{
    private readonly IMetadataStore _metadata;
    private readonly UploadRemoval _uploads;
    private readonly TimeProvider _time;
    private readonly BucketCache _cache;

    internal BucketStore(
        BucketCache cache, IMetadataStore metadata, UploadRemoval uploads, TimeProvider time)
    {
        _cache = cache;
        _metadata = metadata;
        _uploads = uploads;
        _time = time;
    }

    /// <summary>The bucket of this name, or null.</summary>
    public async ValueTask<BucketRecord?> FindAsync(string name, CancellationToken cancellation) =>
        (await _cache.ReadAsync(name, cancellation))?.Bucket;

    /// <summary>Creates a bucket without tags and settings; its id and time are the store's.</summary>
    public ValueTask<CreateBucketOutcome> CreateAsync(
        string name, string ownerId, string region, bool objectLock, CancellationToken cancellation) =>
        CreateAsync(name, ownerId, region, objectLock, tags: [], BucketSettings.None, cancellation);

    /// <summary>Creates a bucket; its id and time are the store's.</summary>
    public async ValueTask<CreateBucketOutcome> CreateAsync(
        string name,
        string ownerId,
        string region,
        bool objectLock,
        ImmutableArray<Tag> tags,
        BucketSettings settings,
        CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var reading = await _metadata.ReadAsync(BucketCache.KeyOf(name), cancellation);
            if (reading.Exists)
            {
                return new CreateBucketOutcome(Created: false, KeptBucket.Decode(reading));
            }

            var bucket = new BucketRecord
            {
                Id = NewId(),
                Name = name,
                Created = Now(),
                OwnerId = ownerId,
                Region = region,
                ObjectLockEnabled = objectLock,
                Tags = tags,
                Settings = settings,

                // Locks hold versions, so S3 enables versioning together with them.
                Versioning = objectLock ? VersioningState.Enabled : VersioningState.Unversioned,
            };
            if (await CommitAsync(name, new MetadataBatch()
                .Require(reading)
                .Put(reading.Key, default, KeptBucket.Encode(bucket))) == CommitOutcome.Committed)
            {
                return new CreateBucketOutcome(Created: true, bucket);
            }
        }
    }

    /// <summary>Deletes a bucket that holds no version and no delete marker; uploads in progress are aborted.</summary>
    public async ValueTask<DeleteBucketOutcome> DeleteAsync(string name, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var reading = await _metadata.ReadAsync(BucketCache.KeyOf(name), cancellation);
            if (!reading.Exists)
            {
                return DeleteBucketOutcome.NoSuchBucket;
            }

            var id = KeptBucket.Decode(reading).Id;
            var outcome = await CommitAsync(name, new MetadataBatch()
                .Require(reading)
                .RequireEmpty(MetadataKeys.InBucket(MetadataKeys.ObjectSpace, id))
                .RequireEmpty(MetadataKeys.InBucket(MetadataKeys.MarkerSpace, id))
                .RequireEmpty(MetadataKeys.InBucket(MetadataKeys.OlderSpace, id))
                .Remove(reading.Key));
            switch (outcome)
            {
                case CommitOutcome.Committed:
                    // The bucket is gone; what its uploads leave behind is nobody's wait but this one's, and
                    // maintenance finishes it if this process does not.
                    await _uploads.RemoveAllAsync(id, CancellationToken.None);
                    return DeleteBucketOutcome.Deleted;
                case CommitOutcome.NotEmpty:
                    return DeleteBucketOutcome.NotEmpty;
            }
        }
    }

    /// <summary>Buckets whose name begins with <paramref name="prefix"/>, after <paramref name="after"/>.</summary>
    public async ValueTask<BucketPage> ListAsync(
        string prefix, string after, int limit, CancellationToken cancellation)
    {
        var page = await ListNamesAsync(prefix, after, limit, cancellation);
        var buckets = ImmutableArray.CreateBuilder<BucketRecord>();
        foreach (var name in page.Names)
        {
            if (await FindAsync(name, cancellation) is { } bucket)
            {
                buckets.Add(bucket);
            }
        }

        return new BucketPage(buckets.DrainToImmutable(), page.IsTruncated);
    }

    /// <summary>Their names alone: the buckets are not read, and one of them may be unreadable.</summary>
    public async ValueTask<BucketNamePage> ListNamesAsync(
        string prefix, string after, int limit, CancellationToken cancellation)
    {
        var prefixRange = MetadataRange.WithPrefix(BucketCache.KeyOf(prefix));
        byte[] afterKey = [.. BucketCache.KeyOf(after), 0];
        var start = after.Length > 0 && afterKey.AsSpan().SequenceCompareTo(prefixRange.Start.Span) > 0
            ? afterKey
            : prefixRange.Start;
        if (!prefixRange.End.IsEmpty && start.Span.SequenceCompareTo(prefixRange.End.Span) >= 0)
        {
            return new BucketNamePage([], IsTruncated: false);
        }

        var found = await _metadata.ScanAsync(
            prefixRange with { Start = start }, checked(limit + 1), cancellation);
        return new BucketNamePage(
            [.. found.Take(limit).Select(reading => Encoding.UTF8.GetString(reading.Key.Span[1..]))],
            found.Count > limit && limit > 0);
    }

    /// <summary>Changes a bucket's settings atomically; null if there is no such bucket.</summary>
    /// <exception cref="InvalidOperationException">
    /// The change takes object lock from a bucket, or versioning from a bucket with object lock.
    /// </exception>
    public async ValueTask<BucketRecord?> UpdateAsync(
        string name, Func<BucketRecord, BucketRecord> change, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var reading = await _metadata.ReadAsync(BucketCache.KeyOf(name), cancellation);
            if (!reading.Exists)
            {
                return null;
            }

            var bucket = KeptBucket.Decode(reading);
            var changed = change(bucket) with { Id = bucket.Id, Name = bucket.Name, Created = bucket.Created };
            if (!KeepsLocks(bucket, changed))
            {
                throw new InvalidOperationException("A bucket with object lock keeps it, and keeps versions.");
            }

            if (await CommitAsync(name, new MetadataBatch()
                .Require(reading)
                .Put(reading.Key, default, KeptBucket.Encode(changed))) == CommitOutcome.Committed)
            {
                return changed;
            }
        }
    }

    /// <summary>Locks hold versions: without them an overwrite would remove what is locked.</summary>
    private static bool KeepsLocks(BucketRecord bucket, BucketRecord changed) =>
        changed.ObjectLockEnabled ? changed.Versioning == VersioningState.Enabled : !bucket.ObjectLockEnabled;

    private async ValueTask<CommitOutcome> CommitAsync(string name, MetadataBatch batch)
    {
        try
        {
            return await _metadata.CommitAsync(batch, CancellationToken.None);
        }
        finally
        {
            _cache.Forget(name);
        }
    }

    private DateTimeOffset Now() => KeptTime.Of(_time.GetUtcNow());

    /// <summary>The smallest numbers are the tally groups of places.</summary>
    private static ulong NewId()
    {
        ulong id;
        do
        {
            id = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        }
        while (id <= byte.MaxValue);
        return id;
    }
}
