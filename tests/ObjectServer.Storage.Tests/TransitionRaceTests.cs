using ObjectServer.Storage.Maintenance;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Tests.Disk;
using static ObjectServer.Storage.Tests.PlacesStore;

namespace ObjectServer.Storage.Tests;

/// <summary>What happens to an object while its bytes move to another storage class.</summary>
public sealed class TransitionRaceTests : IDisposable
{
    private readonly TemporaryDirectory _temporary = new();
    private readonly ShiftedTime _time = new();
    private readonly GuidedDisk _disk = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string SlowBlobs => Path.Combine(_temporary["slow"], "blobs");

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task A_sweep_leaves_what_a_move_has_written()
    {
        await using var store = await OpenAsync();
        var bucket = await BucketAsync(store);
        var parts = await UploadAsync(store, bucket, "parts", "STANDARD", Large, Small);
        using var stop = StopAtSlowBlob();
        var moving = Task.Run(() => MoveAsync(store, parts, Slow), Cancellation);
        await stop.Met;
        using var second = StopAtSlowBlob();
        stop.GoOn();
        await second.Met;

        // The first part is whole, and was sealed long ago.
        _time.Shift += Sweep.OrphanAge * 2;
        Assert.Equal(0, (await store.SweepAsync(Cancellation)).Blobs);
        second.GoOn();
        Assert.Equal(TransitionOutcome.Moved, await moving);
        await store.SweepAsync(Cancellation);
        Assert.Equal((byte[])[.. Large, .. Small], await GetAsync(store, "parts"));
        Assert.Equal(2, BlobsIn(_temporary["slow"]).Length);
        Assert.Empty(BlobsIn(_temporary["data"]));
    }

    [Fact]
    public async Task What_changes_beside_the_bytes_is_kept_and_they_are_copied_once()
    {
        await using var store = await OpenAsync();
        var bucket = (await store.Buckets.CreateAsync("bucket", "owner", "region", true, Cancellation)).Bucket;
        var put = await PutAsync(store, bucket, "key", Large);
        using var stop = StopAtSlowBlob();
        var moving = Task.Run(() => MoveAsync(store, put, Slow), Cancellation);
        await stop.Met;
        await store.Objects.UpdateAsync(
            bucket, put.Key, null, version => version with { Tags = [new Tag("name", "value")] }, Cancellation);
        await store.Objects.HoldAsync(bucket, put.Key, null, isOn: true, Cancellation);
        await store.Objects.MarkAccessAsync(
            bucket.Name, put.Key, put.Sequence, DateTimeOffset.UnixEpoch.AddYears(80), Cancellation);
        stop.GoOn();

        Assert.Equal(TransitionOutcome.Moved, await moving);
        var moved = await store.Objects.FindAsync(bucket, put.Key, null, Cancellation);
        Assert.Equal(
            (Slow, new Tag("name", "value"), true), (moved!.StorageClass, Assert.Single(moved.Tags), moved.LegalHold));
        Assert.Equal(Large, await GetAsync(store, "key"));
        Assert.Single(_disk.Created, path => path.StartsWith(SlowBlobs, StringComparison.Ordinal) && !IsTrial(path));
    }

    [Fact]
    public async Task A_deletion_amid_a_move_stands_and_leaves_nothing()
    {
        await using var store = await OpenAsync();
        var bucket = await BucketAsync(store);
        var put = await PutAsync(store, bucket, "key", Large);
        using var stop = StopAtSlowBlob();
        var moving = Task.Run(() => MoveAsync(store, put, Slow), Cancellation);
        await stop.Met;
        await store.Objects.DeleteAsync(bucket, put.Key, null, "owner", WriteConditions.None, false, Cancellation);
        stop.GoOn();

        Assert.Equal(TransitionOutcome.Changed, await moving);
        Assert.Empty(BlobsIn(_temporary["slow"]));
        Assert.Empty(BlobsIn(_temporary["data"]));
    }

    [Fact]
    public async Task A_reader_of_one_blob_reads_on_while_it_moves()
    {
        await using var store = await OpenAsync();
        var bucket = await BucketAsync(store);
        var put = await PutAsync(store, bucket, "key", Large);
        await using var reading = await store.Objects.OpenAsync(bucket, put.Key, null, Cancellation);
        using var stop = StopAtSlowBlob();
        var moving = Task.Run(() => MoveAsync(store, put, Slow), Cancellation);
        await stop.Met;
        var bytes = new byte[Large.Length];
        await reading!.ReadAsync(0, bytes.AsMemory(0, 10), Cancellation);
        stop.GoOn();
        Assert.Equal(TransitionOutcome.Moved, await moving);
        Assert.Empty(BlobsIn(_temporary["data"]));
        Assert.Equal(bytes.Length - 10, await reading.ReadAsync(10, bytes.AsMemory(10), Cancellation));
        Assert.Equal(Large, bytes);
    }

