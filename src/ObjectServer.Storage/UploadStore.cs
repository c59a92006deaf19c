using System.Collections.Immutable;
using ObjectServer.Storage.Contents;
using ObjectServer.Storage.Listing;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;
using ObjectServer.Storage.Versions;

namespace ObjectServer.Storage;

/// <summary>Multipart uploads.</summary>
/// <remarks>
/// Every part is a blob. Completing an upload writes a manifest that names the blobs of the chosen parts, in the same
/// commit that ends the upload; the parts that were not chosen are removed after it.
/// </remarks>
public sealed class UploadStore
{
    private const int MaxParts = 10_000;

    private readonly BucketCache _buckets;
    private readonly IMetadataStore _metadata;
    private readonly ContentStore _contents;
    private readonly UploadRemoval _removal;
    private readonly KeyTurns _turns;
    private readonly TimeProvider _time;

    internal UploadStore(
        BucketCache buckets,
        IMetadataStore metadata,
        ContentStore contents,
        UploadRemoval removal,
        KeyTurns turns,
        TimeProvider time)
    {
        _buckets = buckets;
        _metadata = metadata;
        _contents = contents;
        _removal = removal;
        _turns = turns;
        _time = time;
    }

    /// <summary>Begins an upload; its id and time are the store's. Null: the bucket was deleted meanwhile.</summary>
    public async ValueTask<UploadRecord?> CreateAsync(
        BucketRecord bucket, NewUpload upload, CancellationToken cancellation)
    {
        while (await BeginAsync(bucket, cancellation) is { } attempt)
        {
            var id = TimedIds.Next(_time);
            var begun = new UploadRecord
            {
                UploadId = KeptUpload.FormatId(id),
                Initiated = Now(),
                Key = upload.Key,
                OwnerId = upload.OwnerId,
                InitiatorId = upload.InitiatorId,
                StorageClass = upload.StorageClass,
                Metadata = upload.Metadata,
                Tags = upload.Tags,
                Acl = upload.Acl,
                Retention = upload.Retention,
                LegalHold = upload.LegalHold,
                ChecksumAlgorithm = upload.ChecksumAlgorithm,
                ChecksumType = upload.ChecksumType,
            };
            attempt.Batch.Put(
                MetadataKeys.Upload(bucket.Id, upload.Key, id),
                KeptUpload.EncodeSummary(begun),
                KeptUpload.EncodeRecord(begun));
            if (await attempt.CommitAsync(null, cancellation))
            {
                return begun;
            }
        }

        return null;
    }

    /// <summary>The upload, or null.</summary>
    public async ValueTask<UploadRecord?> FindAsync(
        BucketRecord bucket, ObjectKey key, string uploadId, CancellationToken cancellation)
    {
        if (!KeptUpload.TryParseId(uploadId, out var id))
        {
            return null;
        }

        var reading = await _metadata.ReadAsync(MetadataKeys.Upload(bucket.Id, key, id), cancellation);
        return reading.Exists ? KeptUpload.Decode(key, id, reading) : null;
    }

    /// <summary>Seals the content and makes it the part of this number, replacing an earlier one.</summary>
    public async ValueTask<PartOutcome> PutPartAsync(
        BucketRecord bucket,
        UploadRecord upload,
        int number,
        string eTag,
        ObjectChecksum? checksum,
        NewContent content,
        CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, MaxParts);
        if (!KeptUpload.TryParseId(upload.UploadId, out var id))
        {
            return new PartOutcome.NoSuchUpload();
        }

        var blob = await content.SealBlobAsync(cancellation);
        var uploadKey = MetadataKeys.Upload(bucket.Id, upload.Key, id);
        while (await BeginAsync(bucket, cancellation) is { } attempt)
        {
            var uploadReading = await _metadata.ReadAsync(uploadKey, cancellation);
            if (!uploadReading.Exists)
            {
                break;
            }

            var earlier = await _metadata.ReadAsync(MetadataKeys.Part(id, number), cancellation);
            attempt.Batch.Require(uploadReading).Require(earlier);
            if (earlier.Exists)
            {
                var replaced = KeptPart.DecodeSummary(earlier);
                attempt.Contents.Release(
                    new ContentReference(ContentKind.Blob, replaced.Blob, replaced.Place), replaced.Part.Size);
            }

            var part = new UploadPart(number, content.Length, eTag, Now(), checksum);
            attempt.Contents.Begin(blob, part.Size);
            attempt.Batch.Put(
                earlier.Key, new KeptPart(part, blob.Id, blob.Place).EncodeSummary(), KeptPart.EncodeRecord(uploadKey));
            if (await attempt.CommitAsync(content, cancellation))
            {
                return new PartOutcome.Written(part);
            }
        }

