using System.Net;
using System.Text.Json;
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

    [Fact]
    public async Task Why_somebody_is_refused_is_explained()
    {
        var sts = new IamClient(server) { Service = "sts", Version = "2011-06-15" };
        var refused = (await sts.SendAsync(
            "AssumeRoleWithWebIdentity",
            ("RoleArn", await NewRoleAsync()), ("RoleSessionName", "session"),
            ("WebIdentityToken", server.Issuer.Sign("bob")))).AssertRefused(403, "AccessDenied");

        var answer = (await server.SendAsync("GET", $"/-/explain/{refused.Header("x-amzn-RequestId")}")).AssertOk();
        using var document = JsonDocument.Parse(answer.Text);
        var denial = Assert.Single(document.RootElement.EnumerateArray());
        Assert.Equal(Provider, denial.GetProperty("caller").GetString());
        Assert.Equal("Federated", denial.GetProperty("callerKind").GetString());
        Assert.Contains("bob", denial.GetProperty("conditions").ToString(), StringComparison.Ordinal);
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
