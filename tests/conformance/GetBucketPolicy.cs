using System.Text;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html</summary>
public sealed class GetBucketPolicy(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_policy_comes_back_byte_for_byte()
    {
        var bucket = await server.NewBucketAsync();
        var policy = Encoding.UTF8.GetString(PutBucketPolicy.Document(
            PutBucketPolicy.Statement("Allow", "s3:GetObject", $"{bucket}/\u00e9*"))) + "\n";
        await server.S3.PutBucketPolicyAsync(new() { BucketName = bucket, Policy = policy }, Cancellation);

        var kept = await server.S3.GetBucketPolicyAsync(bucket, Cancellation);

        Assert.Equal(policy, kept.Policy);
        Assert.Equal("application/json", (await server.SendAsync("GET", $"/{bucket}?policy")).Header("Content-Type"));
    }

    [Fact]
    public async Task Where_there_is_none_that_is_said()
    {
        var bucket = await server.NewBucketAsync();
        var answer = await server.SendAsync("GET", $"/{bucket}?policy");
        answer.AssertRefused(404, "NoSuchBucketPolicy");
        Assert.Equal(bucket, answer.Element("BucketName"));
    }
}
