using System.Buffers.Text;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using ObjectServer.Storage.Model;

namespace ObjectServer.Sts;

/// <summary>A JSON Web Token, read and not believed: nothing of it holds before its signature was verified.</summary>
/// <remarks>
/// Compact JWS, signed with RS256 to RS512 or ES256 to ES512; no other algorithm, no critical extension, no encryption.
/// https://www.rfc-editor.org/rfc/rfc7519 and https://openid.net/specs/openid-connect-core-1_0.html#IDToken
/// </remarks>
internal sealed class WebToken
{
    /// <summary>No token that STS takes is longer.</summary>
    public const int MaxCharacters = 20_000;

    private const string TagsClaim = "https://aws.amazon.com/tags";
    private const string SourceIdentityClaim = "https://aws.amazon.com/source_identity";
    private const int MaxDepth = 16;

    private static readonly FrozenSet<string> Algorithms =
        FrozenSet.Create(StringComparer.Ordinal, "RS256", "RS384", "RS512", "ES256", "ES384", "ES512");

    /// <summary>A member twice could be read one way here and another way elsewhere.</summary>
    private static readonly JsonDocumentOptions Strict = new()
    {
        AllowDuplicateProperties = false,
        MaxDepth = MaxDepth,
    };

    private readonly byte[] _signed;
    private readonly byte[] _signature;

    private WebToken(byte[] signed, byte[] signature) => (_signed, _signature) = (signed, signature);

    /// <summary>E.g. <c>RS256</c>.</summary>
    public required string Algorithm { get; init; }

    /// <summary>Which of the issuer's keys signed; null where the token does not say.</summary>
    public required string? KeyId { get; init; }

    /// <summary>The claim <c>iss</c>.</summary>
    public required string Issuer { get; init; }

    /// <summary>The claim <c>sub</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>The claim <c>aud</c>.</summary>
    public required ImmutableArray<string> Audience { get; init; }

    /// <summary>The claim <c>azp</c>: for whom the token was made; null where it does not say.</summary>
    public required string? AuthorizedParty { get; init; }

    /// <summary>The claim <c>exp</c>.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>The claim <c>nbf</c>.</summary>
    public required DateTimeOffset? NotBefore { get; init; }

    /// <summary>The claim <c>iat</c>.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Claims that are a text, a number, a truth or texts, by their names: condition keys.</summary>
    public required FrozenDictionary<string, ImmutableArray<string>> Claims { get; init; }

    /// <summary>Session tags that the issuer gives.</summary>
    /// <remarks>
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-idp
    /// </remarks>
    public required ImmutableArray<Tag> Tags { get; init; }

    public required ImmutableArray<string> TransitiveTagKeys { get; init; }

    public string? SourceIdentity =>
        Claims.TryGetValue(SourceIdentityClaim, out var values) && values is [var identity] ? identity : null;

    /// <summary>Reads a token; null where it is none, or lacks a claim that every identity has.</summary>
    public static WebToken? Parse(string token)
    {
        if (token.Length > MaxCharacters || token.Split('.') is not [var header, var payload, var signature])
        {
            return null;
        }

        try
        {
            using var head = JsonDocument.Parse(Base64Url.DecodeFromChars(header), Strict);
            using var body = JsonDocument.Parse(Base64Url.DecodeFromChars(payload), Strict);
            return Read(
                head.RootElement, body.RootElement, Encoding.ASCII.GetBytes($"{header}.{payload}"),
                Base64Url.DecodeFromChars(signature));
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether a key made the signature.</summary>
    public bool IsSignedBy(WebKey key) => key.Verifies(Algorithm, _signed, _signature);

    /// <summary>A text of a JSON document; null for what is no text, or none that Unicode has.</summary>
    public static string? TextOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, escaped.
            return null;
        }
    }

