using System.Net;
using Amazon.S3;
using Amazon.SecurityToken.Model;

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

    [Fact]
    public async Task A_policy_may_ask_whether_and_how_long_ago_a_second_factor_was_shown()
    {
        var (name, key) = await server.NewUserAsync();
        var device = await MfaCases.EnableAsync(server, name);
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("key");
        await bucket.PutPolicyAsync(
            Deny("""{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"} }"""),
            Deny("""{"Null":{"aws:MultiFactorAuthAge":"true"} }"""),
            Deny("""{"NumericGreaterThan":{"aws:MultiFactorAuthAge":"3600"} }"""));
        using var sts = server.Sts(key);

        using var plain = server.S3(key);
        await RefusedAsync(plain);
        using var without = server.S3((await sts.GetSessionTokenAsync(new(), Cancellation)).Credentials);
        await RefusedAsync(without);
        var code = await device.NextCodeAsync(server, name);
        using var with = server.S3((await AskAsync()).Credentials);
        using var answer = await with.GetObjectAsync(bucket.Name, "key", Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.HttpStatusCode);
        await StsCases.AssertRefusedAsync(HttpStatusCode.Forbidden, "AccessDenied", AskAsync);

        Task<GetSessionTokenResponse> AskAsync() => sts.GetSessionTokenAsync(
            new() { SerialNumber = device.SerialNumber, TokenCode = code }, Cancellation);

        Task RefusedAsync(AmazonS3Client s3) => StsCases.AssertRefusedAsync(
            HttpStatusCode.Forbidden, "AccessDenied", () => s3.GetObjectAsync(bucket.Name, "key", Cancellation));

        string Deny(string condition) =>
            $$"""{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{{bucket.Name}}/*","Condition":{{condition}} }""";
    }
}
