using ObjectServer.Storage.Blobs;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Tests.Contracts;
using ObjectServer.Storage.Tests.Disk;
using ObjectServer.Storage.Tests.Journal;

namespace ObjectServer.Storage.Tests;

/// <summary>Versions that lifecycle rules found to be over, ended many at a time and only as they were judged.</summary>
public sealed class ExpiryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_current_object_is_removed_or_hidden_as_its_bucket_keeps_versions()
    {
        await using var rig = StorageRig.InMemory();
        var bucket = await rig.BucketAsync();
        var version = await rig.PutAsync(bucket, "key", [1]);
        Assert.Equal([ExpiryOutcome.Removed], await ExpireAsync(rig, bucket, Current(version)));
        Assert.Empty(await rig.VersionsAsync(bucket));

        bucket = await rig.SetVersioningAsync("bucket", VersioningState.Enabled);
        version = await rig.PutAsync(bucket, "key", [2]);
        Assert.Equal([ExpiryOutcome.Hidden], await ExpireAsync(rig, bucket, Current(version)));
        var versions = await rig.VersionsAsync(bucket);
        Assert.Equal([(true, true), (false, false)], versions.Select(found => (found.IsLatest, found.IsDeleteMarker)));
        Assert.Equal(StorageRig.Owner, versions[0].OwnerId);
        Assert.False(versions[0].VersionId.IsNull);
        Assert.Equal([2], await rig.GetAsync(bucket, "key", version.VersionId));

        bucket = await rig.SetVersioningAsync("bucket", VersioningState.Suspended);
        version = await rig.PutAsync(bucket, "key", [3]);
        Assert.Equal([ExpiryOutcome.Hidden], await ExpireAsync(rig, bucket, Current(version)));
        versions = await rig.VersionsAsync(bucket);
        Assert.True(versions[0] is { IsDeleteMarker: true, IsLatest: true, VersionId.IsNull: true });
        Assert.Single(versions, found => found.VersionId.IsNull);
        Assert.Equal(3, versions.Length);
    }

    [Fact]
    public async Task What_was_written_since_the_judgement_stays()
    {
        await using var rig = StorageRig.InMemory();
        var bucket = await rig.BucketAsync();
        var judged = await rig.PutAsync(bucket, "key", [1]);
        await rig.PutAsync(bucket, "key", [2]);
        Assert.Equal([ExpiryOutcome.Changed], await ExpireAsync(rig, bucket, Current(judged)));
        Assert.Equal([2], await rig.GetAsync(bucket, "key"));

        var tagged = Current(await rig.PutAsync(bucket, "tagged", [3])) with { Tags = [new("keep", "no")] };
        Assert.Equal([ExpiryOutcome.Changed], await ExpireAsync(rig, bucket, tagged));
        Assert.Equal([3], await rig.GetAsync(bucket, "tagged"));
        Assert.Equal([ExpiryOutcome.Removed], await ExpireAsync(rig, bucket, tagged with { Tags = [] }));
    }

    [Fact]
    public async Task Rules_or_versioning_that_changed_since_the_judgement_stop_it()
    {
        await using var rig = StorageRig.InMemory();
        var judged = await SetRulesAsync(rig, await rig.BucketAsync(), [1]);
        var version = await rig.PutAsync(judged, "key", [1]);

        var changed = await SetRulesAsync(rig, judged, [2]);
        Assert.Equal([ExpiryOutcome.Changed], await ExpireAsync(rig, judged, Current(version)));
        await rig.Buckets.UpdateAsync(
            "bucket", bucket => bucket with { Settings = BucketSettings.None }, Cancellation);
        Assert.Equal([ExpiryOutcome.Changed], await ExpireAsync(rig, changed, Current(version)));
        await SetRulesAsync(rig, judged, [1]);
        await rig.SetVersioningAsync("bucket", VersioningState.Enabled);
        Assert.Equal([ExpiryOutcome.Changed], await ExpireAsync(rig, judged, Current(version)));
        Assert.Equal([1], await rig.GetAsync(judged, "key"));
    }

    [Fact]
    public async Task Older_versions_and_markers_go_for_good_unless_they_are_locked()
    {
        await using var rig = StorageRig.InMemory();
        await rig.BucketAsync(versioning: VersioningState.Enabled);
        var bucket = (await rig.Buckets.UpdateAsync(
            "bucket", kept => kept with { ObjectLockEnabled = true }, Cancellation))!;
        var first = await rig.PutAsync(bucket, "key", [1]);
        var held = await rig.PutAsync(bucket, "key", [2]);
        await rig.Objects.HoldAsync(bucket, held.Key, held.VersionId, isOn: true, Cancellation);
        await rig.DeleteAsync(bucket, "key");
        var marker = (await rig.VersionsAsync(bucket))[0];
        var current = await rig.PutAsync(bucket, "key", [3]);

        Assert.Equal(
            [ExpiryOutcome.Removed, ExpiryOutcome.Protected, ExpiryOutcome.Removed, ExpiryOutcome.Changed],
            await ExpireAsync(
                rig,
                bucket,
                Older(marker.Key, marker.Sequence),
                Older(held.Key, held.Sequence),
                Older(first.Key, first.Sequence),
                Older(current.Key, current.Sequence)));
        Assert.Equal(
            [current.VersionId, held.VersionId], (await rig.VersionsAsync(bucket)).Select(found => found.VersionId));

        // A hold keeps bytes, not their place: a delete marker may hide them.
        await rig.Objects.HoldAsync(bucket, current.Key, current.VersionId, isOn: true, Cancellation);
        Assert.Equal([ExpiryOutcome.Hidden], await ExpireAsync(rig, bucket, Current(current)));
        Assert.Equal([3], await rig.GetAsync(bucket, "key", current.VersionId));
    }

    [Fact]
    public async Task A_locked_null_version_is_hidden_where_it_keeps_its_place_behind_the_marker()
    {
        await using var rig = StorageRig.InMemory();
        var bucket = await rig.BucketAsync();
        var none = await rig.PutAsync(bucket, "key", [1]);
        await rig.SetVersioningAsync("bucket", VersioningState.Enabled);
        bucket = (await rig.Buckets.UpdateAsync(
            "bucket", kept => kept with { ObjectLockEnabled = true }, Cancellation))!;
        await rig.Objects.HoldAsync(bucket, none.Key, VersionId.Null, isOn: true, Cancellation);

        Assert.Equal([ExpiryOutcome.Hidden], await ExpireAsync(rig, bucket, Current(none)));
        Assert.Equal([1], await rig.GetAsync(bucket, "key", VersionId.Null));
        Assert.Null(await rig.GetAsync(bucket, "key"));
        Assert.Equal([ExpiryOutcome.Protected], await ExpireAsync(rig, bucket, Older(none.Key, none.Sequence)));
    }

    [Fact]
    public async Task An_older_version_that_was_the_current_one_meanwhile_stays()
    {
        await using var rig = StorageRig.InMemory();
        var bucket = await rig.BucketAsync(versioning: VersioningState.Enabled);
        var version = await rig.PutAsync(bucket, "key", [1]);
        var newer = await rig.PutAsync(bucket, "key", [2]);
        var listed = (await ListAsync(rig, bucket))[1];
        await rig.DeleteAsync(bucket, "key", newer.VersionId);
        await rig.PutAsync(bucket, "key", [3]);

        var stale = Older(version.Key, version.Sequence) with { Revision = listed.Revision };
        Assert.Equal([ExpiryOutcome.Changed], await ExpireAsync(rig, bucket, stale));
        listed = (await ListAsync(rig, bucket))[1];
        Assert.Equal([ExpiryOutcome.Removed], await ExpireAsync(rig, bucket, stale with { Revision = listed.Revision }));
    }

    [Fact]
    public async Task An_older_version_stays_once_one_of_those_that_must_be_newer_is_gone()
    {
        await using var rig = StorageRig.InMemory();
        var bucket = await rig.BucketAsync(versioning: VersioningState.Enabled);
        var versions = new List<ObjectVersion>();
        for (var at = 0; at < 6; at++)
        {
            versions.Add(await rig.PutAsync(bucket, "key", [(byte)at]));
        }

        // Current is 5; older ones are 4 to 0.
        Assert.Equal(
            [ExpiryOutcome.Changed, ExpiryOutcome.Removed, ExpiryOutcome.Removed],
            await ExpireAsync(rig, bucket, Kept(versions[2], 3), Kept(versions[1], 3), Kept(versions[0], 3)));
        await rig.DeleteAsync(bucket, "key", versions[4].VersionId);
        Assert.Equal([ExpiryOutcome.Changed], await ExpireAsync(rig, bucket, Kept(versions[2], 2)));
        Assert.Equal([ExpiryOutcome.Removed], await ExpireAsync(rig, bucket, Kept(versions[2], 1)));

        static ExpiredVersion Kept(ObjectVersion version, int newer) =>
            Older(version.Key, version.Sequence) with { Newer = newer };
    }

    [Fact]
    public async Task A_version_moves_only_as_it_was_judged()
    {
        await using var rig = StorageRig.InMemory();
        await rig.BucketAsync(versioning: VersioningState.Enabled);
        var bucket = await SetRulesAsync(rig, (await rig.Buckets.FindAsync("bucket", Cancellation))!, [1]);
        var first = await rig.PutAsync(bucket, "key", [1]);
        var judged = new TransitionedVersion(first.Key, first.Sequence, IsLatest: true, []);

        Assert.Equal(TransitionOutcome.Changed, await MoveAsync(bucket, judged with { Tags = [new("k", "v")] }));
        Assert.Equal(TransitionOutcome.Changed, await MoveAsync(bucket, judged with { IsLatest = false }));
        Assert.Equal(TransitionOutcome.Changed, await MoveAsync(bucket with { Id = 4711 }, judged));
        var changed = await SetRulesAsync(rig, bucket, [2]);
        Assert.Equal(TransitionOutcome.Changed, await MoveAsync(bucket, judged));
        Assert.Equal(StorageState.StandardClass, (await rig.VersionsAsync(bucket))[0].StorageClass);
        Assert.Equal(TransitionOutcome.Moved, await MoveAsync(changed, judged));
        Assert.Equal(TransitionOutcome.AlreadyThere, await MoveAsync(changed, judged));

        var second = await rig.PutAsync(bucket, "key", [2]);
        var third = await rig.PutAsync(bucket, "key", [3]);
        judged = new(second.Key, second.Sequence, IsLatest: false, Tags: null);
        Assert.Equal(TransitionOutcome.Changed, await MoveAsync(changed, judged with { Newer = 1 }));
        Assert.Equal(TransitionOutcome.Moved, await MoveAsync(changed, judged));
        Assert.Equal([2], await rig.GetAsync(bucket, "key", second.VersionId));
        Assert.Equal([3], await rig.GetAsync(bucket, "key", third.VersionId));

        Task<TransitionOutcome> MoveAsync(BucketRecord as_, TransitionedVersion version) => rig.Objects.TransitionAsync(
            as_, version, StorageRig.SlowClass, copied: null, Cancellation).AsTask();
    }

    [Fact]
    public async Task What_changes_while_the_bytes_are_copied_ends_the_move_and_nothing_is_left_of_it()
    {
        var slow = new InMemoryBlobStore(TimeProvider.System, place: 1);
        await using var rig = new StorageRig(
            new InMemoryMetadataStore(), new InMemoryBlobStore(TimeProvider.System), TimeProvider.System, slow: slow);
        var bucket = await SetRulesAsync(rig, await rig.BucketAsync(), [1]);
        var version = await rig.PutAsync(bucket, "key", new byte[200_000]);
        var copied = 0L;
        var outcome = await rig.Objects.TransitionAsync(
            bucket,
            new(version.Key, version.Sequence, IsLatest: true, Tags: []),
            StorageRig.SlowClass,
            async (bytes, cancellation) =>
            {
                copied += bytes;
                await rig.Objects.UpdateAsync(
                    bucket, version.Key, null, found => found with { Tags = [new("keep", "here")] }, cancellation);
            },
            Cancellation);

        Assert.Equal(TransitionOutcome.Changed, outcome);
        Assert.Equal(200_000, copied);
        Assert.Equal(StorageState.StandardClass, (await rig.VersionsAsync(bucket))[0].StorageClass);
        Assert.Equal(new byte[200_000], await rig.GetAsync(bucket, "key"));
        Assert.Empty(await ToListAsync(slow));
    }

    [Fact]
    public async Task An_upload_ends_only_by_the_rules_that_judged_it()
    {
        await using var rig = StorageRig.InMemory();
        var judged = await SetRulesAsync(rig, await rig.BucketAsync(), [1]);
        var upload = await rig.BeginUploadAsync(judged, "key");
        await rig.PutPartAsync(judged, upload, 1, new byte[100]);
        var changed = await SetRulesAsync(rig, judged, [2]);
        Assert.False(await rig.Uploads.ExpireAsync(judged, upload, Cancellation));
        Assert.NotNull(await rig.Uploads.FindAsync(judged, upload.Key, upload.UploadId, Cancellation));
        Assert.True(await rig.Uploads.ExpireAsync(changed, upload, Cancellation));
        Assert.False(await rig.Uploads.ExpireAsync(changed, upload, Cancellation));
        Assert.Null(await rig.Uploads.FindAsync(judged, upload.Key, upload.UploadId, Cancellation));
    }

    [Fact]
    public async Task An_older_version_says_what_took_its_place_whatever_becomes_of_that()
    {
        await using var rig = StorageRig.InMemory();
        var bucket = await rig.BucketAsync(versioning: VersioningState.Enabled);
        var version = await rig.PutAsync(bucket, "key", [1]);
        bucket = await rig.SetVersioningAsync("bucket", VersioningState.Suspended);
        var successor = await rig.PutAsync(bucket, "key", [2]);
        await rig.PutAsync(bucket, "key", [3]);
        await rig.Objects.UpdateAsync(
            bucket, version.Key, version.VersionId, found => found with { Tags = [new("k", "v")] }, Cancellation);
        var listed = await ListAsync(rig, bucket);
        Assert.Equal([0ul, successor.Sequence], listed.Select(found => found.Successor));

        // Current again, it has none.
        await rig.DeleteAsync(bucket, "key", VersionId.Null);
        Assert.Equal([0ul], (await ListAsync(rig, bucket)).Select(found => found.Successor));
        var last = await rig.PutAsync(bucket, "key", [4]);
        Assert.Equal([0ul, last.Sequence], (await ListAsync(rig, bucket)).Select(found => found.Successor));
        Assert.Equal([1], await rig.GetAsync(bucket, "key", version.VersionId));
    }

    [Fact]
    public async Task A_delete_marker_goes_only_while_it_is_alone()
    {
        await using var rig = StorageRig.InMemory();
        var bucket = await rig.BucketAsync(versioning: VersioningState.Enabled);
        var version = await rig.PutAsync(bucket, "key", [1]);
        await rig.DeleteAsync(bucket, "key");
        var listed = (await rig.VersionsAsync(bucket))[0];
        var marker = new ExpiredVersion(listed.Key, listed.Sequence, Expiry.LoneMarker, Tags: null);
        Assert.Equal([ExpiryOutcome.Changed], await ExpireAsync(rig, bucket, marker));

        // What the same commit removes is still there when it is judged.
        Assert.Equal(
            [ExpiryOutcome.Removed, ExpiryOutcome.Changed],
            await ExpireAsync(rig, bucket, Older(version.Key, version.Sequence), marker));
        Assert.Equal([ExpiryOutcome.Removed], await ExpireAsync(rig, bucket, marker));
        Assert.Empty(await rig.VersionsAsync(bucket));
        Assert.Equal(DeleteBucketOutcome.Deleted, await rig.Buckets.DeleteAsync("bucket", Cancellation));
    }

    [Fact]
    public async Task Thousands_go_in_few_commits_with_all_that_they_had()
    {
        using var journal = new JournalFixture();
        using var blobs = new TemporaryDirectory();
        await using var rig = new StorageRig(
            journal.Open(), new FileBlobStore(blobs.Root, 0, TimeProvider.System), TimeProvider.System);
        var bucket = await rig.BucketAsync(versioning: VersioningState.Enabled);
        var versions = new List<ObjectVersion>();
        for (var at = 0; at < 600; at++)
        {
            versions.Add(await rig.PutAsync(bucket, $"key-{at / 2:000}", new byte[at % 40]));
        }

        var copied = Assert.IsType<WriteOutcome.Written>(await rig.CopyAsync(bucket, versions[39], "copy")).Version;
        var before = (await rig.Metadata.ReadAsync("b"u8.ToArray(), Cancellation)).AsOf;
        var outcomes = await ExpireAsync(
            rig,
            bucket,
            [.. versions.Chunk(2).SelectMany(pair => new[] { Current(pair[1]), Older(pair[0].Key, pair[0].Sequence) })]);
        var commits = (await rig.Metadata.ReadAsync("b"u8.ToArray(), Cancellation)).AsOf - before;

        Assert.Equal(300, outcomes.Count(outcome => outcome == ExpiryOutcome.Removed));
        Assert.Equal(300, outcomes.Count(outcome => outcome == ExpiryOutcome.Hidden));
        Assert.InRange(commits, 1ul, 12ul);
        var tally = Assert.Single(await rig.Metadata.ReadTalliesAsync(Cancellation));
        var listed = await rig.VersionsAsync(bucket);
        Assert.Equal((listed.Length, listed.Sum(version => version.Size)), (tally.Objects, tally.Bytes));
        Assert.Equal(601, listed.Length);
        Assert.Equal(new byte[39], await rig.GetAsync(bucket, "copy", copied.VersionId));
    }

    [Fact]
    public async Task The_end_of_a_current_version_and_of_an_older_one_of_its_key_do_not_meet()
    {
        // Where versioning is suspended, a null delete marker takes the null version away that is to go by itself.
        await using var rig = StorageRig.InMemory();
        var bucket = await rig.BucketAsync();
        var none = await rig.PutAsync(bucket, "key", [1]);
        bucket = await rig.SetVersioningAsync("bucket", VersioningState.Enabled);
        var current = await rig.PutAsync(bucket, "key", [2]);
        bucket = await rig.SetVersioningAsync("bucket", VersioningState.Suspended);

        Assert.Equal(
            [ExpiryOutcome.Hidden, ExpiryOutcome.Changed],
            await ExpireAsync(rig, bucket, Current(current), Older(none.Key, none.Sequence)));
        Assert.Equal(2, Assert.Single(await rig.Metadata.ReadTalliesAsync(Cancellation)).Objects);
    }

    [Fact]
    public async Task Of_racing_writers_none_loses_anything()
    {
        await using var rig = StorageRig.InMemory();
        var bucket = await rig.BucketAsync();
        for (var round = 0; round < 20; round++)
        {
            var versions = new List<ObjectVersion>();
            for (var at = 0; at < 20; at++)
            {
                versions.Add(await rig.PutAsync(bucket, $"key-{at}", [(byte)round]));
            }

            var writing = Task.WhenAll(Enumerable.Range(0, 10).Select(
                at => Task.Run(() => rig.PutAsync(bucket, $"key-{at * 2}", [100, (byte)round]))));
            await ExpireAsync(rig, bucket, [.. versions.Select(Current)]);
            await writing;
            for (var at = 0; at < 20; at++)
            {
                Assert.Equal(
                    at % 2 == 0 ? [100, (byte)round] : null, await rig.GetAsync(bucket, $"key-{at}"));
            }
        }
    }

    private static async Task<IReadOnlyList<ListedVersion>> ListAsync(StorageRig rig, BucketRecord bucket) =>
        (await rig.Objects.ListVersionsAsync(bucket, new(default, default, default, null, 1000), Cancellation)).Versions;

    private static async Task<List<BlobId>> ToListAsync(InMemoryBlobStore blobs)
    {
        var all = new List<BlobId>();
        await foreach (var blob in blobs.ListAsync(Cancellation))
        {
            all.Add(blob.Id);
        }

        return all;
    }

    private static async Task<BucketRecord> SetRulesAsync(StorageRig rig, BucketRecord bucket, byte[] rules) =>
        (await rig.Buckets.UpdateAsync(
            bucket.Name,
            kept => kept with { Settings = kept.Settings.With(BucketSetting.Lifecycle, rules) },
            Cancellation))!;

    private static Task<ExpiryOutcome[]> ExpireAsync(
        StorageRig rig, BucketRecord bucket, params ExpiredVersion[] versions) =>
        rig.Objects.ExpireAsync(bucket, versions, Cancellation).AsTask();

    private static ExpiredVersion Current(ObjectVersion version) =>
        new(version.Key, version.Sequence, Expiry.Current, Tags: null);

    private static ExpiredVersion Older(ObjectKey key, ulong sequence) =>
        new(key, sequence, Expiry.Noncurrent, Tags: null);
}
