using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketTagging.html</summary>
public sealed class DeleteBucketTagging(ServerFixture server)
{
    [Fact]
    public async Task Tags_go_and_may_go_again()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var bucket = await server.NewBucketAsync();
        await server.S3.PutBucketTaggingAsync(
            new PutBucketTaggingRequest { BucketName = bucket, TagSet = [new() { Key = "a", Value = "b" }] },
            cancellation);
        (await server.SendAsync("DELETE", $"/{bucket}?tagging")).AssertOk(204);
        (await server.SendAsync("DELETE", $"/{bucket}?tagging")).AssertOk(204);
        var refusal = await Assert.ThrowsAsync<AmazonS3Exception>(() => server.S3.GetBucketTaggingAsync(
            new GetBucketTaggingRequest { BucketName = bucket }, cancellation));
        Assert.Equal("NoSuchTagSet", refusal.ErrorCode);
    }
}
