using System.Net;
using Amazon.Runtime;

namespace ObjectServer.Conformance;

public sealed class GetCallerIdentity(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_signs_is_told_who_they_are()
    {
        using var root = server.Sts(new BasicAWSCredentials(ServerFixture.AccessKeyId, ServerFixture.SecretAccessKey));
        var answer = await root.GetCallerIdentityAsync(new(), Cancellation);
        Assert.Equal(
            ("arn:aws:iam::000000000000:root", "000000000000", "000000000000"), (answer.Arn, answer.UserId, answer.Account));

        var (name, key) = await server.NewUserAsync();
        using var user = server.Sts(key);
        Assert.Equal($"arn:aws:iam::000000000000:user/{name}", (await user.GetCallerIdentityAsync(new(), Cancellation)).Arn);
        var (role, arn) = await server.NewRoleAsync(""" "AWS":"000000000000" """);
        using var session = server.Sts((await user.AssumeAsync(arn)).Credentials);
        Assert.Equal(
            $"arn:aws:sts::000000000000:assumed-role/{role}/session",
            (await session.GetCallerIdentityAsync(new(), Cancellation)).Arn);
    }

    [Fact]
    public async Task Who_does_not_sign_well_is_refused()
    {
        using var wrong = server.Sts(new BasicAWSCredentials(ServerFixture.AccessKeyId, "wrong"));
        using var unknown = server.Sts(new BasicAWSCredentials("UNKNOWN", "wrong"));

        await StsCases.AssertRefusedAsync(
            HttpStatusCode.Forbidden, "SignatureDoesNotMatch", () => wrong.GetCallerIdentityAsync(new(), Cancellation));
        await StsCases.AssertRefusedAsync(
            HttpStatusCode.Forbidden, "InvalidClientTokenId", () => unknown.GetCallerIdentityAsync(new(), Cancellation));
    }
}
