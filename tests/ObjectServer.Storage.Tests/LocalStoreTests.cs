using System.Collections.Concurrent;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Journal;
using ObjectServer.Storage.Maintenance;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Tests.Disk;

namespace ObjectServer.Storage.Tests;

public sealed class LocalStoreTests : IDisposable
{
    private readonly TemporaryDirectory _temporary = new();
    private readonly ConcurrentQueue<StoreReport> _reports = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private LocalStoreOptions Options =>
        new() { DataDirectory = _temporary["data"], InlineLimitBytes = 1000, DiskReserveBytes = 0 };

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Everything_is_there_again_after_a_restart_and_after_the_index_was_deleted()
    {
        var small = new byte[] { 1, 2, 3 };
        var large = new byte[150_000];
        Array.Fill(large, (byte)7);
        await using (var store = await OpenAsync())
        {
            var bucket = (await store.Buckets.CreateAsync("bucket", "owner", "region", true, Cancellation)).Bucket;
            Assert.Equal(VersioningState.Enabled, bucket.Versioning);
            await PutAsync(store, bucket, "small", small);
            await PutAsync(store, bucket, "large", large);
            await PutAsync(store, bucket, "large", [.. large, 8]);
        }

        await CompareAsync();
        await LocalStore.RebuildIndexAsync(Options, TimeProvider.System, _reports.Enqueue, Cancellation);
        await CompareAsync();
        Directory.Delete(Path.Combine(_temporary["data"], "index"), recursive: true);
        await CompareAsync();

        async Task CompareAsync()
        {
            await using var store = await OpenAsync();
            var bucket = (await store.Buckets.FindAsync("bucket", Cancellation))!;
            Assert.Equal(("owner", "region", true), (bucket.OwnerId, bucket.Region, bucket.ObjectLockEnabled));
            Assert.Equal(small, await GetAsync(store, bucket, "small"));
            Assert.Equal([.. large, 8], await GetAsync(store, bucket, "large"));
            var statistics = await store.ReadStatisticsAsync(Cancellation);
            Assert.Equal([new BucketUsage("bucket", 3, 3 + 150_000 + 150_001)], statistics.Buckets);
            Assert.Equal(3, statistics.Objects);
            Assert.True(store.ReadHealth().TakesWrites);
        }
    }

    [Fact]
    public async Task Either_engine_keeps_the_index_and_looking_at_a_store_leaves_it_with_the_one_that_made_it()
    {
        var index = Path.Combine(_temporary["data"], "index");
        await using (var store = await OpenAsync(IndexEngine.RocksDb))
        {
            var bucket = (await store.Buckets.CreateAsync("bucket", "owner", "region", false, Cancellation)).Bucket;
            await PutAsync(store, bucket, "key", [1, 2, 3]);
        }

        await CompareAsync(null, IndexEngine.RocksDb, rebuilds: 0);
        await LocalStore.RebuildIndexAsync(Options, TimeProvider.System, _reports.Enqueue, Cancellation);
        await CompareAsync(null, IndexEngine.RocksDb, rebuilds: 1);
        await CompareAsync(IndexEngine.LiteDb, IndexEngine.LiteDb, rebuilds: 2);
        await CompareAsync(null, IndexEngine.LiteDb, rebuilds: 2);
        await LocalStore.RebuildIndexAsync(
            Options with { Journal = new JournalOptions { IndexEngine = IndexEngine.RocksDb } },
            TimeProvider.System,
            _reports.Enqueue,
            Cancellation);
        await CompareAsync(IndexEngine.RocksDb, IndexEngine.RocksDb, rebuilds: 3);

        async Task CompareAsync(IndexEngine? asked, IndexEngine found, int rebuilds)
        {
            await using var store = await OpenAsync(asked);
            var bucket = (await store.Buckets.FindAsync("bucket", Cancellation))!;
            Assert.Equal([1, 2, 3], await GetAsync(store, bucket, "key"));
            Assert.Contains(
                $"engine: {IndexEngineNames.NameOf(found)}", await File.ReadAllLinesAsync(
                    Path.Combine(index, "STATE"), Cancellation));
            Assert.Equal(rebuilds, _reports.OfType<IndexRebuilt>().Count());
        }
    }

