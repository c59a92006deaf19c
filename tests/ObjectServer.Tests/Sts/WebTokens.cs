using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ObjectServer.Tests.Sts;

/// <summary>Makes web identities as an issuer does.</summary>
internal static class WebTokens
{
    public const string Issuer = "https://login.example.com/realms/team";

    public static RSA RsaKey { get; } = RSA.Create(2048);

    public static ECDsa EcKey { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>The claims of a token that is good at a time.</summary>
    public static JsonObject Claims(DateTimeOffset now) => new()
    {
        ["iss"] = Issuer,
        ["sub"] = "alice",
        ["aud"] = "objectserver",
        ["iat"] = now.ToUnixTimeSeconds(),
        ["exp"] = now.ToUnixTimeSeconds() + 600,
    };

    /// <summary>A token signed with <see cref="RsaKey"/>, or, where the algorithm says so, with <see cref="EcKey"/>.</summary>
    public static string Sign(JsonObject claims, string algorithm = "RS256", string? keyId = "rsa") =>
        SignText(
            new JsonObject { ["alg"] = algorithm, ["kid"] = keyId, ["typ"] = "JWT" }.ToJsonString(), claims.ToJsonString(), algorithm);

    public static string SignText(string header, string payload, string algorithm = "RS256")
    {
        var signed = $"{Encode(header)}.{Encode(payload)}";
        var bytes = Encoding.ASCII.GetBytes(signed);
        var signature = algorithm switch
        {
            "RS256" => RsaKey.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            "RS512" => RsaKey.SignData(bytes, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
            "ES256" => EcKey.SignData(bytes, HashAlgorithmName.SHA256),
            _ => HMACSHA256.HashData(RsaKey.ExportSubjectPublicKeyInfo(), bytes),
        };
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>The keys as their issuer shows them.</summary>
    /// <param name="rsaId">What the first is called.</param>
    public static string KeySet(string rsaId = "rsa")
    {
        var (rsa, ec) = (RsaKey.ExportParameters(false), EcKey.ExportParameters(false));
        return new JsonObject
        {
            ["keys"] = new JsonArray(
                new JsonObject { ["kty"] = "oct", ["k"] = "c2VjcmV0", ["kid"] = "secret" },
                "no key",
                new JsonObject { ["kty"] = "RSA", ["n"] = "AQAB", ["e"] = "AQAB", ["kid"] = "small" },
                new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = "AQAB", ["y"] = "AQAB", ["kid"] = "off the curve" },
                new JsonObject
                {
                    ["kty"] = "RSA",
                    ["kid"] = rsaId,
                    ["use"] = "sig",
                    ["n"] = Base64Url.EncodeToString(rsa.Modulus),
                    ["e"] = Base64Url.EncodeToString(rsa.Exponent),
                },
                new JsonObject
                {
                    ["kty"] = "EC",
                    ["kid"] = "ec",
                    ["crv"] = "P-256",
                    ["alg"] = "ES256",
                    ["x"] = Base64Url.EncodeToString(ec.Q.X),
                    ["y"] = Base64Url.EncodeToString(ec.Q.Y),
                }),
        }.ToJsonString();
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
