using System.Buffers;
using System.Text;
using ObjectServer.AccessControl;
using ObjectServer.Authorization;
using ObjectServer.Checksums;
using ObjectServer.Lifecycle;
using ObjectServer.Operations.Objects;
using ObjectServer.Operations.Tagging;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Seeding;

/// <summary>
/// Makes buckets and objects: what is there already and equal is left alone, what differs is set, and nothing is taken
/// away.
/// </summary>
/// <param name="store">Where they are kept.</param>
/// <param name="newBuckets">What a new bucket gets where the file does not say.</param>
/// <param name="region">The region of new buckets.</param>
/// <param name="mistakes">Told what cannot be so beside what is there already.</param>
internal sealed class SeededBuckets(
    LocalStore store, NewBuckets newBuckets, string region, SeedMistakes mistakes)
{
    private const int CopyBytes = 256 * 1024;

    /// <summary>Makes a bucket with its objects.</summary>
    /// <param name="ownerId">Canonical id of the account.</param>
    /// <param name="seeded">What it is to be like.</param>
    /// <param name="cancellation">Ends it; what was done stays.</param>
    /// <exception cref="StoreUnavailableException">The store takes no writes now.</exception>
    public async Task PutAsync(string ownerId, SeedBucket seeded, CancellationToken cancellation)
    {
        var (_, bucket) = await store.Buckets.CreateAsync(
            seeded.Name,
            ownerId,
            region,
            seeded.ObjectLockEnabled ?? false,
            tags: [],
            newBuckets.Settings(seeded.Ownership, new(ownerId, Grants: null)),
            cancellation);
        if (bucket.OwnerId != ownerId)
        {
            mistakes.Add(seeded.Place, $"The bucket '{seeded.Name}' belongs to another account.");
            return;
        }

        var wanted = Changed(bucket, seeded);
        if (FindMistake(bucket, wanted, seeded) is { } mistake)
        {
            mistakes.Add(seeded.Place, mistake);
            return;
        }

        if (!IsSame(bucket, wanted))
        {
            bucket = (await store.Buckets.UpdateAsync(seeded.Name, kept => Changed(kept, seeded), cancellation))!;
        }

        foreach (var found in seeded.Objects)
        {
            await PutObjectAsync(bucket, found, cancellation);
        }
    }

    private static BucketRecord Changed(BucketRecord bucket, SeedBucket seeded)
    {
        var settings = bucket.Settings;
        if (seeded.Ownership is { } ownership)
        {
            settings = settings.With(ownership);
        }

        if (seeded.PublicAccessBlock is { } block)
        {
            settings = settings.With(BucketSetting.PublicAccessBlock, block.Encode());
        }

        if (seeded.Acl is { } acl)
        {
            settings = CannedAcl.ForBucket(acl, bucket.OwnerId).ToDocument() is { } document
                ? settings.With(BucketSetting.Acl, document.Bytes)
                : settings.Without(BucketSetting.Acl);
        }

        if (seeded.Policy is { } policy)
        {
            settings = BucketPolicy.With(settings, Encoding.UTF8.GetBytes(policy), givesUpRoot: false);
        }

        if (seeded.RequesterPays is { } requesterPays)
        {
            settings = RequesterPays.With(settings, requesterPays);
        }

        if (seeded.Cors is { } cors)
        {
            settings = settings.With(BucketSetting.Cors, cors);
        }

        if (seeded.Website is { } website)
        {
            settings = settings.With(BucketSetting.Website, website);
        }

        if (seeded.DefaultRetention is { } retention)
        {
            settings = settings.With(BucketSetting.ObjectLock, retention.ToDocument());
        }

        if (seeded.Lifecycle is { } lifecycle)
        {
            var document = new ArrayBufferWriter<byte>();
            LifecycleDocument.WriteKept(new S3XmlWriter(document), lifecycle);
            settings = settings.With(BucketSetting.Lifecycle, document.WrittenMemory);
        }

        return bucket with
        {
            ObjectLockEnabled = bucket.ObjectLockEnabled || seeded.ObjectLockEnabled == true,
            Versioning = seeded.Versioning
                ?? (seeded.ObjectLockEnabled == true ? VersioningState.Enabled : bucket.Versioning),
            Tags = SeededTags.Merge(bucket.Tags, seeded.Tags),
            Settings = settings,
        };
    }

    /// <summary>What S3 would refuse, too.</summary>
    private static string? FindMistake(BucketRecord bucket, BucketRecord wanted, SeedBucket seeded)
    {
        if (bucket.ObjectLockEnabled && seeded.ObjectLockEnabled == false)
        {
            return "The bucket is there with object lock, which cannot be switched off.";
        }

        if (wanted is { ObjectLockEnabled: true, Versioning: not VersioningState.Enabled })
        {
            return "A bucket with object lock keeps versions: its versioning cannot be suspended.";
        }

        if (seeded.DefaultRetention is not null && !wanted.ObjectLockEnabled)
        {
            return "A default retention needs a bucket with object lock: objectLockEnabled.";
        }

        if (seeded.Acl is not (null or "private") && OwnershipControls.AreAclsDisabled(wanted))
        {
            return $"ACLs are disabled in this bucket: '{seeded.Acl}' needs another objectOwnership than BucketOwnerEnforced.";
        }

        return TagRules.Bucket.Judge(wanted.Tags)?.Message;
    }

    private static bool IsSame(BucketRecord left, BucketRecord right) =>
        left.Versioning == right.Versioning
        && left.ObjectLockEnabled == right.ObjectLockEnabled
        && left.Tags.SequenceEqual(right.Tags)
        && left.Settings.All.Select(Written).SequenceEqual(right.Settings.All.Select(Written));

    private static (BucketSetting Setting, string Document) Written(KeyValuePair<BucketSetting, SettingDocument> setting) =>
        (setting.Key, Convert.ToHexString(setting.Value.Bytes.Span));

    private async Task PutObjectAsync(BucketRecord bucket, SeedObject seeded, CancellationToken cancellation)
    {
        var key = ObjectKey.Parse(seeded.Key);
        var found = await store.Objects.FindAsync(bucket, key, versionId: null, cancellation);
        var before = found is { IsDeleteMarker: false } ? found : null;
        var tags = SeededTags.Merge(before?.Tags ?? [], seeded.Tags);
        if (TagRules.Object.Judge(tags) is { } broken)
        {
            mistakes.Add(seeded.Place, broken.Message);
            return;
        }

        await using var file = new FileStream(
            seeded.File, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
        if (file.Length > PutObject.MaxBytes)
        {
            mistakes.Add(seeded.Place, $"The file '{seeded.File}' has more than {PutObject.MaxBytes} bytes.");
        }
        else if (before is null || !SaysTheSame(before, seeded) || !await HasBytesAsync(before, file, cancellation))
        {
            file.Position = 0;
            await WriteAsync(bucket, Described(key, bucket, before, seeded) with { Tags = tags }, file, cancellation);
        }
        else if (tags != before.Tags)
        {
            await store.Objects.UpdateAsync(
                bucket, key, before.VersionId, version => version with { Tags = tags }, cancellation);
        }
    }

    private static NewObject Described(ObjectKey key, BucketRecord bucket, ObjectVersion? before, SeedObject seeded)
    {
        var metadata = before?.Metadata ?? new() { ContentType = ObjectHeaders.DefaultContentType };
        return new()
        {
            Key = key,
            ETag = "",
            OwnerId = bucket.OwnerId,
            Metadata = metadata with
            {
                ContentType = seeded.ContentType ?? metadata.ContentType,
                User = seeded.Metadata ?? metadata.User,
            },
        };
    }

    private static bool SaysTheSame(ObjectVersion before, SeedObject seeded) =>
        (seeded.ContentType is null || seeded.ContentType == before.Metadata.ContentType)
        && (seeded.Metadata is not { } metadata || metadata.ToHashSet().SetEquals(before.Metadata.User));

    private static async Task<bool> HasBytesAsync(ObjectVersion before, FileStream file, CancellationToken cancellation)
    {
        if (before.Size != file.Length)
        {
            return false;
        }

        using var hasher = ChecksumHasher.Create(ChecksumAlgorithm.Md5);
        await ReadAsync(
            file,
            (bytes, _) =>
            {
                hasher.Append(bytes.Span);
                return ValueTask.CompletedTask;
            },
            cancellation);
        return before.ETag == Convert.ToHexStringLower(hasher.Finish());
    }

    private async Task WriteAsync(
        BucketRecord bucket, NewObject described, FileStream file, CancellationToken cancellation)
    {
        await using var content = await store.Objects.BeginContentAsync(
            described.StorageClass, file.Length, cancellation);
        using var hashes = new ContentHashes(ContentHashes.DefaultAlgorithm, needsSha256: false);
        await ReadAsync(
            file,
            (bytes, stop) =>
            {
                hashes.Append(bytes.Span);
                return content.WriteAsync(bytes, stop);
            },
            cancellation);
        var digests = hashes.Finish();
        await store.Objects.PutAsync(
            bucket,
            described with
            {
                ETag = Convert.ToHexStringLower(digests.Md5),
                Checksum = new(ContentHashes.DefaultAlgorithm, ChecksumType.FullObject, digests.Checksum),
            },
            content,
            cancellation);
    }

    private static async Task ReadAsync(
        FileStream file, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> take, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            while (await file.ReadAsync(buffer, cancellation) is var read and > 0)
            {
                await take(buffer.AsMemory(0, read), cancellation);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
