using System.Net;
using System.Net.Http;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using ObjectServer.Identity;

namespace ObjectServer.Tests.Sts;

public sealed class AssumeRoleWithWebIdentityTests
{
    private const string Web = """ "sts:AssumeRoleWithWebIdentity" """;
    private const string Provider = "arn:aws:iam::000000000000:oidc-provider/login.example.com/realms/team";
    private const string ByProvider = $""" "Federated":"{Provider}" """;

    [Fact]
    public async Task Whom_the_issuer_vouches_for_has_the_role()
    {
        await using var rig = await OpenAsync(new());
        var role = await rig.PutRoleAsync(StsRig.Trust(
            ByProvider, Web, """{"StringEquals":{"login.example.com/realms/team:sub":"alice","login.example.com/realms/team:aud":"objectserver"}}"""));
        foreach (var (algorithm, keyId) in ((string, string?)[])[("RS256", "rsa"), ("ES256", "ec"), ("RS512", null)])
        {
            var answer = await AssumeAsync(rig, role, WebTokens.Sign(WebTokens.Claims(rig.Clock.Now), algorithm, keyId));
            var caller = rig.Signed(answer);

            Assert.Equal("alice", answer.Element("SubjectFromWebIdentityToken")!.Value);
            Assert.Equal("objectserver", answer.Element("Audience")!.Value);
            Assert.Equal(Provider, answer.Element("Provider")!.Value);
            Assert.Equal((CallerKind.AssumedRole, Provider), (caller.Kind, caller.FederatedProvider));
            Assert.True(rig.MayRead(caller, "a"));
        }
    }

    [Theory]
    [InlineData("iss", "https://elsewhere.example.com", "InvalidIdentityToken")]
    [InlineData("iss", "http://login.example.com/realms/team", "InvalidIdentityToken")]
    [InlineData("iss", "https://login.example.com/realms/TEAM", "InvalidIdentityToken")]
    [InlineData("aud", "somebody-else", "InvalidIdentityToken")]
    [InlineData("azp", "somebody-else", "InvalidIdentityToken")]
    [InlineData("sub", "bob", "AccessDenied")]
    [InlineData("exp", 0, "ExpiredTokenException")]
    [InlineData("nbf", 301, "InvalidIdentityToken")]
    [InlineData("iat", 301, "InvalidIdentityToken")]
    [InlineData("https://aws.amazon.com/source_identity", "a b", "ValidationError")]
    [InlineData("https://aws.amazon.com/source_identity", "alice", "AccessDenied")]
    [InlineData("https://aws.amazon.com/tags/principal_tags/team", "blue", "AccessDenied")]
    public async Task A_claim_that_is_wrong_is_refused(string claim, object value, string code)
    {
        await using var rig = await OpenAsync(new());
        var role = await rig.PutRoleAsync(StsRig.Trust(
            ByProvider, Web, """{"StringEquals":{"login.example.com/realms/team:sub":"alice"}}"""));
        var claims = WebTokens.Claims(rig.Clock.Now);
        claims[claim] = value is int seconds ? rig.Clock.Now.ToUnixTimeSeconds() + seconds : (string)value;

        Assert.Equal(code, await StsRig.RefusalAsync(() => AssumeAsync(rig, role, WebTokens.Sign(claims))));
    }

    [Fact]
    public async Task What_the_issuer_did_not_sign_is_refused()
    {
        await using var rig = await OpenAsync(new());
        var role = await rig.PutRoleAsync(StsRig.Trust(ByProvider, Web));
        var claims = WebTokens.Claims(rig.Clock.Now);
        var good = WebTokens.Sign(claims).Split('.');
        claims["sub"] = "admin";
        var other = WebTokens.Sign(claims).Split('.');
        string[] tokens =
        [
            $"{good[0]}.{other[1]}.{good[2]}", $"{good[0]}.{good[1]}.", WebTokens.Sign(claims, "none"),
            WebTokens.Sign(claims, "HS256"), WebTokens.Sign(claims, "RS256", "ec"), WebTokens.Sign(claims, "RS256", "unknown"),
            "garbage",
        ];

        foreach (var token in tokens)
        {
            Assert.Equal("InvalidIdentityToken", await StsRig.RefusalAsync(() => AssumeAsync(rig, role, token)));
        }
    }

    [Fact]
    public async Task Tags_and_the_source_identity_come_from_the_token()
    {
        await using var rig = await OpenAsync(new());
        var role = await rig.PutRoleAsync(StsRig.Trust(ByProvider, Web + ""","sts:TagSession","sts:SetSourceIdentity" """));
        var claims = WebTokens.Claims(rig.Clock.Now);
        claims["https://aws.amazon.com/source_identity"] = "alice";
        claims["https://aws.amazon.com/tags"] = new JsonObject
        {
            ["principal_tags"] = new JsonObject { ["team"] = new JsonArray("blue") },
            ["transitive_tag_keys"] = new JsonArray("team"),
        };
        var caller = rig.Signed(await AssumeAsync(rig, role, WebTokens.Sign(claims)));

        Assert.Equal(("alice", "blue"), (caller.SourceIdentity, caller.PrincipalTags["team"]));
        Assert.Equal("team", Assert.Single(caller.TransitiveTags).Key);
    }

