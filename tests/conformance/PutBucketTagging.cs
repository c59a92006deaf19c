using System.Net;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html</summary>
public sealed class PutBucketTagging(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tags_replace_the_earlier_ones()
    {
        var bucket = await server.NewBucketAsync();
        await PutAsync(bucket, [new() { Key = "old", Value = "1" }]);
        var answer = await PutAsync(bucket, [new() { Key = "team", Value = "größe" }, new() { Key = "x", Value = "" }]);
        Assert.Equal(HttpStatusCode.NoContent, answer.HttpStatusCode);
        var kept = await server.S3.GetBucketTaggingAsync(new() { BucketName = bucket }, Cancellation);
        Assert.Equal([("team", "größe"), ("x", "")], kept.TagSet.Select(tag => (tag.Key, tag.Value ?? "")));
    }

    [Fact]
    public async Task Fifty_tags_are_the_most()
    {
        var bucket = await server.NewBucketAsync();
        List<Tag> fifty = [.. Enumerable.Range(0, 50).Select(number => new Tag { Key = $"k{number}", Value = "v" })];
        await PutAsync(bucket, fifty);
        var refusal = await Assert.ThrowsAsync<AmazonS3Exception>(
            () => PutAsync(bucket, [.. fifty, new() { Key = "one more", Value = "v" }]));
        Assert.Equal(HttpStatusCode.BadRequest, refusal.StatusCode);
        var kept = await server.S3.GetBucketTaggingAsync(new() { BucketName = bucket }, Cancellation);
        Assert.Equal(50, kept.TagSet.Count);
    }

    [Fact]
    public async Task A_document_without_a_digest_is_refused()
    {
        var bucket = await server.NewBucketAsync();
        var answer = await server.SendAsync(
            "PUT", $"/{bucket}?tagging", Encoding.UTF8.GetBytes("<Tagging><TagSet/></Tagging>"));
        answer.AssertRefused(400, "InvalidRequest");
    }

    private Task<PutBucketTaggingResponse> PutAsync(string bucket, List<Tag> tags) =>
        server.S3.PutBucketTaggingAsync(
            new PutBucketTaggingRequest { BucketName = bucket, TagSet = tags }, Cancellation);
}