    [Fact]
    public async Task A_second_opening_is_refused_until_the_first_is_closed()
    {
        await using (await OpenAsync())
        {
            await Assert.ThrowsAsync<StoreOpenException>(async () => await OpenAsync());
        }

        await using var again = await OpenAsync();
    }

    [Fact]
    public async Task A_scrub_finds_damaged_missing_and_wrong_blobs_and_can_be_resumed()
    {
        await using var store = await OpenAsync();
        var bucket = (await store.Buckets.CreateAsync("bucket", "owner", "region", false, Cancellation)).Bucket;
        for (var key = 0; key < 4; key++)
        {
            await PutAsync(store, bucket, $"key-{key}", new byte[100_000]);
        }

        var positions = new List<string>();
        var sound = await store.ScrubAsync(null, null, new Recorder(positions), Cancellation);
        Assert.True(sound.IsSound);
        Assert.Equal((4, 400_000), (sound.Blobs, sound.Bytes));
        Assert.True(sound.Journal.Records > 0);

        var files = positions.ConvertAll(id => Directory.GetFiles(
            Path.Combine(_temporary["data"], "blobs"), id, SearchOption.AllDirectories).Single());
        File.Delete(files[0]);
        await using (var file = File.OpenWrite(files[1]))
        {
            file.Position = 70_000;
            file.WriteByte(1);
        }

        File.Copy(files[3], files[2], overwrite: true);
        var damaged = await store.ScrubAsync(null, null, null, Cancellation);
        Assert.Equal(positions[..3], damaged.DamagedBlobs.Select(blob => blob.BlobId));
        Assert.Equal(damaged.DamagedBlobs, _reports.OfType<DamagedBlob>());
        var rest = await store.ScrubAsync(positions[1], null, null, Cancellation);
        Assert.Equal(positions[2], Assert.Single(rest.DamagedBlobs).BlobId);
        Assert.Equal(2, rest.Blobs);
    }

    [Fact]
    public async Task A_store_with_too_little_room_says_so_and_still_reads_and_deletes()
    {
        BucketRecord bucket;
        await using (var store = await OpenAsync())
        {
            bucket = (await store.Buckets.CreateAsync("bucket", "owner", "region", false, Cancellation)).Bucket;
            await PutAsync(store, bucket, "key", [1, 2, 3]);
        }

        await using var full = await LocalStore.OpenAsync(
            Options with { DiskReserveBytes = long.MaxValue / 2 }, TimeProvider.System, Cancellation);
        Assert.True(full.ReadHealth().IsDiskNearlyFull);
        Assert.Equal([1, 2, 3], await GetAsync(full, bucket, "key"));
        foreach (var length in (int[])[10, 10_000])
        {
            var refusal = await Assert.ThrowsAsync<StoreUnavailableException>(
                () => PutAsync(full, bucket, "other", new byte[length]));
            Assert.Equal(UnavailableReason.DiskNearlyFull, refusal.Reason);
        }

        Assert.IsType<DeleteOutcome.Deleted>(await full.Objects.DeleteAsync(
            bucket, ObjectKey.Parse("key"), null, "owner", WriteConditions.None, false, Cancellation));
    }

    private ValueTask<LocalStore> OpenAsync(IndexEngine? engine = null) => LocalStore.OpenAsync(
        Options with { Journal = new JournalOptions { IndexEngine = engine } },
        TimeProvider.System,
        _reports.Enqueue,
        Cancellation);

    private static async Task PutAsync(LocalStore store, BucketRecord bucket, string key, byte[] bytes)
    {
        await using var content = await store.Objects.BeginContentAsync(bytes.Length, Cancellation);
        await content.WriteAsync(bytes, Cancellation);
        Assert.IsType<WriteOutcome.Written>(
            await store.Objects.PutAsync(bucket, StorageRig.New(key, bytes), content, Cancellation));
    }

    private static async Task<byte[]> GetAsync(LocalStore store, BucketRecord bucket, string key)
    {
        await using var found = await store.Objects.OpenAsync(bucket, ObjectKey.Parse(key), null, Cancellation);
        return await StorageRig.ReadAsync(found!);
    }

    private sealed class Recorder(List<string> positions) : IProgress<ScrubProgress>
    {
        public void Report(ScrubProgress value) => positions.Add(value.Position);
    }
}
