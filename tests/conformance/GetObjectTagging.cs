using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

public sealed class GetObjectTagging(ServerFixture server)
{
    [Fact]
    public async Task An_object_without_tags_has_an_empty_set()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k");
        var response = await bucket.SendAsync("GET", "k", null, [("tagging", "")]);
        var document = response.Text;
        Assert.Contains(
            "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet></TagSet></Tagging>",
            document,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_named()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        var put = await bucket.PutAsync("k", "", with => with.TagSet = [new() { Key = "a-b", Value = "" }]);
        await bucket.PutAsync("k");
        var tags = await GetAsync(bucket, "k", put.VersionId);
        Assert.Equal(put.VersionId, tags.VersionId);
        Assert.Equal(("a-b", ""), (tags.Tagging[0].Key, tags.Tagging[0].Value ?? ""));
    }

    [Fact]
    public async Task There_are_no_tags_without_an_object()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.NotFound, "NoSuchKey", () => GetAsync(bucket, "none"));
        await bucket.PutAsync("k");
        var marker = (await bucket.DeleteAsync("k")).VersionId;
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.MethodNotAllowed, "MethodNotAllowed", () => GetAsync(bucket, "k"));
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.MethodNotAllowed, "MethodNotAllowed", () => GetAsync(bucket, "k", marker));
    }

    private static Task<GetObjectTaggingResponse> GetAsync(
        ScratchBucket bucket, string key, string? versionId = null) =>
        bucket.S3.GetObjectTaggingAsync(
            new() { BucketName = bucket.Name, Key = key, VersionId = versionId },
            TestContext.Current.CancellationToken);
}
