using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html</summary>
public sealed class GetBucketTagging(ServerFixture server)
{
    [Fact]
    public async Task A_bucket_without_tags_has_no_tag_set()
    {
        var bucket = await server.NewBucketAsync();
        var refusal = await Assert.ThrowsAsync<AmazonS3Exception>(() => server.S3.GetBucketTaggingAsync(
            new GetBucketTaggingRequest { BucketName = bucket }, TestContext.Current.CancellationToken));
        Assert.Equal((HttpStatusCode.NotFound, "NoSuchTagSet"), (refusal.StatusCode, refusal.ErrorCode));
    }
}
