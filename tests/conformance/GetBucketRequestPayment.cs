using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketRequestPayment.html</summary>
public sealed class GetBucketRequestPayment(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_owner_pays_unless_something_else_was_said()
    {
        var bucket = await server.NewBucketAsync();
        var request = new GetBucketRequestPaymentRequest { BucketName = bucket };
        Assert.Equal("BucketOwner", (await server.S3.GetBucketRequestPaymentAsync(request, Cancellation)).Payer);
        await server.S3.PutBucketRequestPaymentAsync(bucket, new() { Payer = "Requester" }, Cancellation);
        Assert.Equal("Requester", (await server.S3.GetBucketRequestPaymentAsync(request, Cancellation)).Payer);
    }
}
