using System.Collections.Frozen;
using System.Net.Http;
using System.Text.Json;
using ObjectServer.Errors;

namespace ObjectServer.Sts;

/// <summary>The keys of issuers of web identities, asked for when a token needs them, and remembered.</summary>
/// <remarks>
/// Only issuers that the operator configured are asked, so that no account can make the server connect anywhere. An
/// issuer's discovery document names where its keys are; redirects are not followed, answers are bounded, and an issuer
/// that fails is left alone for a while. https://openid.net/specs/openid-connect-discovery-1_0.html
/// </remarks>
/// <param name="issuers">As <c>iss</c> in tokens, with their schemes.</param>
/// <param name="http">Speaks to them.</param>
/// <param name="time">The server's clock.</param>
internal sealed class IssuerKeys(IReadOnlyList<string> issuers, HttpClient http, TimeProvider time) : IDisposable
{
    private const int MaxKeys = 64;
    private const int MaxAnswerBytes = 256 * 1024;

    /// <summary>How long keys are taken without asking again.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromHours(1);

    /// <summary>How long they are taken while the issuer does not answer.</summary>
    private static readonly TimeSpan Endurance = TimeSpan.FromHours(24);

    /// <summary>
    /// How soon it is asked again, whatever tokens say: anybody can send one with a key id of their own.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly FrozenDictionary<string, Issuer> _issuers = issuers
        .Select(url => url.TrimEnd('/'))
        .Distinct(StringComparer.Ordinal)
        .ToFrozenDictionary(url => url, url => new Issuer(url), StringComparer.Ordinal);

    /// <summary>A client that goes where it is told and nowhere else.</summary>
    public static HttpClient NewClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxConnectionsPerServer = 2,
    })
    {
        Timeout = TimeSpan.FromSeconds(10),
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    /// <summary>Whether the operator configured an issuer.</summary>
    public bool Knows(string issuer) => _issuers.ContainsKey(issuer.TrimEnd('/'));

    /// <summary>The keys that may have signed a token of an issuer that is known.</summary>
    /// <param name="issuer">As in the token.</param>
    /// <param name="keyId">The key that the token names; null for any.</param>
    /// <param name="cancellation">Ends the wait; what was asked for is remembered all the same.</param>
    /// <exception cref="S3Exception">IDPCommunicationError: the issuer does not answer, or nothing of use.</exception>
    public async ValueTask<IReadOnlyList<WebKey>> FindAsync(
        string issuer, string? keyId, CancellationToken cancellation)
    {
        var of = _issuers[issuer.TrimEnd('/')];
        if (of.Kept is { } kept
            && time.GetUtcNow() - kept.At < Freshness
            && Matching(kept, keyId) is { Count: > 0 } found)
        {
            return found;
        }

        await of.Turn.WaitAsync(cancellation);
        try
        {
            return Matching(await RefreshAsync(of, keyId), keyId);
        }
        finally
        {
            of.Turn.Release();
        }
    }

    public void Dispose()
    {
        http.Dispose();
        foreach (var issuer in _issuers.Values)
        {
            issuer.Turn.Dispose();
        }
    }

    private static List<WebKey> Matching(KeySet set, string? keyId) =>
        [.. set.Keys.Where(key => keyId is null || key.Id == keyId)];

    /// <summary>Asks an issuer again if that is of use and due; else what is remembered.</summary>
    private async Task<KeySet> RefreshAsync(Issuer of, string? keyId)
    {
        var now = time.GetUtcNow();
        var kept = of.Kept;
        var isFresh = kept is not null && now - kept.At < Freshness && Matching(kept, keyId).Count > 0;
        if (isFresh || (of.Asked is { } asked && now - asked < Patience))
        {
            return kept is not null && now - kept.At < Endurance ? kept : throw Silent(of.Url, cause: null);
        }

        of.Asked = now;
        try
        {
            return of.Kept = new(await AskAsync(of.Url), now);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or JsonException
            or UriFormatException or InvalidDataException)
        {
            return kept is not null && now - kept.At < Endurance ? kept : throw Silent(of.Url, failure);
        }
    }

    private async Task<IReadOnlyList<WebKey>> AskAsync(string issuer)
    {
        var discovery = await http.GetByteArrayAsync(new Uri(issuer + "/.well-known/openid-configuration"));
        using var document = JsonDocument.Parse(discovery);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || Find("issuer")?.TrimEnd('/') != issuer
            || !Uri.TryCreate(Find("jwks_uri"), UriKind.Absolute, out var keys)
            || !IsSafe(keys, new(issuer)))
        {
            throw new InvalidDataException("The discovery document is not that of the issuer, or names no keys.");
        }

        return WebKey.ReadSet(await http.GetByteArrayAsync(keys), MaxKeys);

        string? Find(string name) =>
            document.RootElement.TryGetProperty(name, out var value) ? WebToken.TextOf(value) : null;
    }

    /// <summary>Keys come over TLS, but from this machine to itself.</summary>
    private static bool IsSafe(Uri keys, Uri issuer) =>
        keys.Scheme == Uri.UriSchemeHttps
        || (keys.Scheme == Uri.UriSchemeHttp && keys.IsLoopback
            && issuer.Scheme == Uri.UriSchemeHttp && issuer.IsLoopback);

    private static S3Exception Silent(string issuer, Exception? cause) => new(
        StsErrors.IDPCommunicationError.Saying($"The identity provider {issuer} could not be asked for its keys."),
        cause);

    private sealed class Issuer(string url)
    {
        public string Url { get; } = url;

        /// <summary>One request asks; others wait for what it hears.</summary>
        public SemaphoreSlim Turn { get; } = new(1, 1);

        /// <summary>When it was last asked. Belongs to whoever has the turn.</summary>
        public DateTimeOffset? Asked { get; set; }

        public volatile KeySet? Kept;
    }

    private sealed record KeySet(IReadOnlyList<WebKey> Keys, DateTimeOffset At);
}
