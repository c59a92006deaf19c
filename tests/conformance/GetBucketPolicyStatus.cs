using System.Text;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html</summary>
public sealed class GetBucketPolicyStatus(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"IpAddress":{"aws:SourceIp":"10.0.0.0/16"}}""", false)]
    [InlineData("""{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}""", true)]
    [InlineData("""{"StringLike":{"aws:Referer":"https://example.com/*"}}""", true)]
    public async Task A_policy_is_public_unless_conditions_fix_who_comes(string condition, bool isPublic)
    {
        var bucket = await server.NewBucketAsync();
        var policy = PutBucketPolicy.Document(
            PutBucketPolicy.Statement("Allow", "s3:GetObject", $"{bucket}/*", condition));
        await server.S3.PutBucketPolicyAsync(
            new() { BucketName = bucket, Policy = Encoding.UTF8.GetString(policy) }, Cancellation);

        var status = await server.S3.GetBucketPolicyStatusAsync(new() { BucketName = bucket }, Cancellation);

        Assert.Equal(isPublic, status.PolicyStatus.IsPublic);
    }

    [Fact]
    public async Task A_bucket_without_a_policy_has_no_status()
    {
        var bucket = await server.NewBucketAsync();
        (await server.SendAsync("GET", $"/{bucket}?policyStatus")).AssertRefused(404, "NoSuchBucketPolicy");
    }
}
