using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ObjectServer.Conformance;

/// <summary>An OpenID Connect issuer on loopback: a discovery document, one key, and tokens.</summary>
public sealed class LoopbackIssuer : IAsyncDisposable
{
    private readonly RSA _key = RSA.Create(2048);
    private WebApplication? _application;

    /// <summary>As <c>iss</c> in its tokens.</summary>
    public string Url { get; private set; } = "";

    /// <summary>The same without its scheme, as policies have it.</summary>
    public string Name => Url["http://".Length..];

    public async Task StartAsync(CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _application = builder.Build();
        _application.MapGet("/.well-known/openid-configuration", () => Results.Text(
            new JsonObject { ["issuer"] = Url, ["jwks_uri"] = Url + "/keys" }.ToJsonString(), "application/json"));
        _application.MapGet("/keys", () => Results.Text(KeySet(), "application/json"));
        await _application.StartAsync(cancellation);
        Url = _application.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.Single().TrimEnd('/');
    }

    /// <summary>A token of ten minutes.</summary>
    /// <param name="subject">The claim <c>sub</c>.</param>
    /// <param name="with">Further claims, or others.</param>
    public string Sign(string subject, Action<JsonObject>? with = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject
        {
            ["iss"] = Url,
            ["sub"] = subject,
            ["aud"] = "conformance",
            ["iat"] = now,
            ["exp"] = now + 600,
        };
        with?.Invoke(claims);
        var signed = $"{Encode("""{"alg":"RS256","kid":"one"}""")}.{Encode(claims.ToJsonString())}";
        var signature = _key.SignData(
            Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is not null)
        {
            await _application.DisposeAsync();
        }

        _key.Dispose();
    }

    private string KeySet()
    {
        var key = _key.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kty"] = "RSA",
                ["kid"] = "one",
                ["use"] = "sig",
                ["alg"] = "RS256",
                ["n"] = Base64Url.EncodeToString(key.Modulus),
                ["e"] = Base64Url.EncodeToString(key.Exponent),
            }),
        }.ToJsonString();
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