    private static WebToken? Read(JsonElement header, JsonElement payload, byte[] signed, byte[] signature)
    {
        if (header.ValueKind != JsonValueKind.Object
            || payload.ValueKind != JsonValueKind.Object
            || header.TryGetProperty("crit", out _)
            || Find(header, "alg") is not { } algorithm || !Algorithms.Contains(algorithm)
            || Find(payload, "iss") is not { Length: > 0 } issuer
            || Find(payload, "sub") is not { Length: > 0 } subject
            || !payload.TryGetProperty("aud", out var aud) || TextsOf(aud) is not { IsEmpty: false } audience
            || Time(payload, "exp") is not { } expires
            || Time(payload, "iat") is not { } issuedAt
            || (payload.TryGetProperty("nbf", out _) && Time(payload, "nbf") is null))
        {
            return null;
        }

        var (tags, transitive) = ReadTags(payload);
        return new(signed, signature)
        {
            Algorithm = algorithm,
            KeyId = Find(header, "kid"),
            Issuer = issuer,
            Subject = subject,
            Audience = audience,
            AuthorizedParty = Find(payload, "azp"),
            Expires = expires,
            NotBefore = Time(payload, "nbf"),
            IssuedAt = issuedAt,
            Claims = payload.EnumerateObject()
                .Select(claim => (claim.Name, Values: ValuesOf(claim.Value)))
                .Where(claim => !claim.Values.IsEmpty)
                .DistinctBy(claim => claim.Name, StringComparer.OrdinalIgnoreCase)
                .ToFrozenDictionary(claim => claim.Name, claim => claim.Values, StringComparer.OrdinalIgnoreCase),
            Tags = tags,
            TransitiveTagKeys = transitive,
        };
    }

    /// <summary>Tags as one claim with parts, or as a claim for each.</summary>
    private static (ImmutableArray<Tag> Tags, ImmutableArray<string> Transitive) ReadTags(JsonElement payload)
    {
        const string principal = "principal_tags";
        const string transitive = "transitive_tag_keys";
        var tags = ImmutableArray.CreateBuilder<Tag>();
        var keys = ImmutableArray<string>.Empty;
        if (payload.TryGetProperty(TagsClaim, out var whole) && whole.ValueKind == JsonValueKind.Object)
        {
            if (whole.TryGetProperty(principal, out var parts) && parts.ValueKind == JsonValueKind.Object)
            {
                Add(parts.EnumerateObject(), prefix: "");
            }

            keys = whole.TryGetProperty(transitive, out var listed) ? TextsOf(listed) : [];
        }

        Add(payload.EnumerateObject(), $"{TagsClaim}/{principal}/");
        return (
            tags.ToImmutable(),
            payload.TryGetProperty($"{TagsClaim}/{transitive}", out var flat) ? TextsOf(flat) : keys);

        void Add(IEnumerable<JsonProperty> claims, string prefix)
        {
            foreach (var claim in claims)
            {
                if (claim.Name.StartsWith(prefix, StringComparison.Ordinal) && TextsOf(claim.Value) is [var value, ..])
                {
                    tags.Add(new(claim.Name[prefix.Length..], value));
                }
            }
        }
    }

    private static ImmutableArray<string> ValuesOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => [value.GetRawText()],
        JsonValueKind.True => ["true"],
        JsonValueKind.False => ["false"],
        _ => TextsOf(value),
    };

    /// <summary>One text, or an array of nothing else; else nothing.</summary>
    private static ImmutableArray<string> TextsOf(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            var texts = value.EnumerateArray().Select(TextOf).OfType<string>().ToImmutableArray();
            return texts.Length == value.GetArrayLength() ? texts : [];
        }

        return TextOf(value) is { } one ? [one] : [];
    }

    private static string? Find(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) ? TextOf(value) : null;

    /// <summary>A NumericDate: seconds since 1970, which may have a fraction.</summary>
    private static DateTimeOffset? Time(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out var seconds) && seconds is >= 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000))
            : null;
}