    [Fact]
    public async Task A_copy_lies_where_its_class_does_though_its_source_moves_meanwhile()
    {
        await using var store = await OpenAsync();
        var bucket = await BucketAsync(store);
        var source = await PutAsync(store, bucket, "source", Large);
        await PutAsync(store, bucket, "copy", Small);

        // The key's turn is another's until the source has moved.
        var reached = new TaskCompletionSource();
        using var goOn = new ManualResetEventSlim();
        var updating = Task.Run(
            () => store.Objects.UpdateAsync(
                bucket,
                ObjectKey.Parse("copy"),
                null,
                version =>
                {
                    reached.TrySetResult();
                    goOn.Wait(Cancellation);
                    return version with { Tags = [new Tag("name", "value")] };
                },
                Cancellation).AsTask(),
            Cancellation);
        await reached.Task;
        var copying = store.Objects.CopyAsync(
            bucket, source, bucket, StorageRig.New("copy", Large), Cancellation).AsTask();
        Assert.False(copying.IsCompleted);
        Assert.Equal(TransitionOutcome.Moved, await MoveAsync(store, source, Slow));
        goOn.Set();
        await updating;

        var copied = Assert.IsType<WriteOutcome.Written>(await copying).Version;
        Assert.Equal("STANDARD", copied.StorageClass);
        Assert.Single(BlobsIn(_temporary["data"]));
        Assert.Single(BlobsIn(_temporary["slow"]));
        Assert.Equal(Large, await GetAsync(store, "copy"));
        Assert.Equal(TransitionOutcome.AlreadyThere, await MoveAsync(store, copied, "STANDARD"));
    }

    [Fact]
    public async Task A_version_of_the_class_whose_bytes_lie_elsewhere_follows_them_there()
    {
        ObjectVersion put;
        await using (var store = await OpenAsync(new Dictionary<string, string>()))
        {
            put = await PutAsync(store, await BucketAsync(store), "key", Large, Slow);
        }

        await using var again = await OpenAsync();
        Assert.Equal(TransitionOutcome.Moved, await MoveAsync(again, put, Slow));
        Assert.Equal(TransitionOutcome.AlreadyThere, await MoveAsync(again, put, Slow));
        Assert.Single(BlobsIn(_temporary["slow"]));
        Assert.Empty(BlobsIn(_temporary["data"]));
        Assert.Equal(Large, await GetAsync(again, "key"));
    }

    [Fact]
    public async Task What_a_commit_of_unknown_outcome_may_name_is_not_swept()
    {
        await using var store = await OpenAsync();
        var bucket = await BucketAsync(store);
        var put = await PutAsync(store, bucket, "key", Large);
        using var stop = StopAtSlowBlob();
        var moving = Task.Run(() => MoveAsync(store, put, Slow), Cancellation);
        await stop.Met;
        _disk.FailsSync = path => path.Contains("journal", StringComparison.Ordinal);
        stop.GoOn();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => moving);
        _time.Shift += Sweep.OrphanAge * 2;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => SweepAsync(store));
        Assert.Single(BlobsIn(_temporary["slow"]));
        Assert.Equal(Large, await GetAsync(store, "key"));

        // Where nothing is left to remove, nobody is told.
        static async Task SweepAsync(LocalStore store)
        {
            var swept = await store.SweepAsync(Cancellation);
            Assert.Equal(0, swept.Blobs);
            await store.Buckets.CreateAsync("other", "owner", "region", false, Cancellation);
        }
    }

    [Fact]
    public async Task Copies_deletions_and_moves_at_once_leave_each_object_whole_where_its_class_lies()
    {
        await using var store = await OpenAsync();
        var bucket = await BucketAsync(store);
        foreach (var round in Enumerable.Range(0, 4))
        {
            var put = await PutAsync(store, bucket, "key", [.. Large, (byte)round]);
            await Task.WhenAll(Enumerable.Range(0, 16).Select(turn => Task.Run(
                async () =>
                {
                    var storageClass = turn % 2 == 0 ? Slow : "STANDARD";
                    switch (turn % 4)
                    {
                        case 0 or 1:
                            await MoveAsync(store, put, storageClass);
                            break;
                        case 2:
                            var copy = StorageRig.New($"copy-{turn}", Large) with { StorageClass = storageClass };
                            await store.Objects.CopyAsync(bucket, put, bucket, copy, Cancellation);
                            break;
                        default:
                            var gone = ObjectKey.Parse($"copy-{turn - 1}");
                            await store.Objects.DeleteAsync(
                                bucket, gone, null, "owner", WriteConditions.None, false, Cancellation);
                            break;
                    }
                },
                Cancellation)));
        }

        var listed = (await store.Objects.ListAsync(
            bucket, new ObjectListing(default, default, default, 1000), Cancellation)).Objects;
        Assert.Contains(listed, version => version.Key.ToString() == "key");
        foreach (var version in listed)
        {
            Assert.Equal(Large, (await GetAsync(store, version.Key.ToString()))[..Large.Length]);
            var found = await store.Objects.FindAsync(bucket, version.Key, null, Cancellation);
            Assert.Equal(TransitionOutcome.AlreadyThere, await MoveAsync(store, found!, version.StorageClass));
        }

        Assert.Equal(
            listed.Count(version => version.StorageClass == Slow), BlobsIn(_temporary["slow"]).Length);
        Assert.True((await store.ScrubAsync(null, null, null, Cancellation)).IsSound);
    }

    private static bool IsTrial(string path) => path.EndsWith(".tmp", StringComparison.Ordinal);

    private GuidedDisk.Stop StopAtSlowBlob() =>
        _disk.StopAtName(path => path.StartsWith(SlowBlobs, StringComparison.Ordinal));

    private Task<LocalStore> OpenAsync(Dictionary<string, string>? directories = null)
    {
        var options = OptionsIn(_temporary);
        return LocalStore.OpenAsync(
            options with { ClassDirectories = directories ?? options.ClassDirectories },
            _disk,
            _time,
            _ => { },
            Cancellation).AsTask();
    }
}
