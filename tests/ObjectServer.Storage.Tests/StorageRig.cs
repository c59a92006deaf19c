using System.Collections.Immutable;
using System.Security.Cryptography;
using ObjectServer.Storage.Blobs;
using ObjectServer.Storage.Contents;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Tests.Contracts;
using ObjectServer.Storage.Versions;

namespace ObjectServer.Storage.Tests;

/// <summary>The stores over any two implementations of the seams, and short ways to use them.</summary>
internal sealed class StorageRig : IAsyncDisposable
{
    public const string Owner = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a";

    /// <summary>The class whose bytes lie in a place of their own, where the rig has one.</summary>
    public const string SlowClass = "STANDARD_IA";

    public StorageRig(
        IMetadataStore metadata, IBlobStore blobs, TimeProvider time, int inlineLimitBytes = 16, IBlobStore? slow = null)
    {
        Metadata = metadata;
        Blobs = blobs;
        Contents = new ContentStore(metadata, new BlobPlaces(blobs, slow is null ? [] : [((byte)1, SlowClass, slow)]), inlineLimitBytes);
        Removal = new UploadRemoval(metadata, Contents);
        var turns = new KeyTurns();
        var buckets = new BucketCache(metadata);
        Buckets = new BucketStore(buckets, metadata, Removal, time);
        Objects = new ObjectStore(buckets, metadata, Contents, turns, time);
        Uploads = new UploadStore(buckets, metadata, Contents, Removal, turns, time);
    }

    public IMetadataStore Metadata { get; }

    public IBlobStore Blobs { get; }

    public ContentStore Contents { get; }

    public UploadRemoval Removal { get; }

    public BucketStore Buckets { get; }

    public ObjectStore Objects { get; }

