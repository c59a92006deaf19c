using System.Collections.Concurrent;
using ObjectServer.CrashWriter;
using ObjectServer.Storage.Maintenance;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Tests.Disk;
using static ObjectServer.Storage.Tests.PlacesStore;

namespace ObjectServer.Storage.Tests;

/// <summary>Storage classes with directories of their own.</summary>
public sealed class StoragePlacesTests : IDisposable
{
    private readonly TemporaryDirectory _temporary = new();
    private readonly ShiftedTime _time = new();
    private readonly ConcurrentQueue<StoreReport> _reports = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private LocalStoreOptions Options => OptionsIn(_temporary);

    private string[] SlowFiles => BlobsIn(_temporary["slow"]);

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task All_bytes_of_a_class_lie_in_its_directory_however_few()
    {
        await using (var store = await OpenAsync())
        {
            var bucket = await BucketAsync(store);
            await PutAsync(store, bucket, "small", Small, Slow);
            await PutAsync(store, bucket, "large", Large, Slow);
            await PutAsync(store, bucket, "empty", [], Slow);
            await PutAsync(store, bucket, "usual", Large);
            await UploadAsync(store, bucket, "parts", Slow, Small, Large);
            var usage = Assert.Single((await store.ReadStatisticsAsync(Cancellation)).Places);
            Assert.Equal((Slow, _temporary["slow"], 4L), (usage.StorageClass, usage.Directory, usage.Blobs));
            Assert.Equal(2 * (Small.Length + Large.Length), usage.Bytes);
        }

        Assert.Equal(4, SlowFiles.Length);
        Assert.Single(BlobsIn(_temporary["data"]));
        await using var again = await OpenAsync();
        Assert.Equal(Small, await GetAsync(again, "small"));
        Assert.Equal(Large, await GetAsync(again, "large"));
        Assert.Empty(await GetAsync(again, "empty"));
        Assert.Equal((byte[])[.. Small, .. Large], await GetAsync(again, "parts"));
        Assert.True((await again.ScrubAsync(null, null, null, Cancellation)).IsSound);
        Assert.Equal(Slow, Assert.Single(again.ReadHealth().Places).StorageClass);
    }

    [Fact]
    public async Task A_transition_takes_the_bytes_there_and_back()
    {
        await using var store = await OpenAsync();
        var bucket = await BucketAsync(store);
        var small = await PutAsync(store, bucket, "small", Small);
        var large = await PutAsync(store, bucket, "large", Large);
        var parts = await UploadAsync(store, bucket, "parts", "STANDARD", Large, Small);
        ObjectVersion[] all = [small, large, parts];
        foreach (var version in all)
        {
            Assert.Equal(TransitionOutcome.Moved, await MoveAsync(store, version, Slow));
            Assert.Equal(TransitionOutcome.AlreadyThere, await MoveAsync(store, version, Slow));
        }

        Assert.Equal(4, SlowFiles.Length);
        Assert.Empty(BlobsIn(_temporary["data"]));
        await CompareAsync(Slow);
        foreach (var version in all)
        {
            Assert.Equal(TransitionOutcome.Moved, await MoveAsync(store, version, "GLACIER"));
        }

        Assert.Empty(SlowFiles);
        Assert.Equal(3, BlobsIn(_temporary["data"]).Length);
        await CompareAsync("GLACIER");

        async Task CompareAsync(string storageClass)
        {
            Assert.Equal(Small, await GetAsync(store, "small"));
            Assert.Equal(Large, await GetAsync(store, "large"));
            Assert.Equal((byte[])[.. Large, .. Small], await GetAsync(store, "parts"));
            foreach (var version in all)
            {
                var now = await store.Objects.FindAsync(bucket, version.Key, null, Cancellation);
                Assert.Equal(
                    (storageClass, version.ETag, version.LastModified, version.PartCount),
                    (now!.StorageClass, now.ETag, now.LastModified, now.PartCount));
            }

            await using var stored = await store.Objects.OpenAsync(bucket, parts.Key, null, Cancellation);
            Assert.Equal(
                [(1, 0L, (long)Large.Length), (2, Large.Length, Small.Length)],
                (await stored!.ReadPartsAsync(Cancellation)).Select(part => (part.Number, part.Offset, part.Size)));
        }
    }

