using System.Net;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeletePublicAccessBlock.html</summary>
public sealed class DeletePublicAccessBlock(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_gone_and_stays_gone()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.S3.PutPublicAccessBlockAsync(
            new() { BucketName = bucket.Name, PublicAccessBlockConfiguration = new() { BlockPublicPolicy = true } },
            Cancellation);
        for (var time = 0; time < 2; time++)
        {
            var deleted = await bucket.S3.DeletePublicAccessBlockAsync(new() { BucketName = bucket.Name }, Cancellation);
            Assert.Equal(HttpStatusCode.NoContent, deleted.HttpStatusCode);
            (await bucket.SendAsync("GET", "", query: [("publicAccessBlock", "")]))
                .AssertRefused(404, "NoSuchPublicAccessBlockConfiguration");
        }
    }
}
