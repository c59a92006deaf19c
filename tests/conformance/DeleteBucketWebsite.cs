namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketWebsite.html</summary>
public sealed class DeleteBucketWebsite(ServerFixture server)
{
    [Fact]
    public async Task The_website_is_gone_and_stays_gone_and_its_objects_are_there()
    {
        var bucket = await WebsiteCases.OpenAsync(server);
        await bucket.PutAsync("index.html", "here");
        for (var time = 0; time < 2; time++)
        {
            (await bucket.SendAsync("DELETE", "", query: [("website", "")])).AssertOk(204);
            (await bucket.SendAsync("GET", "", query: [("website", "")])).AssertRefused(404, "NoSuchWebsiteConfiguration");
        }

        var page = await server.VisitAsync(bucket, "/");
        Assert.Equal((404, "NoSuchWebsiteConfiguration"), (page.Status, page.Header("x-amz-error-code")));
        Assert.Contains($"<li>BucketName: {bucket.Name}</li>", page.Text, StringComparison.Ordinal);
        Assert.Equal("here", (await bucket.SendUnsignedAsync("GET", "index.html")).AssertOk().Text);
    }
}
