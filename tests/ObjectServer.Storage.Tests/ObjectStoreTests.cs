using System.Collections.Immutable;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Tests;

public sealed class ObjectStoreTests : IAsyncDisposable
{
    private readonly StorageRig _rig = StorageRig.InMemory();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Of_many_writers_that_demand_an_absent_key_one_wins()
    {
        var bucket = await _rig.BucketAsync();
        for (var round = 0; round < 20; round++)
        {
            var key = $"key-{round}";
            var onlyIfAbsent = new WriteConditions { IfNoneMatch = ["*"] };
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(
                () => _rig.TryPutAsync(bucket, key, new byte[writer * 10], onlyIfAbsent))));
            Assert.Single(outcomes, outcome => outcome is WriteOutcome.Written);
            Assert.Equal(7, outcomes.Count(outcome =>
                outcome is WriteOutcome.PreconditionFailed { Condition: "If-None-Match" }));
        }

        await References.AssertExactAsync(_rig);
    }

    [Fact]
    public async Task Of_many_writers_that_demand_the_same_etag_one_wins()
    {
        var bucket = await _rig.BucketAsync(versioning: VersioningState.Enabled);
        var current = await _rig.PutAsync(bucket, "key", [0]);
        for (byte round = 1; round < 20; round++)
        {
            var same = new WriteConditions { IfMatch = [current.ETag] };
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(
                () => _rig.TryPutAsync(bucket, "key", [round, (byte)writer], same))));
            current = Assert.Single(outcomes.OfType<WriteOutcome.Written>()).Version;
        }

        Assert.Equal(20, (await _rig.VersionsAsync(bucket)).Length);
    }

    [Fact]
    public async Task Writers_and_deleters_of_one_key_leave_no_content_behind()
    {
        var bucket = await _rig.BucketAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var round = 0; round < 50; round++)
            {
                await _rig.TryPutAsync(bucket, "key", new byte[100 + writer]);
                if (await _rig.Objects.FindAsync(bucket, ObjectKey.Parse("key"), null, Cancellation) is { } found)
                {
                    await _rig.CopyAsync(bucket, found, $"copy-{writer % 3}");
                }

                await _rig.DeleteAsync(bucket, writer % 2 == 0 ? "key" : "copy-1");
                Assert.All(
                    await Task.WhenAll(_rig.GetAsync(bucket, "key"), _rig.GetAsync(bucket, "copy-0")),
                    bytes => Assert.True(bytes is null or { Length: >= 100 }));
            }
        }, Cancellation)));
        await References.AssertExactAsync(_rig);
    }

    [Fact]
    public async Task Conditions_on_writes_are_judged_against_the_current_object()
    {
        var bucket = await _rig.BucketAsync(versioning: VersioningState.Enabled);
        Assert.IsType<WriteOutcome.NoSuchKey>(await PutIfAsync(match: ["*"]));
        var put = Assert.IsType<WriteOutcome.Written>(await PutIfAsync(noneMatch: ["*"])).Version;
        Assert.Equal(new WriteOutcome.PreconditionFailed("If-None-Match"), await PutIfAsync(noneMatch: ["*"]));
        Assert.Equal(
            new WriteOutcome.PreconditionFailed("If-None-Match"), await PutIfAsync(noneMatch: ["x", put.ETag]));
        Assert.Equal(new WriteOutcome.PreconditionFailed("If-Match"), await PutIfAsync(match: ["x"]));
        Assert.IsType<WriteOutcome.Written>(await PutIfAsync(match: ["x", put.ETag]));
        Assert.IsType<WriteOutcome.Written>(await PutIfAsync(match: ["*"], noneMatch: ["x"]));

        // A delete marker is no object.
        await _rig.DeleteAsync(bucket, "key");
        Assert.IsType<WriteOutcome.NoSuchKey>(await PutIfAsync(match: [put.ETag]));
        Assert.IsType<WriteOutcome.Written>(await PutIfAsync(noneMatch: ["*"]));

        Task<WriteOutcome> PutIfAsync(ImmutableArray<string>? match = null, ImmutableArray<string>? noneMatch = null) =>
            _rig.TryPutAsync(
                bucket, "key", [1], new WriteConditions { IfMatch = match ?? [], IfNoneMatch = noneMatch ?? [] });
    }

    [Fact]
    public async Task Conditions_on_deletes_are_judged_against_the_version_that_would_go()
    {
        var bucket = await _rig.BucketAsync(versioning: VersioningState.Enabled);
        var old = await _rig.PutAsync(bucket, "key", [1]);
        var current = await _rig.PutAsync(bucket, "key", [1, 2]);
        Assert.Equal(
            new DeleteOutcome.PreconditionFailed("If-Match"),
            await DeleteIfAsync(null, new WriteConditions { IfMatch = [old.ETag] }));
        Assert.Equal(
            new DeleteOutcome.PreconditionFailed("x-amz-if-match-size"),
            await DeleteIfAsync(null, new WriteConditions { IfSize = 1 }));
        Assert.Equal(
            new DeleteOutcome.PreconditionFailed("x-amz-if-match-last-modified-time"),
            await DeleteIfAsync(null, new WriteConditions { IfLastModified = current.LastModified.AddSeconds(1) }));
        Assert.Equal(
            new DeleteOutcome.Deleted(null, IsDeleteMarker: false),
            await _rig.DeleteAsync(bucket, "absent", null, new WriteConditions { IfMatch = ["*"] }));
        Assert.Equal(
            new DeleteOutcome.Deleted(old.VersionId, IsDeleteMarker: false),
            await DeleteIfAsync(old.VersionId, new WriteConditions { IfMatch = [old.ETag], IfSize = 1 }));
        var wholeSecond = DateTimeOffset.FromUnixTimeSeconds(current.LastModified.ToUnixTimeSeconds());
        Assert.IsType<DeleteOutcome.Deleted>(
            await DeleteIfAsync(null, new WriteConditions { IfLastModified = wholeSecond, IfSize = 2 }));

        Task<DeleteOutcome> DeleteIfAsync(VersionId? version, WriteConditions conditions) =>
            _rig.DeleteAsync(bucket, "key", version, conditions);
    }

    [Fact]
    public async Task A_bucket_that_was_deleted_and_made_again_is_another_one()
    {
        var old = await _rig.BucketAsync();
        Assert.Equal(DeleteBucketOutcome.Deleted, await _rig.Buckets.DeleteAsync("bucket", Cancellation));
        var made = await _rig.BucketAsync();
        Assert.NotEqual(old.Id, made.Id);
        Assert.IsType<WriteOutcome.NoSuchBucket>(await _rig.TryPutAsync(old, "key", [1]));
        Assert.IsType<DeleteOutcome.NoSuchBucket>(await _rig.DeleteAsync(old, "key"));
        Assert.Null(await _rig.Uploads.CreateAsync(
            old, new NewUpload { Key = ObjectKey.Parse("key"), OwnerId = StorageRig.Owner }, Cancellation));
    }

    [Fact]
    public async Task A_bucket_with_only_a_delete_marker_is_not_empty()
    {
        var bucket = await _rig.BucketAsync(versioning: VersioningState.Enabled);
        await _rig.DeleteAsync(bucket, "key");
        Assert.Equal(DeleteBucketOutcome.NotEmpty, await _rig.Buckets.DeleteAsync("bucket", Cancellation));
        await _rig.DeleteAsync(bucket, "key", (await _rig.VersionsAsync(bucket))[0].VersionId);
        Assert.Equal(DeleteBucketOutcome.Deleted, await _rig.Buckets.DeleteAsync("bucket", Cancellation));
        Assert.Equal(DeleteBucketOutcome.NoSuchBucket, await _rig.Buckets.DeleteAsync("bucket", Cancellation));
        Assert.Null(await _rig.Buckets.FindAsync("bucket", Cancellation));
    }

    [Fact]
    public async Task A_deleted_bucket_takes_its_uploads_with_it()
    {
        var bucket = await _rig.BucketAsync();
        for (var upload = 0; upload < 3; upload++)
        {
            var begun = await _rig.BeginUploadAsync(bucket, "key");
            await _rig.PutPartAsync(bucket, begun, 1, new byte[50]);
            await _rig.PutPartAsync(bucket, begun, 2, new byte[50]);
        }

        Assert.Equal(6, (await _rig.BlobsAsync()).Count);
        Assert.Equal(DeleteBucketOutcome.Deleted, await _rig.Buckets.DeleteAsync("bucket", Cancellation));
        Assert.Empty(await _rig.BlobsAsync());
        await References.AssertExactAsync(_rig);
    }

    [Fact]
    public async Task Deleting_a_version_that_is_not_there_says_so_and_changes_nothing()
    {
        var bucket = await _rig.BucketAsync(versioning: VersioningState.Enabled);
        var kept = await _rig.PutAsync(bucket, "key", [1]);
        var gone = await _rig.PutAsync(bucket, "key", [2]);
        await _rig.DeleteAsync(bucket, "key", gone.VersionId);
        foreach (var absent in (VersionId[])[gone.VersionId, VersionId.Null, VersionId.Parse("nonsense")])
        {
            Assert.Equal(
                new DeleteOutcome.Deleted(absent, IsDeleteMarker: false),
                await _rig.DeleteAsync(bucket, "key", absent));
            Assert.Null(await _rig.Objects.FindAsync(bucket, kept.Key, absent, Cancellation));
        }

        Assert.Equal(kept.VersionId, Assert.Single(await _rig.VersionsAsync(bucket)).VersionId);
    }

    [Fact]
    public async Task A_copy_of_a_source_that_changed_is_refused()
    {
        var bucket = await _rig.BucketAsync();
        var found = await _rig.PutAsync(bucket, "key", new byte[100]);
        await _rig.PutAsync(bucket, "key", new byte[100]);
        Assert.IsType<WriteOutcome.SourceChanged>(await _rig.CopyAsync(bucket, found, "copy"));
        await _rig.DeleteAsync(bucket, "key");
        Assert.IsType<WriteOutcome.SourceChanged>(await _rig.CopyAsync(bucket, found, "copy"));
        Assert.IsType<WriteOutcome.SourceChanged>(await _rig.Objects.RenameAsync(
            bucket, found, ObjectKey.Parse("moved"), WriteConditions.None, Cancellation));
        Assert.Empty(await _rig.VersionsAsync(bucket));
        Assert.Empty(await _rig.BlobsAsync());
    }

    [Fact]
    public async Task Copies_share_their_bytes_and_outlive_the_source()
    {
        var bucket = await _rig.BucketAsync();
        var other = await _rig.BucketAsync("other");
        var parts = new byte[][] { [.. Enumerable.Range(0, 60).Select(at => (byte)at)], [], [7, 8, 9] };
        var source = await _rig.UploadAsync(bucket, "key", parts);
        var blobs = (await _rig.BlobsAsync()).Count;
        Assert.IsType<WriteOutcome.Written>(await _rig.CopyAsync(other, source, "copy", bucket));
        Assert.Equal(blobs, (await _rig.BlobsAsync()).Count);
        await _rig.DeleteAsync(bucket, "key");
        Assert.Equal(parts.SelectMany(part => part), await _rig.GetAsync(other, "copy"));
        await using (var copy = await _rig.Objects.OpenAsync(other, ObjectKey.Parse("copy"), null, Cancellation))
        {
            Assert.Equal(0, copy!.Version.PartCount);
            Assert.Empty(await copy.ReadPartsAsync(Cancellation));
        }

        await _rig.DeleteAsync(other, "copy");
        Assert.Empty(await _rig.BlobsAsync());
    }

    [Fact]
    public async Task An_open_object_stays_readable_whatever_happens_to_its_key()
    {
        var bucket = await _rig.BucketAsync();
        var parts = Enumerable.Range(0, 5).Select(part => Enumerable.Repeat((byte)part, 40).ToArray()).ToArray();
        await _rig.UploadAsync(bucket, "parts", parts);
        await _rig.PutAsync(bucket, "blob", parts[3]);
        await _rig.PutAsync(bucket, "inline", [1, 2, 3]);
        var opened = new List<StoredObject>();
        foreach (var key in (string[])["parts", "blob", "inline", "parts"])
        {
            opened.Add((await _rig.Objects.OpenAsync(bucket, ObjectKey.Parse(key), null, Cancellation))!);
        }

        foreach (var key in (string[])["parts", "blob", "inline"])
        {
            await _rig.DeleteAsync(bucket, key);
        }

        Assert.Equal(parts.SelectMany(part => part), await StorageRig.ReadAsync(opened[0]));
        Assert.Equal(parts[3], await StorageRig.ReadAsync(opened[1]));
        Assert.Equal([1, 2, 3], await StorageRig.ReadAsync(opened[2]));
        await opened[0].DisposeAsync();
        var across = new byte[50];
        Assert.Equal(50, await opened[3].ReadAsync(75, across, Cancellation));
        Assert.Equal([.. parts[1][35..], .. parts[2], .. parts[3][..5]], across);
        foreach (var one in opened)
        {
            await one.DisposeAsync();
        }

        Assert.Empty(await _rig.BlobsAsync());
    }

    [Fact]
    public async Task A_record_without_its_blob_is_damage()
    {
        var bucket = await _rig.BucketAsync();
        await _rig.PutAsync(bucket, "key", new byte[100]);
        await _rig.Blobs.DeleteAsync(Assert.Single(await _rig.BlobsAsync()).Id, Cancellation);
        await Assert.ThrowsAsync<CorruptDataException>(() => _rig.GetAsync(bucket, "key"));
    }

    [Fact]
    public async Task Content_that_is_not_put_leaves_nothing()
    {
        var bucket = await _rig.BucketAsync();
        await using (var content = await _rig.Objects.BeginContentAsync(1000, Cancellation))
        {
            await content.WriteAsync(new byte[1000], Cancellation);
            Assert.Equal(1000, content.Length);
        }

        Assert.IsType<WriteOutcome.NoSuchKey>(
            await _rig.TryPutAsync(bucket, "key", new byte[100], new WriteConditions { IfMatch = ["*"] }));
        await _rig.Buckets.DeleteAsync("bucket", Cancellation);
        Assert.IsType<WriteOutcome.NoSuchBucket>(await _rig.TryPutAsync(bucket, "key", new byte[100]));
        Assert.Empty(await _rig.BlobsAsync());
    }

    [Fact]
    public async Task Everything_that_was_put_comes_back()
    {
        var bucket = await _rig.BucketAsync(versioning: VersioningState.Enabled);
        var written = StorageRig.New("caf\u00e9/\ud83d\ude00", [1, 2]) with
        {
            StorageClass = "STANDARD_IA",
            Tags = [new Tag("a", ""), new Tag("\u00e4", "b=&c")],
            Metadata = new ObjectMetadata
            {
                ContentType = "text/plain; charset=utf-8",
                CacheControl = "no-cache",
                ContentDisposition = "attachment",
                ContentEncoding = "gzip",
                ContentLanguage = "",
                Expires = "tomorrow",
                WebsiteRedirectLocation = "/elsewhere",
                User = [new("name", "value"), new("empty", ""), new("name", "again")],
            },
        };
        await using var content = await _rig.Objects.BeginContentAsync(2, Cancellation);
        await content.WriteAsync(new byte[2], Cancellation);
        var put = Assert.IsType<WriteOutcome.Written>(
            await _rig.Objects.PutAsync(bucket, written, content, Cancellation)).Version;
        var found = (await _rig.Objects.FindAsync(bucket, written.Key, put.VersionId, Cancellation))!;
        Assert.Equal(0, put.LastModified.Ticks % TimeSpan.TicksPerMillisecond);
        Assert.Equal(written.Tags, found.Tags);
        Assert.Equal(written.Metadata.User, found.Metadata.User);
        Assert.Equal(
            put with { Tags = [], Metadata = put.Metadata with { User = [] } },
            found with { Tags = [], Metadata = found.Metadata with { User = [] } });
        Assert.Equal(32, put.VersionId.ToString().Length);
    }

    [Fact]
    public async Task An_acl_is_kept_moved_with_its_object_and_exchanged_without_a_new_version()
    {
        var bucket = await _rig.BucketAsync(versioning: VersioningState.Enabled);
        var written = StorageRig.New("key", [1, 2]) with { Acl = new SettingDocument(new byte[] { 1, 2, 3 }) };
        await using var content = await _rig.Objects.BeginContentAsync(2, Cancellation);
        await content.WriteAsync(new byte[] { 1, 2 }, Cancellation);
        await _rig.Objects.PutAsync(bucket, written, content, Cancellation);
        var put = (await _rig.Objects.FindAsync(bucket, written.Key, null, Cancellation))!;
        Assert.Equal([1, 2, 3], put.Acl!.Bytes.ToArray());

        var copied = Assert.IsType<WriteOutcome.Written>(await _rig.CopyAsync(bucket, put, "copy")).Version;
        Assert.Null(copied.Acl);

        var exchanged = (await _rig.Objects.UpdateAsync(
            bucket,
            written.Key,
            null,
            version => version with { Acl = new SettingDocument(new byte[] { 4 }), LastModified = default },
            Cancellation))!;
        Assert.Equal((put.VersionId, put.LastModified), (exchanged.VersionId, exchanged.LastModified));
        Assert.Equal([4], exchanged.Acl!.Bytes.ToArray());

        Assert.IsType<WriteOutcome.Written>(await _rig.Objects.RenameAsync(
            bucket, exchanged, ObjectKey.Parse("moved"), WriteConditions.None, Cancellation));
        var moved = (await _rig.Objects.FindAsync(bucket, ObjectKey.Parse("moved"), null, Cancellation))!;
        Assert.Equal([4], moved.Acl!.Bytes.ToArray());
    }
}
