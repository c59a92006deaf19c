namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAccelerateConfiguration.html</summary>
public sealed class GetBucketAccelerateConfiguration(ServerFixture server)
{
    [Fact]
    public async Task Where_nothing_was_ever_set_the_document_is_empty()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        Assert.Equal(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + "<AccelerateConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"></AccelerateConfiguration>",
            (await bucket.SendAsync("GET", "", query: [("accelerate", "")])).AssertOk().Text);
        (await bucket.SendUnsignedAsync("GET", "?accelerate")).AssertRefused(403, "AccessDenied");
    }
}
