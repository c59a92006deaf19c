using ObjectServer.AccessControl;
using ObjectServer.Identity;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Bench.Micro;

/// <summary>Objects that benchmarks find in a store when they open it.</summary>
internal static class SmallObjects
{
    public const string Bucket = "micro";
    public const string Prefix = "listed/";

    /// <summary>The account of every server's root key, which owns all that it serves.</summary>
    public static string OwnerId { get; } = Account.CanonicalIdOf(Account.FirstId);

    public static string KeyOf(int number) => $"{Prefix}{number:x8}";

    /// <summary>
    /// Makes a store with one bucket of small objects. It is closed again, so that whoever opens it finds all of them
    /// in the index.
    /// </summary>
    public static async Task WriteAsync(string directory, byte[] content, int count)
    {
        var options = new LocalStoreOptions { DataDirectory = directory, DiskReserveBytes = 0 };
        await using var store = await LocalStore.OpenAsync(options, TimeProvider.System, CancellationToken.None);
        var created = await store.Buckets.CreateAsync(
            Bucket,
            OwnerId,
            region: "us-east-1",
            objectLock: false,
            tags: [],
            new NewBuckets(ObjectOwnership.BucketOwnerEnforced, BlockPublicAccess: false)
                .Settings(asked: null, new AccessControlList(OwnerId, Grants: null)),
            CancellationToken.None);
        foreach (var numbers in Enumerable.Range(0, count).Chunk(100))
        {
            await Task.WhenAll(numbers.Select(number =>
                PutAsync(store, created.Bucket, KeyOf(number), content).AsTask()));
        }
    }

    public static async ValueTask<WriteOutcome> PutAsync(
        LocalStore store, BucketRecord bucket, string key, byte[] bytes)
    {
        await using var content = await store.Objects.BeginContentAsync(bytes.Length, CancellationToken.None);
        await content.WriteAsync(bytes, CancellationToken.None);
        var written = new NewObject
        {
            Key = ObjectKey.Parse(key),
            ETag = "0123456789abcdef0123456789abcdef",
            OwnerId = OwnerId,
        };
        return await store.Objects.PutAsync(bucket, written, content, CancellationToken.None);
    }
}
