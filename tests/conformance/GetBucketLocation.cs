namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html</summary>
public sealed class GetBucketLocation(ServerFixture server)
{
    [Fact]
    public async Task The_first_region_is_an_empty_constraint()
    {
        var bucket = await server.NewBucketAsync();
        var answer = await server.SendAsync("GET", $"/{bucket}?location");
        Assert.Equal("application/xml", answer.Header("Content-Type"));
        Assert.Equal(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"></LocationConstraint>",
            answer.Text);
    }
}
