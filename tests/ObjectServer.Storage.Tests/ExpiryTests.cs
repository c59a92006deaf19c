using ObjectServer.Storage.Blobs;
using ObjectServer.Storage.Model;
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
