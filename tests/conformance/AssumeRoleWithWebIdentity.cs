using System.Net;
using Amazon.Runtime;
using Amazon.SecurityToken.Model;

namespace ObjectServer.Conformance;

public sealed class AssumeRoleWithWebIdentity(ServerFixture server) : IAsyncLifetime
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Provider => $"arn:aws:iam::000000000000:oidc-provider/{server.Issuer.Name}";

    public async ValueTask InitializeAsync() => await server.IamAsync(
        "CreateOpenIDConnectProvider", ("Url", server.Issuer.Url), ("ClientIDList.member.1", "conformance"));

    public async ValueTask DisposeAsync() =>
        await server.IamAsync("DeleteOpenIDConnectProvider", ("OpenIDConnectProviderArn", Provider));

    [Fact]
    public async Task Whom_the_issuer_vouches_for_uses_the_role()
    {
        var arn = await NewRoleAsync();
        var answer = await AssumeAsync(arn, server.Issuer.Sign("alice"));
        Assert.Equal(("alice", "conformance"), (answer.SubjectFromWebIdentityToken, answer.Audience));
        using var s3 = server.S3(answer.Credentials);

        await s3.ListBucketsAsync(Cancellation);
    }

    [Fact]
    public async Task Whoever_else_is_refused()
    {
        var arn = await NewRoleAsync();
        await using var elsewhere = new LoopbackIssuer();
        await elsewhere.StartAsync(Cancellation);

        await RefusedAsync(HttpStatusCode.Forbidden, "AccessDenied", server.Issuer.Sign("bob"));
        await RefusedAsync(HttpStatusCode.BadRequest, "InvalidIdentityToken", server.Issuer.Sign("alice", claims => claims["aud"] = "x"));
        await RefusedAsync(HttpStatusCode.BadRequest, "InvalidIdentityToken", elsewhere.Sign("alice"));
        await RefusedAsync(
            HttpStatusCode.BadRequest, "InvalidIdentityToken", elsewhere.Sign("alice", claims => claims["iss"] = server.Issuer.Url));
        await RefusedAsync(HttpStatusCode.BadRequest, "ExpiredTokenException", server.Issuer.Sign("alice", claims => claims["exp"] = 1));
        await RefusedAsync(HttpStatusCode.BadRequest, "InvalidIdentityToken", "garbage");

        Task RefusedAsync(HttpStatusCode status, string code, string token) =>
            StsCases.AssertRefusedAsync(status, code, () => AssumeAsync(arn, token));
    }

    private async Task<string> NewRoleAsync() => (await server.NewRoleAsync(
        $""" "Federated":"{Provider}" """,
        "sts:AssumeRoleWithWebIdentity",
        $$"""{"StringEquals":{"{{server.Issuer.Name}}:sub":"alice"} }""")).Arn;

    private async Task<AssumeRoleWithWebIdentityResponse> AssumeAsync(string arn, string token)
    {
        using var sts = server.Sts(new AnonymousAWSCredentials());
        return await sts.AssumeRoleWithWebIdentityAsync(
            new() { RoleArn = arn, RoleSessionName = "session", WebIdentityToken = token }, Cancellation);
    }
}