    [Fact]
    public async Task An_issuer_counts_where_the_account_has_it_and_the_operator_configured_it()
    {
        var network = new Network();
        await using var rig = await StsRig.OpenAsync([], network);
        var role = await rig.PutRoleAsync(StsRig.Trust(ByProvider, Web));
        var token = WebTokens.Sign(WebTokens.Claims(rig.Clock.Now));

        Assert.Equal("InvalidIdentityToken", await StsRig.RefusalAsync(() => AssumeAsync(rig, role, token)));
        await PutProviderAsync(rig);
        Assert.Equal("InvalidIdentityToken", await StsRig.RefusalAsync(() => AssumeAsync(rig, role, token)));
        Assert.Equal(0, network.Asked);
    }

    [Fact]
    public async Task Keys_are_asked_for_once_and_again_for_a_new_one_and_now_and_then()
    {
        var network = new Network();
        await using var rig = await OpenAsync(network);
        var role = await rig.PutRoleAsync(StsRig.Trust(ByProvider, Web));
        Task<XElement> Assume(string keyId) =>
            AssumeAsync(rig, role, WebTokens.Sign(WebTokens.Claims(rig.Clock.Now), keyId: keyId));

        for (var count = 0; count < 5; count++)
        {
            await Assume("rsa");
        }

        Assert.Equal(1, network.Asked);

        // A key id that nobody knows asks again, and not more often than it may.
        rig.Clock.Now += TimeSpan.FromSeconds(11);
        network.RsaId = "new";
        await Assume("new");
        Assert.Equal(2, network.Asked);
        for (var count = 0; count < 5; count++)
        {
            Assert.Equal("InvalidIdentityToken", await StsRig.RefusalAsync(() => Assume("other")));
        }

        Assert.Equal(2, network.Asked);
        rig.Clock.Now += TimeSpan.FromMinutes(61);
        await Assume("new");
        Assert.Equal(3, network.Asked);

        // An issuer that is away for less than a day is not missed.
        network.Status = HttpStatusCode.BadGateway;
        rig.Clock.Now += TimeSpan.FromHours(20);
        await Assume("new");
        rig.Clock.Now += TimeSpan.FromHours(5);
        Assert.Equal("IDPCommunicationError", await StsRig.RefusalAsync(() => Assume("new")));
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("[]")]
    [InlineData("""{"issuer":"https://elsewhere.example.com","jwks_uri":"https://login.example.com/keys"}""")]
    [InlineData("""{"issuer":"https://login.example.com/realms/team"}""")]
    [InlineData("""{"issuer":"https://login.example.com/realms/team","jwks_uri":"http://login.example.com/keys"}""")]
    [InlineData("""{"issuer":"https://login.example.com/realms/team","jwks_uri":"http://127.0.0.1/keys"}""")]
    [InlineData("""{"issuer":"https://login.example.com/realms/team","jwks_uri":"file:///etc/passwd"}""")]
    [InlineData("""{"issuer":"https://login.example.com/realms/team","jwks_uri":7}""")]
    public async Task A_discovery_document_that_is_none_is_not_followed(string document)
    {
        var network = new Network { Discovery = document };
        await using var rig = await OpenAsync(network);
        var role = await rig.PutRoleAsync(StsRig.Trust(ByProvider, Web));

        Assert.Equal("IDPCommunicationError", await StsRig.RefusalAsync(
            () => AssumeAsync(rig, role, WebTokens.Sign(WebTokens.Claims(rig.Clock.Now)))));
        Assert.Equal(0, network.KeysAsked);
    }

    private static async Task<StsRig> OpenAsync(Network network)
    {
        var rig = await StsRig.OpenAsync([WebTokens.Issuer], network);
        await PutProviderAsync(rig);
        return rig;
    }

    private static Task PutProviderAsync(StsRig rig) => rig.ChangeAsync(change => change.Put(new OidcProvider
    {
        AccountId = StsRig.Home,
        Created = rig.Clock.Now,
        Url = "login.example.com/realms/team",
        ClientIds = ["objectserver"],
    }));

    private static Task<XElement> AssumeAsync(StsRig rig, Role role, string token) => rig.CallAsync(
        "AssumeRoleWithWebIdentity", Caller.Anonymous,
        ("RoleArn", role.Arn), ("RoleSessionName", "session"), ("WebIdentityToken", token));

    /// <summary>Answers for the issuer.</summary>
    private sealed class Network : HttpMessageHandler
    {
        public string RsaId { get; set; } = "rsa";

        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        public string Discovery { get; init; } =
            $$"""{"issuer":"{{WebTokens.Issuer}}","jwks_uri":"https://keys.example.com/team"}""";

        /// <summary>How often the discovery document was asked for.</summary>
        public int Asked { get; private set; }

        public int KeysAsked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var content = request.RequestUri!.ToString();
            if (content == WebTokens.Issuer + "/.well-known/openid-configuration")
            {
                Asked++;
                content = Discovery;
            }
            else
            {
                Assert.Equal("https://keys.example.com/team", content);
                KeysAsked++;
                content = WebTokens.KeySet(RsaId);
            }

            return Task.FromResult(new HttpResponseMessage(Status) { Content = new StringContent(content) });
        }
    }
}
