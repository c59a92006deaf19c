using System.Runtime.CompilerServices;
using ObjectServer.Storage.Blobs;
using ObjectServer.Storage.Contents;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Records;
using ObjectServer.Storage.Versions;

namespace ObjectServer.Storage.Maintenance;

/// <summary>
/// Removes what crashes leave behind and what has served its time. Every step decides from what the store holds at that
/// moment and from ids that are never reused, so that it may run beside everything else, and be cut short anywhere.
/// </summary>
internal sealed class Sweep(IMetadataStore metadata, ContentStore contents, UploadRemoval removal, TimeProvider time)
{
    /// <summary>A blob is sealed a moment before the record that names it is committed; an hour is no moment.</summary>
    public static readonly TimeSpan OrphanAge = TimeSpan.FromHours(1);

    /// <summary>How long a client may ask again for the outcome of a completion.</summary>
    public static readonly TimeSpan CompletionAge = TimeSpan.FromDays(1);

    private const int PageKeys = 1000;

    public async Task<SweepFinished> RunAsync(CancellationToken cancellation)
    {
        var uploads = await SweepDeletedBucketsAsync(cancellation) + await SweepPartsAsync(cancellation);
        var completions = await SweepCompletionsAsync(cancellation);
        var (blobs, bytes) = await SweepBlobsAsync(cancellation);
        return new SweepFinished(blobs, bytes, uploads, completions);
    }

    /// <summary>
    /// Uploads whose bucket is gone. Which buckets have uploads is read before which buckets there are: a bucket that is
    /// missing from the second look was deleted, for it was there when its upload was begun.
    /// </summary>
    private async Task<long> SweepDeletedBucketsAsync(CancellationToken cancellation)
    {
        var withUploads = new List<ulong>();
        var range = MetadataRange.WithPrefix(MetadataKeys.Space(MetadataKeys.UploadSpace));
        while (await metadata.ScanAsync(range, 1, cancellation) is [var first])
        {
            var bucketId = MetadataKeys.BucketId(first.Key.Span);
            withUploads.Add(bucketId);
            var next = MetadataRange.Successor(MetadataKeys.InBucket(MetadataKeys.UploadSpace, bucketId));
            range = range with { Start = next };
        }

        if (withUploads.Count == 0)
        {
            return 0;
        }

        var present = new HashSet<ulong>();
        await foreach (var reading in ScanAsync(MetadataKeys.BucketSpace, cancellation))
        {
            var bucket = await metadata.ReadAsync(reading.Key, cancellation);
            present.Add(bucket.Exists ? KeptBucket.Decode(bucket).Id : 0);
        }

        var removed = 0L;
        foreach (var bucketId in withUploads.Where(bucketId => !present.Contains(bucketId)))
        {
            await removal.RemoveAllAsync(bucketId, cancellation);
            removed++;
        }

        return removed;
    }

    /// <summary>Parts whose upload has ended. An upload id is never begun again.</summary>
    private async Task<long> SweepPartsAsync(CancellationToken cancellation)
    {
        var removed = 0L;
        var range = MetadataRange.WithPrefix(MetadataKeys.Space(MetadataKeys.PartSpace));
        while (await metadata.ScanAsync(range, 1, cancellation) is [var first])
        {
            var uploadId = MetadataKeys.Id(first.Key.Span);
            range = range with { Start = MetadataRange.Successor(MetadataKeys.PartsOf(uploadId)) };
            var part = await metadata.ReadAsync(first.Key, cancellation);
            if (part.Exists
                && !(await metadata.ReadAsync(KeptPart.DecodeUploadKey(part), cancellation)).Exists)
            {
                await removal.RemovePartsAsync(uploadId, cancellation);
                removed++;
            }
        }

        return removed;
    }

    /// <summary>Completions are in the order in which their uploads were begun: those begun a day ago may be old enough.</summary>
    private async Task<long> SweepCompletionsAsync(CancellationToken cancellation)
    {
        var removed = 0L;
        var limit = time.GetUtcNow() - CompletionAge;
        await foreach (var reading in ScanAsync(MetadataKeys.CompletedSpace, cancellation))
        {
            if (TimedIds.TimeOf(MetadataKeys.Id(reading.Key.Span)) > limit)
            {
                break;
            }

            if (KeptCompletion.DecodeSummary(reading.Summary) <= limit)
            {
                await metadata.CommitAsync(
                    new MetadataBatch().Require(reading).Remove(reading.Key), CancellationToken.None);
                removed++;
            }
        }

        return removed;
    }

    /// <summary>Blobs that no record counts, were sealed long ago, and that nobody in this process still needs.</summary>
    private async Task<(long Blobs, long Bytes)> SweepBlobsAsync(CancellationToken cancellation)
    {
        var (blobs, bytes) = (0L, 0L);
        var limit = time.GetUtcNow() - OrphanAge;
        await foreach (var blob in contents.Blobs.ListAsync(cancellation))
        {
            if (blob.Sealed > limit
                || contents.Pins.IsKept(blob.Id)
                || !await IsUncountedAsync(blob.Id, cancellation))
            {
                continue;
            }

            await contents.Blobs.DeleteAsync(blob.Id, cancellation);
            blobs++;
            bytes += Math.Max(0, blob.Length);
        }

        return (blobs, bytes);
    }

    /// <summary>
    /// Whether no record counts a blob, by a commit that only judges: a store that takes none any more does not know what
    /// it has on the disk, and nothing is removed.
    /// </summary>
    private async ValueTask<bool> IsUncountedAsync(BlobId blob, CancellationToken cancellation)
    {
        var count = await metadata.ReadAsync(MetadataKeys.Content(blob.Value), cancellation);
        return !count.Exists
            && await metadata.CommitAsync(new MetadataBatch().Require(count), cancellation) == CommitOutcome.Committed;
    }

    private async IAsyncEnumerable<MetadataReading> ScanAsync(
        byte space, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var range = MetadataRange.WithPrefix(MetadataKeys.Space(space));
        while (true)
        {
            var page = await metadata.ScanAsync(range, PageKeys, cancellation);
            foreach (var reading in page)
            {
                yield return reading;
            }

            if (page.Count < PageKeys)
            {
                yield break;
            }

            range = range with { Start = (byte[])[.. page[^1].Key.Span, 0] };
        }
    }
}