    public UploadStore Uploads { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static StorageRig InMemory(TimeProvider? time = null) => new(
        new InMemoryMetadataStore(),
        new InMemoryBlobStore(TimeProvider.System),
        time ?? TimeProvider.System,
        slow: new InMemoryBlobStore(TimeProvider.System, place: 1));

    public async Task<BucketRecord> BucketAsync(
        string name = "bucket", VersioningState versioning = VersioningState.Unversioned)
    {
        var made = await Buckets.CreateAsync(name, Owner, "us-east-1", objectLock: false, Cancellation);
        return versioning == VersioningState.Unversioned ? made.Bucket : await SetVersioningAsync(name, versioning);
    }

    public async Task<BucketRecord> SetVersioningAsync(string name, VersioningState versioning) =>
        (await Buckets.UpdateAsync(name, bucket => bucket with { Versioning = versioning }, Cancellation))!;

    public async Task<WriteOutcome> TryPutAsync(
        BucketRecord bucket, string key, byte[] bytes, WriteConditions? conditions = null)
    {
        await using var content = await Objects.BeginContentAsync(null, Cancellation);
        await content.WriteAsync(bytes, Cancellation);
        return await Objects.PutAsync(bucket, New(key, bytes, conditions), content, Cancellation);
    }

    public async Task<ObjectVersion> PutAsync(BucketRecord bucket, string key, byte[] bytes) =>
        Assert.IsType<WriteOutcome.Written>(await TryPutAsync(bucket, key, bytes)).Version;

    public async Task<byte[]?> GetAsync(BucketRecord bucket, string key, VersionId? version = null)
    {
        await using var found = await Objects.OpenAsync(bucket, ObjectKey.Parse(key), version, Cancellation);
        return found is null or { Version.IsDeleteMarker: true } ? null : await ReadAsync(found);
    }

    public Task<DeleteOutcome> DeleteAsync(
        BucketRecord bucket,
        string key,
        VersionId? version = null,
        WriteConditions? conditions = null,
        bool bypassesGovernance = false) =>
        Objects.DeleteAsync(
            bucket,
            ObjectKey.Parse(key),
            version,
            Owner,
            conditions ?? WriteConditions.None,
            bypassesGovernance,
            Cancellation).AsTask();

    public async Task<UploadPart> PutPartAsync(BucketRecord bucket, UploadRecord upload, int number, byte[] bytes)
    {
        await using var content = await Objects.BeginContentAsync(bytes.Length, Cancellation);
        await content.WriteAsync(bytes, Cancellation);
        var checksum = new ObjectChecksum(ChecksumAlgorithm.Sha256, ChecksumType.FullObject, SHA256.HashData(bytes));
        return Assert.IsType<PartOutcome.Written>(await Uploads.PutPartAsync(
            bucket, upload, number, ETagOf(bytes), checksum, content, Cancellation)).Part;
    }

    /// <summary>Begins, fills and completes an upload.</summary>
    public async Task<ObjectVersion> UploadAsync(BucketRecord bucket, string key, params byte[][] parts)
    {
        var upload = await BeginUploadAsync(bucket, key);
        var put = new List<UploadPart>();
        foreach (var part in parts)
        {
            put.Add(await PutPartAsync(bucket, upload, put.Count + 1, part));
        }

        return Assert.IsType<WriteOutcome.Written>(await CompleteAsync(bucket, upload, put)).Version;
    }

    public async Task<UploadRecord> BeginUploadAsync(BucketRecord bucket, string key) =>
        (await Uploads.CreateAsync(
            bucket, new NewUpload { Key = ObjectKey.Parse(key), OwnerId = Owner }, Cancellation))!;

    public Task<WriteOutcome> CompleteAsync(
        BucketRecord bucket, UploadRecord upload, IReadOnlyList<UploadPart> parts, WriteConditions? conditions = null) =>
        Uploads.CompleteAsync(
            bucket,
            new UploadCompletion
            {
                Upload = upload,
                Parts = parts,
                ETag = $"{ETagOf([(byte)parts.Count])}-{parts.Count}",
                Conditions = conditions ?? WriteConditions.None,
            },
            Cancellation).AsTask();

    public async Task<WriteOutcome> CopyAsync(
        BucketRecord bucket,
        ObjectVersion source,
        string key,
        BucketRecord? sourceBucket = null,
        string storageClass = StorageState.StandardClass) =>
        await Objects.CopyAsync(
            sourceBucket ?? bucket,
            source,
            bucket,
            new NewObject
            {
                Key = ObjectKey.Parse(key),
                ETag = source.ETag,
                OwnerId = Owner,
                Checksum = source.Checksum,
                StorageClass = storageClass,
            },
            Cancellation);

    public async Task<ImmutableArray<ListedVersion>> VersionsAsync(BucketRecord bucket) =>
        (await Objects.ListVersionsAsync(
            bucket, new VersionListing(default, default, default, null, 1000), Cancellation)).Versions;

    public async Task<List<BlobListing>> BlobsAsync()
    {
        var found = new List<BlobListing>();
        await foreach (var blob in Contents.Blobs.ListAsync(Cancellation))
        {
            found.Add(blob);
        }

        return found;
    }

    public async ValueTask DisposeAsync()
    {
        await Metadata.DisposeAsync();
        await Blobs.DisposeAsync();
    }

    public static NewObject New(string key, byte[] bytes, WriteConditions? conditions = null) => new()
    {
        Key = ObjectKey.Parse(key),
        ETag = ETagOf(bytes),
        OwnerId = Owner,
        Checksum = new ObjectChecksum(ChecksumAlgorithm.Sha256, ChecksumType.FullObject, SHA256.HashData(bytes)),
        Conditions = conditions ?? WriteConditions.None,
    };

    public static string ETagOf(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));

    public static async Task<byte[]> ReadAsync(StoredObject found)
    {
        var bytes = new byte[found.Version.Size];
        Assert.Equal(bytes.Length, await found.ReadAsync(0, bytes, Cancellation));
        return bytes;
    }
}