    [Fact]
    public async Task A_reader_reads_on_while_the_bytes_move()
    {
        await using var store = await OpenAsync();
        var bucket = await BucketAsync(store);
        var parts = await UploadAsync(store, bucket, "parts", "STANDARD", Large, Large);
        await using var reading = await store.Objects.OpenAsync(bucket, parts.Key, null, Cancellation);
        var bytes = new byte[2 * Large.Length];
        await reading!.ReadAsync(0, bytes.AsMemory(0, 10), Cancellation);
        Assert.Equal(TransitionOutcome.Moved, await MoveAsync(store, parts, Slow));
        Assert.Equal(bytes.Length - 10, await reading.ReadAsync(10, bytes.AsMemory(10), Cancellation));
        Assert.Equal([.. Large, .. Large], bytes);
    }

    [Fact]
    public async Task What_was_replaced_or_is_a_marker_is_gone_and_leaves_nothing()
    {
        await using var store = await OpenAsync();
        var bucket = await BucketAsync(store);
        var first = await PutAsync(store, bucket, "key", Large);
        await PutAsync(store, bucket, "key", Small);
        Assert.Equal(TransitionOutcome.Gone, await MoveAsync(store, first, Slow));
        Assert.Equal(TransitionOutcome.Gone, await store.Objects.MoveAsync(
            bucket with { Name = "nowhere" }, first, Slow, Cancellation));
        bucket = (await store.Buckets.UpdateAsync(
            bucket.Name, found => found with { Versioning = VersioningState.Enabled }, Cancellation))!;
        var older = await PutAsync(store, bucket, "key", Large);
        await store.Objects.DeleteAsync(
            bucket, older.Key, null, "owner", WriteConditions.None, false, Cancellation);
        var marker = await store.Objects.FindAsync(bucket, older.Key, null, Cancellation);
        Assert.Equal(TransitionOutcome.Gone, await MoveAsync(store, marker!, Slow));
        Assert.Empty(SlowFiles);

        // An older version moves as any other does.
        Assert.Equal(TransitionOutcome.Moved, await MoveAsync(store, older with { IsLatest = false }, Slow));
        var moved = await store.Objects.FindAsync(bucket, older.Key, older.VersionId, Cancellation);
        Assert.Equal((Slow, false), (moved!.StorageClass, moved.IsLatest));
        Assert.Single(SlowFiles);
    }

