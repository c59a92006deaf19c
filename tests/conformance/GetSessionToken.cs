using System.Net;

namespace ObjectServer.Conformance;

public sealed class GetSessionToken(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_of_a_user_may_what_the_user_may_and_ends_with_the_user()
    {
        var (name, key) = await server.NewUserAsync();
        using var sts = server.Sts(key);
        var answer = await sts.GetSessionTokenAsync(new() { DurationSeconds = 900 }, Cancellation);
        using var s3 = server.S3(answer.Credentials);
        var bucket = await server.NewBucketAsync();
        await s3.PutObjectAsync(new() { BucketName = bucket, Key = "a", ContentBody = "a" }, Cancellation);

        await server.IamAsync("DeleteUserPolicy", ("UserName", name), ("PolicyName", "all"));
        await StsCases.AssertRefusedAsync(
            HttpStatusCode.Forbidden, "AccessDenied", () => s3.GetObjectAsync(bucket, "a", Cancellation));
        await server.IamAsync(
            "DeleteAccessKey", ("UserName", name), ("AccessKeyId", (await key.GetCredentialsAsync()).AccessKey));
        await server.IamAsync("DeleteUser", ("UserName", name));
        await StsCases.AssertRefusedAsync(
            HttpStatusCode.Forbidden, "InvalidAccessKeyId", () => s3.GetObjectAsync(bucket, "a", Cancellation));
    }
}