        return new PartOutcome.NoSuchUpload();
    }

    /// <summary>Parts with a number above <paramref name="after"/>.</summary>
    public async ValueTask<PartPage> ListPartsAsync(
        BucketRecord bucket, UploadRecord upload, int after, int limit, CancellationToken cancellation)
    {
        if (!KeptUpload.TryParseId(upload.UploadId, out var id)
            || after >= MaxParts
            || !(await _metadata.ReadAsync(MetadataKeys.Upload(bucket.Id, upload.Key, id), cancellation)).Exists)
        {
            return new PartPage([], IsTruncated: false);
        }

        var range = MetadataRange.WithPrefix(MetadataKeys.PartsOf(id)) with
        {
            Start = MetadataKeys.Part(id, Math.Max(0, after) + 1),
        };
        var found = await _metadata.ScanAsync(range, checked(limit + 1), cancellation);
        return new PartPage(
            [.. found.Take(limit).Select(part => KeptPart.DecodeSummary(part).Part)],
            found.Count > limit && limit > 0);
    }

    /// <summary>Makes the chosen parts the key's current version and ends the upload; copies nothing.</summary>
    public async ValueTask<WriteOutcome> CompleteAsync(
        BucketRecord bucket, UploadCompletion completion, CancellationToken cancellation)
    {
        var key = completion.Upload.Key;
        if (!KeptUpload.TryParseId(completion.Upload.UploadId, out var id))
        {
            return new WriteOutcome.NoSuchUpload();
        }

        using var turn = await _turns.TakeAsync(bucket.Id, key, cancellation);
        while (await BeginAsync(bucket, cancellation) is { } attempt)
        {
            var uploadReading = await _metadata.ReadAsync(MetadataKeys.Upload(bucket.Id, key, id), cancellation);
            if (!uploadReading.Exists)
            {
                return new WriteOutcome.NoSuchUpload();
            }

            var change = await attempt.ChangeAsync(key, withContent: false, cancellation);
            if (WriteJudgement.Judge(completion.Conditions, change.Head?.Version) is { } refusal)
            {
                return refusal;
            }

            attempt.Batch.Require(uploadReading).Remove(uploadReading.Key);
            var parts = await TakePartsAsync(attempt.Batch, id, completion.Parts, cancellation);
            if (parts.IsDefault)
            {
                return new WriteOutcome.NoSuchUpload();
            }

            var version = Compose(
                KeptUpload.Decode(key, id, uploadReading), completion, attempt.Bucket, change);
            var manifest = new ContentReference(ContentKind.Manifest, TimedIds.Next(_time));
            attempt.Contents.Begin(manifest, version.Size);
            attempt.Batch.Put(MetadataKeys.Manifest(manifest.Id), default, KeptManifest.Encode(parts));
            var kept = new KeptVersion(version, manifest);
            attempt.Batch.Put(
                MetadataKeys.Completed(id),
                KeptCompletion.EncodeSummary(version.LastModified),
                KeptCompletion.EncodeRecord(bucket.Id, kept));
            await change.PushAsync(kept, default, cancellation);
            if (await attempt.CommitAsync(null, cancellation))
            {
                await _removal.RemovePartsAsync(id, CancellationToken.None);
                return new WriteOutcome.Written(version);
            }
        }

        return new WriteOutcome.NoSuchBucket();
    }

    /// <summary>
    /// What an upload was completed to, for a client that asks again; null if unknown. Kept for a day.
    /// </summary>
    public async ValueTask<ObjectVersion?> FindCompletedAsync(
        BucketRecord bucket, ObjectKey key, string uploadId, CancellationToken cancellation)
    {
        if (!KeptUpload.TryParseId(uploadId, out var id))
        {
            return null;
        }

        var reading = await _metadata.ReadAsync(MetadataKeys.Completed(id), cancellation);
        return reading.Exists ? KeptCompletion.Decode(bucket.Id, key, reading) : null;
    }

    /// <summary>Removes an upload and its parts.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="key">The key.</param>
    /// <param name="uploadId">The upload.</param>
    /// <param name="ifInitiated">The time, to the second, at which it must have been begun; null for any.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async ValueTask<AbortOutcome> AbortAsync(
        BucketRecord bucket,
        ObjectKey key,
        string uploadId,
        DateTimeOffset? ifInitiated,
        CancellationToken cancellation)
    {
        if (!KeptUpload.TryParseId(uploadId, out var id))
        {
            return AbortOutcome.NoSuchUpload;
        }

        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var reading = await _metadata.ReadAsync(MetadataKeys.Upload(bucket.Id, key, id), cancellation);
            if (!reading.Exists)
            {
                return AbortOutcome.NoSuchUpload;
            }

            var initiated = KeptUpload.DecodeSummary(key, id, reading.Summary).Initiated;
            if (ifInitiated is { } time && time.ToUnixTimeSeconds() != initiated.ToUnixTimeSeconds())
            {
                return AbortOutcome.PreconditionFailed;
            }

            var batch = new MetadataBatch().Require(reading).Remove(reading.Key);
            if (await _metadata.CommitAsync(batch, CancellationToken.None) == CommitOutcome.Committed)
            {
                await _removal.RemovePartsAsync(id, CancellationToken.None);
                return AbortOutcome.Aborted;
            }
        }
    }

    /// <summary>
    /// Removes an upload that lifecycle rules found to be over, and its parts, unless the rules changed.
    /// </summary>
    /// <param name="bucket">As it was when it was judged: its rules must stand.</param>
    /// <param name="upload">What was judged.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Whether it was there, and is removed.</returns>
    public async ValueTask<bool> ExpireAsync(
        BucketRecord bucket, UploadRecord upload, CancellationToken cancellation)
    {
        if (!KeptUpload.TryParseId(upload.UploadId, out var id))
        {
            return false;
        }

        while (await BeginAsync(bucket, cancellation) is { } attempt && RuleJudgement.Stands(attempt.Bucket, bucket))
        {
            var reading = await _metadata.ReadAsync(MetadataKeys.Upload(bucket.Id, upload.Key, id), cancellation);
            if (!reading.Exists)
            {
                return false;
            }

            attempt.Batch.Require(reading).Remove(reading.Key);
            if (await attempt.CommitAsync(null, cancellation))
            {
                await _removal.RemovePartsAsync(id, CancellationToken.None);
                return true;
            }
        }

        return false;
    }

    /// <summary>A page of uploads in progress.</summary>
    public ValueTask<UploadPage> ListAsync(
        BucketRecord bucket, UploadListing listing, CancellationToken cancellation) =>
        UploadLister.ListAsync(_metadata, bucket, listing, cancellation);

    private ValueTask<Attempt?> BeginAsync(BucketRecord bucket, CancellationToken cancellation) =>
        Attempt.BeginAsync(_buckets, _metadata, _contents, bucket, cancellation);

    /// <summary>
    /// Takes the chosen parts out of the upload and requires each as it was listed; a default array if one of them is
    /// not there, or not the one that was chosen.
    /// </summary>
    private async ValueTask<ImmutableArray<ManifestPart>> TakePartsAsync(
        MetadataBatch batch, Guid uploadId, IReadOnlyList<UploadPart> chosen, CancellationToken cancellation)
    {
        var readings = await _metadata.ScanAsync(
            MetadataRange.WithPrefix(MetadataKeys.PartsOf(uploadId)), MaxParts, cancellation);
        var parts = ImmutableArray.CreateBuilder<ManifestPart>(chosen.Count);
        var at = 0;
        foreach (var wanted in chosen)
        {
            while (at < readings.Count && MetadataKeys.PartNumber(readings[at].Key.Span) < wanted.Number)
            {
                at++;
            }

            if (at == readings.Count)
            {
                return default;
            }

            var kept = KeptPart.DecodeSummary(readings[at]);
            if (kept.Part != wanted)
            {
                return default;
            }

            batch.Require(readings[at]).Remove(readings[at].Key);
            parts.Add(new ManifestPart(wanted.Number, wanted.Size, kept.Blob, wanted.Checksum, kept.Place));
            at++;
        }

        return parts.DrainToImmutable();
    }

    private ObjectVersion Compose(
        UploadRecord upload, UploadCompletion completion, BucketRecord bucket, KeyChange change)
    {
        var modified = Now();
        var (sequence, id) = change.NextVersion(_time.GetUtcNow());
        return new ObjectVersion
        {
            Key = upload.Key,
            VersionId = id,
            Sequence = sequence,
            LastModified = modified,
            IsLatest = true,
            Size = completion.Parts.Sum(part => part.Size),
            ETag = completion.ETag,
            OwnerId = upload.OwnerId,
            StorageClass = upload.StorageClass,
            Metadata = upload.Metadata,
            Tags = upload.Tags,
            Acl = upload.Acl,
            Retention = upload.Retention ?? bucket.DefaultRetention?.From(modified),
            LegalHold = upload.LegalHold,
            Checksum = completion.Checksum,
            PartCount = completion.Parts.Count,
        };
    }

    private DateTimeOffset Now() => KeptTime.Of(_time.GetUtcNow());
}

/// <summary>How an abort ended.</summary>
public enum AbortOutcome
{
    Aborted,
    NoSuchUpload,
    PreconditionFailed,
}
