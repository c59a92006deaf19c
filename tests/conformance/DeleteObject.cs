using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

public sealed class DeleteObject(ServerFixture server)
{
    [Fact]
    public async Task A_deleted_object_is_gone_and_deleting_it_again_is_fine()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k");
        for (var time = 0; time < 2; time++)
        {
            var deleted = await bucket.DeleteAsync("k");
            Assert.Equal(HttpStatusCode.NoContent, deleted.HttpStatusCode);
            Assert.Null(deleted.DeleteMarker);
            Assert.Null(deleted.VersionId);
        }

        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.NotFound, "NoSuchKey", () => bucket.GetAsync("k"));
    }

    [Fact]
    public async Task A_versioned_bucket_keeps_the_object_behind_a_marker()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        var version = (await bucket.PutAsync("k", "kept")).VersionId;
        var marker = await bucket.DeleteAsync("k");
        Assert.Equal("true", marker.DeleteMarker);
        Assert.Equal("kept", (await bucket.GetAsync("k", get => get.VersionId = version)).Content);

        var removed = await bucket.DeleteAsync("k", marker.VersionId);
        Assert.Equal(("true", marker.VersionId), (removed.DeleteMarker, removed.VersionId));
        Assert.Equal("kept", (await bucket.GetAsync("k")).Content);

        var last = await bucket.DeleteAsync("k", version);
        Assert.Equal((null, version), (last.DeleteMarker, last.VersionId));
        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.NotFound, "NoSuchKey", () => bucket.GetAsync("k"));
    }

    [Fact]
    public async Task A_suspended_bucket_replaces_the_null_version_by_a_null_marker()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        var kept = (await bucket.PutAsync("k", "kept")).VersionId;
        await bucket.SetVersioningAsync(VersionStatus.Suspended);
        await bucket.PutAsync("k", "null version");
        var marker = await bucket.DeleteAsync("k");
        Assert.Equal(("true", "null"), (marker.DeleteMarker, marker.VersionId));
        var versions = await bucket.S3.ListVersionsAsync(
            new ListVersionsRequest { BucketName = bucket.Name }, TestContext.Current.CancellationToken);
        Assert.Equal(["null", kept], versions.Versions.Select(version => version.VersionId));
        Assert.True(versions.Versions[0].IsDeleteMarker);
    }

    [Fact]
    public async Task Conditions_are_judged()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var eTag = (await bucket.PutAsync("k", "0123456789")).ETag;
        var modified = (await bucket.HeadAsync("k")).LastModified!.Value;

        await RefusedAsync("k", delete => delete.IfMatch = "\"x\"");
        await RefusedAsync("k", delete => delete.IfMatchSize = 9);
        await RefusedAsync("k", delete => delete.IfMatchLastModifiedTime = modified.AddSeconds(-1));
        var none = await DeleteAsync("none", delete => delete.IfMatch = "*");
        Assert.Equal(HttpStatusCode.NoContent, none.HttpStatusCode);
        var deleted = await DeleteAsync("k", delete =>
        {
            delete.IfMatch = eTag;
            delete.IfMatchSize = 10;
            delete.IfMatchLastModifiedTime = modified;
        });
        Assert.Equal(HttpStatusCode.NoContent, deleted.HttpStatusCode);
        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.NotFound, "NoSuchKey", () => bucket.GetAsync("k"));

        Task RefusedAsync(string key, Action<DeleteObjectRequest> with) => ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.PreconditionFailed, "PreconditionFailed", () => DeleteAsync(key, with));

        Task<DeleteObjectResponse> DeleteAsync(string key, Action<DeleteObjectRequest> with)
        {
            var request = new DeleteObjectRequest { BucketName = bucket.Name, Key = key };
            with(request);
            return bucket.S3.DeleteObjectAsync(request, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_condition_that_cannot_be_read_deletes_nothing()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k");
        foreach (var header in new[] { "x-amz-if-match-size", "x-amz-if-match-last-modified-time" })
        {
            var response = await bucket.SendAsync("DELETE", "k", null, null, (header, "nonsense"));
            response.AssertRefused(400, "InvalidArgument");
        }

        Assert.Equal("content", (await bucket.GetAsync("k")).Content);
    }

    [Fact]
    public async Task A_bucket_without_versions_has_only_the_null_version()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var other = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        var foreign = (await other.PutAsync("k")).VersionId;
        await bucket.PutAsync("k");
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.BadRequest, "InvalidArgument", () => bucket.DeleteAsync("k", foreign));
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.BadRequest, "InvalidArgument", () => bucket.DeleteAsync("k", "made-up"));
        await bucket.DeleteAsync("k", "null");
        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.NotFound, "NoSuchKey", () => bucket.GetAsync("k"));
    }
}
