using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;

namespace ObjectServer.Sts;

/// <summary>A public key of an issuer, and the one algorithm family that it verifies.</summary>
/// <remarks>https://www.rfc-editor.org/rfc/rfc7517 and https://www.rfc-editor.org/rfc/rfc7518</remarks>
internal sealed class WebKey
{
    private const int MinRsaBits = 2048;
    private const int MaxRsaBits = 8192;

    private readonly RSAParameters? _rsa;
    private readonly ECParameters? _ec;
    private readonly string? _algorithm;

    private WebKey(string? id, string? algorithm, RSAParameters? rsa, ECParameters? ec) =>
        (Id, _algorithm, _rsa, _ec) = (id, algorithm, rsa, ec);

    /// <summary>What tokens call it; null where it has no name.</summary>
    public string? Id { get; }

    /// <summary>Reads a set of keys: those that can verify a signature of the algorithms that are taken.</summary>
    /// <param name="set">A JSON Web Key Set.</param>
    /// <param name="max">How many keys at most; what comes after them is not looked at.</param>
    /// <exception cref="JsonException">It is none.</exception>
    public static IReadOnlyList<WebKey> ReadSet(ReadOnlyMemory<byte> set, int max)
    {
        using var document = JsonDocument.Parse(set);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException("There are no keys in it.");
        }

        var read = new List<WebKey>();
        foreach (var key in keys.EnumerateArray().Take(max))
        {
            if (TryRead(key, out var one))
            {
                read.Add(one);
            }
        }

        return read;
    }

    /// <summary>Whether it made a signature.</summary>
    /// <param name="algorithm">The token's, e.g. <c>RS256</c>.</param>
    /// <param name="signed">What was signed.</param>
    /// <param name="signature">As JWS has it: of elliptic curves, both numbers one after the other.</param>
    public bool Verifies(string algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (_algorithm is not null && _algorithm != algorithm)
        {
            return false;
        }

        var hash = algorithm[2..] switch
        {
            "256" => HashAlgorithmName.SHA256,
            "384" => HashAlgorithmName.SHA384,
            _ => HashAlgorithmName.SHA512,
        };
        if (algorithm[0] == 'R' && _rsa is { } rsaKey)
        {
            using var rsa = RSA.Create(rsaKey);
            return rsa.VerifyData(signed, signature, hash, RSASignaturePadding.Pkcs1);
        }

        if (algorithm[0] == 'E' && _ec is { } ecKey && CurveOf(algorithm) == ecKey.Curve.Oid.Value)
        {
            using var ec = ECDsa.Create(ecKey);
            return ec.VerifyData(signed, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }

        return false;
    }

    private static string? CurveOf(string algorithm) => (algorithm switch
    {
        "ES256" => ECCurve.NamedCurves.nistP256,
        "ES384" => ECCurve.NamedCurves.nistP384,
        _ => ECCurve.NamedCurves.nistP521,
    }).Oid.Value;

    private static bool TryRead(JsonElement key, [NotNullWhen(true)] out WebKey? read)
    {
        read = null;
        if (key.ValueKind != JsonValueKind.Object || Text(key, "use") is not (null or "sig"))
        {
            return false;
        }

        try
        {
            read = Text(key, "kty") switch
            {
                "RSA" => ReadRsa(key),
                "EC" => ReadEc(key),
                _ => null,
            };
        }
        catch (Exception wrong)
            when (wrong is FormatException or CryptographicException or PlatformNotSupportedException)
        {
            // A key that no token can be verified with is as good as none.
        }

        return read is not null;
    }

    private static WebKey? ReadRsa(JsonElement key)
    {
        if (Bytes(key, "n") is not { } modulus || Bytes(key, "e") is not { } exponent)
        {
            return null;
        }

        var parameters = new RSAParameters { Modulus = modulus, Exponent = exponent };
        using var rsa = RSA.Create(parameters);
        return rsa.KeySize is >= MinRsaBits and <= MaxRsaBits
            ? new(Text(key, "kid"), Text(key, "alg"), parameters, ec: null)
            : null;
    }

    private static WebKey? ReadEc(JsonElement key)
    {
        ECCurve? curve = Text(key, "crv") switch
        {
            "P-256" => ECCurve.NamedCurves.nistP256,
            "P-384" => ECCurve.NamedCurves.nistP384,
            "P-521" => ECCurve.NamedCurves.nistP521,
            _ => null,
        };
        if (curve is not { } named || Bytes(key, "x") is not { } x || Bytes(key, "y") is not { } y)
        {
            return null;
        }

        var parameters = new ECParameters { Curve = named, Q = new() { X = x, Y = y } };
        using var ec = ECDsa.Create(parameters);
        return new(Text(key, "kid"), Text(key, "alg"), rsa: null, parameters);
    }

    private static byte[]? Bytes(JsonElement key, string name) =>
        Text(key, name) is { Length: <= 2048 } text ? Base64Url.DecodeFromChars(text) : null;

    private static string? Text(JsonElement key, string name) =>
        key.TryGetProperty(name, out var value) ? WebToken.TextOf(value) : null;
}
