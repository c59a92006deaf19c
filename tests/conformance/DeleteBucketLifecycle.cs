namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketLifecycle.html</summary>
public sealed class DeleteBucketLifecycle(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rules_that_are_deleted_announce_nothing_more()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await LifecycleServer.SetRulesAsync(
            bucket.S3, bucket.Name, new Amazon.S3.Model.LifecycleRule { Expiration = new() { Days = 1 } });
        Assert.NotNull((await bucket.PutAsync("key")).Expiration);

        await server.S3.DeleteLifecycleConfigurationAsync(bucket.Name, Cancellation);

        Assert.Null((await bucket.HeadAsync("key")).Expiration);
        (await bucket.SendAsync("GET", "", query: [("lifecycle", "")])).AssertRefused(404, "NoSuchLifecycleConfiguration");
    }

    [Fact]
    public async Task There_need_not_be_any()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        Assert.Equal(204, (await bucket.SendAsync("DELETE", "", query: [("lifecycle", "")])).Status);
    }
}
