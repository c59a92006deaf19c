
namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html</summary>
public sealed class HeadBucket(ServerFixture server)
{
    [Fact]
    public async Task A_bucket_says_where_it_lies()
    {
        var bucket = await server.NewBucketAsync();
        var answer = await server.SendAsync("HEAD", "/" + bucket);
        answer.AssertOk();
        Assert.Equal("us-east-1", answer.Header("x-amz-bucket-region"));
        Assert.Equal("false", answer.Header("x-amz-access-point-alias"));
        Assert.Equal("arn:aws:s3:::" + bucket, answer.Header("x-amz-bucket-arn"));
        Assert.Equal("", answer.Text);
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_404_without_a_body()
    {
        var answer = await server.SendAsync("HEAD", $"/none-{Guid.NewGuid():N}");
        Assert.Equal(404, answer.Status);
        Assert.Equal("", answer.Text);
    }
}
