using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

public sealed class DeleteObjectTagging(ServerFixture server)
{
    [Fact]
    public async Task Tags_go_and_the_object_stays()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        var put = await bucket.PutAsync("k", "kept", with => with.TagSet = [new() { Key = "a", Value = "1" }]);
        var deleted = await DeleteAsync(bucket, "k");
        Assert.Equal((HttpStatusCode.NoContent, put.VersionId), (deleted.HttpStatusCode, deleted.VersionId));
        var (response, content) = await bucket.GetAsync("k");
        Assert.Equal("kept", content);
        Assert.Equal(0, response.TagCount ?? 0);
    }

    [Fact]
    public async Task There_is_nothing_to_remove_without_an_object()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.NotFound, "NoSuchKey", () => DeleteAsync(bucket, "none"));
        await bucket.PutAsync("k");
        await bucket.DeleteAsync("k");
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.MethodNotAllowed, "MethodNotAllowed", () => DeleteAsync(bucket, "k"));
    }

    private static Task<DeleteObjectTaggingResponse> DeleteAsync(ScratchBucket bucket, string key) =>
        bucket.S3.DeleteObjectTaggingAsync(
            new() { BucketName = bucket.Name, Key = key }, TestContext.Current.CancellationToken);
}
