using ObjectServer.CrashWriter;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Tests.Disk;

namespace ObjectServer.Storage.Tests;

/// <summary>A store in which one storage class has a directory of its own, and short ways to use it.</summary>
internal static class PlacesStore
{
    public const string Slow = "STANDARD_IA";

    public static readonly byte[] Small = [1, 2, 3];
    public static readonly byte[] Large = [.. Enumerable.Range(0, 150_000).Select(at => (byte)(at % 251))];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static LocalStoreOptions OptionsIn(TemporaryDirectory directory) => new()
    {
        DataDirectory = directory["data"],
        InlineLimitBytes = 1000,
        DiskReserveBytes = 0,
        ClassDirectories = new Dictionary<string, string> { [Slow] = directory["slow"] },
    };

    public static string[] BlobsIn(string root) =>
        Directory.GetFiles(Path.Combine(root, "blobs"), "*", SearchOption.AllDirectories);

    public static async Task<BucketRecord> BucketAsync(LocalStore store) =>
        (await store.Buckets.CreateAsync("bucket", "owner", "region", false, Cancellation)).Bucket;

    public static async Task<TransitionOutcome> MoveAsync(
        LocalStore store, ObjectVersion version, string storageClass) =>
        await store.Objects.MoveAsync(
            (await store.Buckets.FindAsync("bucket", Cancellation))!, version, storageClass, Cancellation);

    public static async Task<ObjectVersion> PutAsync(
        LocalStore store, BucketRecord bucket, string key, byte[] bytes, string storageClass = "STANDARD")
    {
        await using var content = await store.Objects.BeginContentAsync(storageClass, bytes.Length, Cancellation);
        await content.WriteAsync(bytes, Cancellation);
        return Assert.IsType<WriteOutcome.Written>(await store.Objects.PutAsync(
            bucket, StorageRig.New(key, bytes) with { StorageClass = storageClass }, content, Cancellation)).Version;
    }

    public static async Task<ObjectVersion> UploadAsync(
        LocalStore store, BucketRecord bucket, string key, string storageClass, params byte[][] parts)
    {
        var upload = await store.Uploads.CreateAsync(
            bucket,
            new NewUpload { Key = ObjectKey.Parse(key), OwnerId = "owner", StorageClass = storageClass },
            Cancellation);
        var put = new List<UploadPart>();
        foreach (var bytes in parts)
        {
            await using var content = await store.Objects.BeginContentAsync(storageClass, bytes.Length, Cancellation);
            await content.WriteAsync(bytes, Cancellation);
            put.Add(Assert.IsType<PartOutcome.Written>(await store.Uploads.PutPartAsync(
                bucket, upload!, put.Count + 1, StorageRig.ETagOf(bytes), null, content, Cancellation)).Part);
        }

        return Assert.IsType<WriteOutcome.Written>(await store.Uploads.CompleteAsync(
            bucket,
            new UploadCompletion { Upload = upload!, Parts = put, ETag = $"{StorageRig.ETagOf([])}-{put.Count}" },
            Cancellation)).Version;
    }

    public static async Task<byte[]> GetAsync(LocalStore store, string key)
    {
        var bucket = await store.Buckets.FindAsync("bucket", Cancellation);
        await using var found = await store.Objects.OpenAsync(bucket!, ObjectKey.Parse(key), null, Cancellation);
        return await StorageRig.ReadAsync(found!);
    }
}
