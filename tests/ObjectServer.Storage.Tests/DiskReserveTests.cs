using ObjectServer.Storage.Model;
using ObjectServer.Storage.Tests.Disk;
using static ObjectServer.Storage.Tests.PlacesStore;

namespace ObjectServer.Storage.Tests;

/// <summary>
/// What is taken while a disk has less room than is to be kept, the data directory's or that of a class.
/// </summary>
public sealed class DiskReserveTests : IDisposable
{
    private readonly TemporaryDirectory _temporary = new();
    private readonly GuidedDisk _disk = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task What_leaves_a_full_data_directory_is_taken()
    {
        ObjectVersion small, large, parts;
        await using (var store = await OpenAsync())
        {
            var bucket = await BucketAsync(store);
            small = await PutAsync(store, bucket, "small", Small);
            large = await PutAsync(store, bucket, "large", Large);
            parts = await UploadAsync(store, bucket, "parts", "STANDARD", Large, Small);
        }

        await using var full = await OpenAsync(fullDirectory: "data");
        foreach (var version in (ObjectVersion[])[small, large, parts])
        {
            Assert.Equal(TransitionOutcome.Moved, await MoveAsync(full, version, Slow));
        }

        Assert.Empty(BlobsIn(_temporary["data"]));
        Assert.Equal(Small, await GetAsync(full, "small"));
        Assert.Equal(Large, await GetAsync(full, "large"));
        Assert.Equal((byte[])[.. Large, .. Small], await GetAsync(full, "parts"));
    }

    [Fact]
    public async Task What_comes_to_a_full_data_directory_is_refused_before_its_bytes_are_copied_and_deletions_are_not()
    {
        ObjectVersion small, large, home;
        await using (var store = await OpenAsync())
        {
            var bucket = await BucketAsync(store);
            small = await PutAsync(store, bucket, "small", Small, Slow);
            large = await PutAsync(store, bucket, "large", Large, Slow);
            home = await PutAsync(store, bucket, "home", Large);
            await UploadAsync(store, bucket, "parts", Slow, Large, Small);
        }

        await using var full = await OpenAsync(fullDirectory: "data");
        var found = (await full.Buckets.FindAsync("bucket", Cancellation))!;
        _disk.Created.Clear();
        await RefuseAsync(() => MoveAsync(full, small, "STANDARD"));
        await RefuseAsync(() => MoveAsync(full, large, "STANDARD"));
        await RefuseAsync(() => PutAsync(full, found, "new", Small));
        await RefuseAsync(() => PutAsync(full, found, "new", Small, Slow));
        await RefuseAsync(() => PutAsync(full, found, "large", Small, Slow));
        await RefuseAsync(() => PutAsync(full, found, "large", [.. Large, 1], Slow));
        await RefuseAsync(() => full.Objects.CopyAsync(
            found, home, found, StorageRig.New("copy", Large) with { StorageClass = Slow }, Cancellation).AsTask());
        Assert.DoesNotContain(_disk.Created, path => path.Contains("blobs", StringComparison.Ordinal));
        foreach (var key in (string[])["small", "large", "home", "parts"])
        {
            Assert.IsType<DeleteOutcome.Deleted>(await full.Objects.DeleteAsync(
                found, ObjectKey.Parse(key), null, "owner", WriteConditions.None, false, Cancellation));
        }

        Assert.Empty(BlobsIn(_temporary["slow"]));
    }

    [Fact]
    public async Task A_full_directory_of_a_class_refuses_what_comes_there_and_nothing_else()
    {
        ObjectVersion small, large;
        await using (var store = await OpenAsync())
        {
            var bucket = await BucketAsync(store);
            small = await PutAsync(store, bucket, "small", Small, Slow);
            large = await PutAsync(store, bucket, "large", Large, Slow);
            await PutAsync(store, bucket, "third", Large, Slow);
        }

        await using var full = await OpenAsync(fullDirectory: "slow");
        var found = (await full.Buckets.FindAsync("bucket", Cancellation))!;
        await RefuseAsync(() => PutAsync(full, found, "new", Small, Slow));
        var home = await PutAsync(full, found, "home", Large);
        await RefuseAsync(() => MoveAsync(full, home, Slow));
        Assert.Equal(TransitionOutcome.Moved, await MoveAsync(full, small, "STANDARD"));
        Assert.Equal(TransitionOutcome.Moved, await MoveAsync(full, large, "STANDARD"));
        Assert.IsType<DeleteOutcome.Deleted>(await full.Objects.DeleteAsync(
            found, ObjectKey.Parse("third"), null, "owner", WriteConditions.None, false, Cancellation));
        Assert.Empty(BlobsIn(_temporary["slow"]));
    }

    private static async Task RefuseAsync(Func<Task> action)
    {
        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(action);
        Assert.Equal(UnavailableReason.DiskNearlyFull, refused.Reason);
    }

    private Task<LocalStore> OpenAsync(string? fullDirectory = null)
    {
        var full = fullDirectory is null ? null : _temporary[fullDirectory];
        _disk.FreeBytes = path => full is not null && path.StartsWith(full, StringComparison.Ordinal) ? 1000 : 1L << 40;
        return LocalStore.OpenAsync(
            OptionsIn(_temporary) with { DiskReserveBytes = 1 << 20 },
            _disk,
            TimeProvider.System,
            _ => { },
            Cancellation).AsTask();
    }
}
