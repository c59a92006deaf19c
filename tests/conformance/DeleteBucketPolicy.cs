using System.Text;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html</summary>
public sealed class DeleteBucketPolicy(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_policy_allowed_ends_with_it()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("key");
        var policy = PutBucketPolicy.Document(PutBucketPolicy.Statement("Allow", "s3:GetObject", $"{bucket.Name}/*"));
        await server.S3.PutBucketPolicyAsync(
            new() { BucketName = bucket.Name, Policy = Encoding.UTF8.GetString(policy) }, Cancellation);
        (await bucket.SendUnsignedAsync("GET", "key")).AssertOk();

        (await server.SendAsync("DELETE", $"/{bucket.Name}?policy")).AssertOk(204);

        (await bucket.SendUnsignedAsync("GET", "key")).AssertRefused(403, "AccessDenied");
        (await server.SendAsync("GET", $"/{bucket.Name}?policy")).AssertRefused(404, "NoSuchBucketPolicy");
    }

    [Fact]
    public async Task To_delete_none_is_no_mistake()
    {
        var bucket = await server.NewBucketAsync();
        (await server.SendAsync("DELETE", $"/{bucket}?policy")).AssertOk(204);
    }
}
