namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAbac.html</summary>
public sealed class GetBucketAbac(ServerFixture server)
{
    [Fact]
    public async Task It_is_disabled_until_it_is_enabled()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        Assert.Equal("Disabled", await StatusAsync());
        await PutBucketAbac.SetAsync(bucket, "Enabled");
        Assert.Equal("Enabled", await StatusAsync());

        async Task<string?> StatusAsync() =>
            (await bucket.SendAsync("GET", "", query: [("abac", "")])).AssertOk().Element("Status");
    }
}
