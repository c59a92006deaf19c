namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html</summary>
public sealed class GetPublicAccessBlock(ServerFixture server)
{
    [Fact]
    public async Task A_new_bucket_has_none()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var refusal = await bucket.SendAsync("GET", "", query: [("publicAccessBlock", "")]);
        refusal.AssertRefused(404, "NoSuchPublicAccessBlockConfiguration");
        Assert.Equal(bucket.Name, refusal.Element("BucketName"));
    }
}
