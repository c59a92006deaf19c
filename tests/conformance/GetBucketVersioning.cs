namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html</summary>
public sealed class GetBucketVersioning(ServerFixture server)
{
    [Fact]
    public async Task A_bucket_that_never_had_versioning_says_nothing()
    {
        var bucket = await server.NewBucketAsync();
        var answer = await server.SendAsync("GET", $"/{bucket}?versioning");
        Assert.EndsWith(
            "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"></VersioningConfiguration>",
            answer.Text,
            StringComparison.Ordinal);
    }
}
