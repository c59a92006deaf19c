using ObjectServer.Storage.Blobs;
using ObjectServer.Storage.Contents;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Versions;

/// <summary>
/// Removes uploads and their parts in bounded batches: first the upload's own record, which ends it, then what it
/// leaves. A crash in between leaves parts without an upload, which maintenance finds and removes the same way.
/// </summary>
internal sealed class UploadRemoval(IMetadataStore metadata, ContentStore contents)
{
    private const int BatchParts = 256;

    /// <summary>Removes every upload of a bucket that is gone.</summary>
    public async ValueTask RemoveAllAsync(ulong bucketId, CancellationToken cancellation)
    {
        var range = MetadataRange.WithPrefix(MetadataKeys.InBucket(MetadataKeys.UploadSpace, bucketId));
        while (true)
        {
            var page = await metadata.ScanAsync(range, BatchParts, cancellation);
            foreach (var upload in page)
            {
                await metadata.CommitAsync(
                    new MetadataBatch().Require(upload).Remove(upload.Key), CancellationToken.None);
                await RemovePartsAsync(MetadataKeys.UploadId(upload.Key.Span), cancellation);
            }

            if (page.Count < BatchParts)
            {
                return;
            }
        }
    }

    /// <summary>Removes the parts of an upload whose own record is gone, and their blobs.</summary>
    public async ValueTask RemovePartsAsync(Guid uploadId, CancellationToken cancellation)
    {
        var range = MetadataRange.WithPrefix(MetadataKeys.PartsOf(uploadId));
        while (true)
        {
            var page = await metadata.ScanAsync(range, BatchParts, cancellation);
            if (page.Count == 0)
            {
                return;
            }

            // A part's blob is referenced by the part alone until a completion takes both the part and the upload.
            var batch = new MetadataBatch();
            var blobs = new List<BlobId>(page.Count);
            foreach (var part in page)
            {
                var kept = KeptPart.DecodeSummary(part);
                batch.Require(part)
                    .Remove(part.Key)
                    .Remove(MetadataKeys.Content(kept.Blob))
                    .TallyPlace(kept.Place, -1, -kept.Part.Size);
                blobs.Add(new BlobId(kept.Blob, kept.Place));
            }

            if (await metadata.CommitAsync(batch, CancellationToken.None) == CommitOutcome.Committed)
            {
                foreach (var blob in blobs)
                {
                    await contents.RemoveAsync(blob);
                }
            }
        }
    }
}
