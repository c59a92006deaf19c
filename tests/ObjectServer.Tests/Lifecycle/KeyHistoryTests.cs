using System.Text;
using CsCheck;
using ObjectServer.Lifecycle;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.Lifecycle;

/// <summary>What the walk says of each version, against a listing of the bucket that was looked at as a whole.</summary>
public sealed class KeyHistoryTests
{
    private const string Owner = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_walk_knows_since_when_each_version_is_old_and_how_many_are_newer()
    {
        using var directory = new TemporaryDirectory();
        var time = new SetTime();
        await using var store = await LocalStore.OpenAsync(
            new() { DataDirectory = directory.File("data"), DiskReserveBytes = 0 }, time, Cancellation);
        var bucket = await VersionedBucketAsync(store);
        foreach (var (key, isDelete, minutes) in Gen.Select(Gen.Int[0, 3], Gen.Bool, Gen.Int[0, 100]).Array[60].Single())
        {
            time.Now = time.Now.AddMinutes(minutes);
            await WriteAsync(store, bucket, $"key-{key}", isDelete);
        }

        var listed = (await store.Objects.ListVersionsAsync(
            bucket, new(default, default, default, null, 1000), Cancellation)).Versions;
        var at = 0;
        await foreach (var walked in VersionWalk.WalkAsync(store.Objects, bucket, default, default, Cancellation))
        {
            var version = listed[at];
            Assert.Equal(version.Sequence, walked.Version.Sequence);
            var ofKey = listed.Where(other => other.Key == version.Key).ToArray();
            var place = Array.IndexOf(ofKey, version);
            Assert.Equal(
                place == 0 ? version.LastModified : new((long)ofKey[place - 1].Sequence, TimeSpan.Zero), walked.Since);
            Assert.Equal(Math.Max(0, place - 1), walked.Newer);
            Assert.Equal(ofKey.Length == 1, walked.IsAlone);
            Assert.Equal(place == ofKey.Length - 1, walked.EndsKey);
            at++;
        }

        Assert.Equal(listed.Length, at);
    }

    [Fact]
    public async Task A_version_is_old_since_the_first_that_took_its_place_though_that_is_gone()
    {
        using var directory = new TemporaryDirectory();
        var time = new SetTime();
        await using var store = await LocalStore.OpenAsync(
            new() { DataDirectory = directory.File("data"), DiskReserveBytes = 0 }, time, Cancellation);
        var bucket = await VersionedBucketAsync(store);
        await WriteAsync(store, bucket, "key", isDelete: false);
        bucket = (await store.Buckets.UpdateAsync(
            bucket.Name, kept => kept with { Versioning = VersioningState.Suspended }, Cancellation))!;
        time.Now = time.Now.AddDays(1);
        var since = time.Now;
        for (var day = 0; day < 5; day++)
        {
            await WriteAsync(store, bucket, "key", isDelete: false);
            time.Now = time.Now.AddDays(1);
        }

        var walked = new List<WalkedVersion>();
        await foreach (var version in VersionWalk.WalkAsync(store.Objects, bucket, default, default, Cancellation))
        {
            walked.Add(version);
        }

        Assert.Equal([true, false], walked.Select(version => version.Version.IsLatest));
        Assert.Equal(since, walked[1].Since);
    }

    [Fact]
    public async Task A_walk_begins_after_any_key_and_does_not_end_at_a_page()
    {
        using var directory = new TemporaryDirectory();
        await using var store = await LocalStore.OpenAsync(
            new() { DataDirectory = directory.File("data"), DiskReserveBytes = 0 }, TimeProvider.System, Cancellation);
        var bucket = await VersionedBucketAsync(store);
        await Task.WhenAll(Enumerable.Range(0, 2100).Select(at => WriteAsync(store, bucket, $"key-{at / 3:0000}", isDelete: false)));

        var all = await KeysAsync(default);
        Assert.Equal(2100, all.Count);
        Assert.Equal(all.Skip(999), await KeysAsync(ObjectKey.Parse("key-0332").Utf8.ToArray()));
        Assert.Empty(await KeysAsync(ObjectKey.Parse("key-9999").Utf8.ToArray()));

        // With a prefix, wherever it begins.
        var some = all.Where(key => key.StartsWith("key-03", StringComparison.Ordinal)).ToList();
        Assert.Equal(some, await KeysAsync(default, "key-03"));
        Assert.Equal(some, await KeysAsync(ObjectKey.Parse("key-0200").Utf8.ToArray(), "key-03"));
        Assert.Equal(some.Skip(30), await KeysAsync(ObjectKey.Parse("key-0309").Utf8.ToArray(), "key-03"));
        Assert.Empty(await KeysAsync(ObjectKey.Parse("key-04").Utf8.ToArray(), "key-03"));

        async Task<List<string>> KeysAsync(ReadOnlyMemory<byte> after, string prefix = "")
        {
            var keys = new List<string>();
            await foreach (var walked in VersionWalk.WalkAsync(
                store.Objects, bucket, Encoding.UTF8.GetBytes(prefix), after, Cancellation))
            {
                keys.Add(walked.Version.Key.ToString());
            }

            return keys;
        }
    }

    [Fact]
    public async Task A_page_that_repeats_a_key_repeats_nothing()
    {
        using var directory = new TemporaryDirectory();
        await using var store = await LocalStore.OpenAsync(
            new() { DataDirectory = directory.File("data"), DiskReserveBytes = 0 }, TimeProvider.System, Cancellation);
        var bucket = await VersionedBucketAsync(store);
        for (var version = 0; version < 3; version++)
        {
            await WriteAsync(store, bucket, "key", isDelete: false);
        }

        var listed = (await store.Objects.ListVersionsAsync(
            bucket, new(default, default, default, null, 1000), Cancellation)).Versions;
        var history = new KeyHistory();
        Assert.Null(history.Push(listed[0]));
        Assert.Equal(listed[0], history.Push(listed[1])!.Value.Version);
        Assert.Null(history.Push(listed[0]));
        Assert.Null(history.Push(listed[1]));
        var second = history.Push(listed[2])!.Value;
        Assert.Equal((listed[1], 0), (second.Version, second.Newer));
        var last = history.End()!.Value;
        Assert.Equal((listed[2], 1, true), (last.Version, last.Newer, last.EndsKey));
    }

    private static async Task<BucketRecord> VersionedBucketAsync(LocalStore store)
    {
        await store.Buckets.CreateAsync("bucket", Owner, "us-east-1", objectLock: false, Cancellation);
        return (await store.Buckets.UpdateAsync(
            "bucket", kept => kept with { Versioning = VersioningState.Enabled }, Cancellation))!;
    }

    private static async Task WriteAsync(LocalStore store, BucketRecord bucket, string key, bool isDelete)
    {
        if (isDelete)
        {
            await store.Objects.DeleteAsync(
                bucket, ObjectKey.Parse(key), null, Owner, WriteConditions.None, bypassesGovernance: false, Cancellation);
            return;
        }

        await using var content = await store.Objects.BeginContentAsync(null, Cancellation);
        await store.Objects.PutAsync(
            bucket,
            new() { Key = ObjectKey.Parse(key), ETag = "d41d8cd98f00b204e9800998ecf8427e", OwnerId = Owner },
            content,
            Cancellation);
    }
}