    [Fact]
    public async Task A_transition_keeps_the_lock_and_forgets_the_restore()
    {
        await using var store = await OpenAsync();
        var bucket = (await store.Buckets.CreateAsync("bucket", "owner", "region", true, Cancellation)).Bucket;
        var put = await PutAsync(store, bucket, "key", Large, "GLACIER");
        await store.Objects.HoldAsync(bucket, put.Key, null, isOn: true, Cancellation);
        var now = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_123);
        var restored = await store.Objects.UpdateAsync(
            bucket,
            put.Key,
            null,
            version => version with
            {
                Storage = version.Storage with { Restore = new(now, now, now.AddDays(1), RetrievalTier.Bulk) },
            },
            Cancellation);
        var listed = Assert.Single((await store.Objects.ListAsync(
            bucket, new ObjectListing(default, default, default, 10), Cancellation)).Objects);
        Assert.Equal(restored!.Storage.Restore, listed.Storage.Restore);
        Assert.Equal(TransitionOutcome.Moved, await MoveAsync(store, put, "DEEP_ARCHIVE"));
        var moved = await store.Objects.FindAsync(bucket, put.Key, null, Cancellation);
        Assert.Equal((true, null, put.VersionId), (moved!.LegalHold, moved.Storage.Restore, moved.VersionId));
    }

    [Fact]
    public async Task Of_racing_transitions_and_overwrites_the_last_write_stands_whole()
    {
        await using var store = await OpenAsync();
        var bucket = await BucketAsync(store);
        var put = await PutAsync(store, bucket, "key", Large);
        await Task.WhenAll(Enumerable.Range(0, 24).Select(turn => Task.Run(async () =>
        {
            var current = turn % 3 == 0
                ? await PutAsync(store, bucket, "key", [.. Large, (byte)turn])
                : await store.Objects.FindAsync(bucket, put.Key, null, Cancellation);
            await MoveAsync(store, current!, turn % 2 == 0 ? Slow : "STANDARD");
        }, Cancellation)));
        var bytes = await GetAsync(store, "key");
        Assert.Equal(Large.Length + 1, bytes.Length);
        var last = await store.Objects.FindAsync(bucket, put.Key, null, Cancellation);
        Assert.Equal(
            last!.StorageClass == Slow ? (1, 0) : (0, 1), (SlowFiles.Length, BlobsIn(_temporary["data"]).Length));
    }

    [Fact]
    public async Task Copies_lie_where_their_class_does_and_share_bytes_within_one()
    {
        await using var store = await OpenAsync();
        var bucket = await BucketAsync(store);
        var source = await PutAsync(store, bucket, "source", Large);
        await CopyAsync("STANDARD", "shared");
        Assert.Single(BlobsIn(_temporary["data"]));
        await CopyAsync(Slow, "slow");
        Assert.Single(SlowFiles);
        Assert.Single(BlobsIn(_temporary["data"]));
        Assert.Equal(Large, await GetAsync(store, "slow"));
        await CopyAsync(Slow, "source");
        Assert.Equal(2, SlowFiles.Length);
        Assert.Equal(Large, await GetAsync(store, "source"));
        Assert.Equal(Large, await GetAsync(store, "shared"));

        async Task CopyAsync(string storageClass, string key) => Assert.IsType<WriteOutcome.Written>(
            await store.Objects.CopyAsync(
                bucket, source, bucket, StorageRig.New(key, Large) with { StorageClass = storageClass }, Cancellation));
    }

    [Fact]
    public async Task A_start_without_a_directory_that_holds_blobs_is_refused_with_its_name()
    {
        ObjectVersion put;
        await using (var store = await OpenAsync())
        {
            put = await PutAsync(store, await BucketAsync(store), "key", Small, Slow);
        }

        var without = Options with { ClassDirectories = new Dictionary<string, string>() };
        var refused = await Assert.ThrowsAsync<StoreOpenException>(() => OpenAsync(without));
        Assert.Contains($"--storage-class {Slow}={_temporary["slow"]}", refused.Message, StringComparison.Ordinal);

        await using (var known = await OpenAsync(Options with { ClassDirectories = null }))
        {
            Assert.Equal(Small, await GetAsync(known, "key"));
        }

        // Its mount point without its disk is not taken for it.
        Directory.Move(_temporary["slow"], _temporary["elsewhere"]);
        Directory.CreateDirectory(_temporary["slow"]);
        refused = await Assert.ThrowsAsync<StoreOpenException>(() => OpenAsync());
        Assert.Contains(_temporary["slow"], refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_temporary["slow"]));

        var moved = Options with
        {
            ClassDirectories = new Dictionary<string, string> { [Slow] = _temporary["elsewhere"] },
        };
        await using (var store = await OpenAsync(moved))
        {
            Assert.Equal(Small, await GetAsync(store, "key"));
            await MoveAsync(store, put, "STANDARD");
        }

        await using var empty = await OpenAsync(without);
        Assert.Equal(Small, await GetAsync(empty, "key"));
        Assert.Empty(empty.ReadHealth().Places);
    }

    [Fact]
    public async Task A_directory_that_goes_away_while_the_store_is_open_is_missed_and_takes_nothing()
    {
        await using var store = await OpenAsync();
        var bucket = await BucketAsync(store);
        await PutAsync(store, bucket, "key", Small, Slow);
        Directory.Move(_temporary["slow"], _temporary["elsewhere"]);
        Directory.CreateDirectory(_temporary["slow"]);
        Assert.Null(Assert.Single(store.ReadHealth().Places).Disk);
        await Assert.ThrowsAsync<CorruptDataException>(() => GetAsync(store, "key"));
        await Assert.ThrowsAnyAsync<IOException>(() => PutAsync(store, bucket, "other", Small, Slow));
        await PutAsync(store, bucket, "usual", Small);
        Directory.Delete(_temporary["slow"]);
        Directory.Move(_temporary["elsewhere"], _temporary["slow"]);
        Assert.Equal(Small, await GetAsync(store, "key"));
        await PutAsync(store, bucket, "other", Small, Slow);
    }

    [Theory]
    [InlineData("of another store", "another store")]
    [InlineData("of another class", "storage class GLACIER")]
    [InlineData("with files", "is not empty")]
    [InlineData("below nothing", "There is no directory")]
    [InlineData("with a link in it", "symbolic link")]
    [InlineData("a file", "cannot be opened")]
    public async Task A_directory_that_is_not_the_class_s_is_refused(string which, string message)
    {
        var slow = _temporary["slow"];
        var options = Options;
        switch (which)
        {
            case "of another store":
                await (await OpenAsync(Options with { DataDirectory = _temporary["other"] })).DisposeAsync();
                break;
            case "of another class":
                await (await OpenAsync(Options with
                {
                    ClassDirectories = new Dictionary<string, string> { ["GLACIER"] = slow },
                })).DisposeAsync();
                break;
            case "with files":
                Directory.CreateDirectory(slow);
                await File.WriteAllTextAsync(Path.Combine(slow, "thesis.txt"), "", Cancellation);
                break;
            case "below nothing":
                options = Options with
                {
                    ClassDirectories = new Dictionary<string, string> { [Slow] = Path.Combine(slow, "below") },
                };
                break;
            case "with a link in it":
                await (await OpenAsync()).DisposeAsync();
                Directory.Delete(Path.Combine(slow, "blobs"), recursive: true);
                Directory.CreateDirectory(_temporary["outside"]);
                Directory.CreateSymbolicLink(Path.Combine(slow, "blobs"), _temporary["outside"]);
                break;
            default:
                await File.WriteAllTextAsync(slow, "", Cancellation);
                break;
        }

        var refused = await Assert.ThrowsAsync<StoreOpenException>(() => OpenAsync(options));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        await using var without = await OpenAsync(
            Options with { ClassDirectories = new Dictionary<string, string>() });
        Assert.Empty((await without.ReadStatisticsAsync(Cancellation)).Places);
    }

    [Fact]
    public async Task Orphans_are_swept_there_and_damage_is_found_there()
    {
        await using (var store = await OpenAsync())
        {
            await PutAsync(store, await BucketAsync(store), "key", Large, Slow);
        }

        var file = Assert.Single(SlowFiles);
        var folder = Path.GetDirectoryName(file)!;
        var orphan = Path.Combine(folder, Guid.NewGuid().ToString("N")[..30] + Path.GetFileName(folder));
        File.Copy(file, orphan);
        await using (var stream = File.OpenWrite(file))
        {
            stream.WriteByte(255);
        }

        _time.Shift += Sweep.OrphanAge * 2;
        await using var again = await OpenAsync();
        await again.SweepAsync(Cancellation);
        Assert.Equal([file], SlowFiles);
        var scrubbed = await again.ScrubAsync(null, null, null, Cancellation);
        var damaged = Assert.Single(scrubbed.DamagedBlobs);
        Assert.Equal((Path.GetFileName(file), _temporary["slow"]), (damaged.BlobId, damaged.Directory));
        await Assert.ThrowsAsync<CorruptDataException>(() => GetAsync(again, "key"));
    }

    private Task<LocalStore> OpenAsync(LocalStoreOptions? options = null) =>
        LocalStore.OpenAsync(options ?? Options, _time, _reports.Enqueue, Cancellation).AsTask();
}
