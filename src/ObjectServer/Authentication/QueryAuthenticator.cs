using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Errors;
using ObjectServer.Identity;

namespace ObjectServer.Authentication;

/// <summary>Checks who sends a request to IAM or STS: by header, by presigned query, or not at all.</summary>
/// <remarks>
/// Version 4 as every service but S3 has it: the signature covers the SHA-256 of the body whether or not a header names
/// it, so the body is read first. Version 2 is not taken, as by AWS.
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
/// </remarks>
internal sealed class QueryAuthenticator
{
    private readonly ServedScopes _served;
    private readonly SignatureClock _clock;
    private readonly AuthorizationReader _authorizations;
    private readonly Version4Verifier _version4;

    /// <summary>Makes the one authenticator of a server's query APIs.</summary>
    /// <param name="identities">The directory as it is when a request comes: whose signatures count.</param>
    /// <param name="sessions">Temporary credentials.</param>
    /// <param name="region">The region of this server; clients may sign for us-east-1 as well.</param>
    /// <param name="clock">Tells whether a signature is too old.</param>
    public QueryAuthenticator(
        Func<IdentitySnapshot> identities, ISessionTokens sessions, string region, TimeProvider clock)
    {
        _served = ServedScopes.Query(region);
        _authorizations = new(_served);
        _clock = new(clock);
        _version4 = new(new(identities, sessions));
    }

    /// <summary>
    /// The service that a request is signed for, good or bad; null where it has no signature of Version 4.
    /// </summary>
    public static string? ServiceOf(RawQuery query, IHeaderDictionary headers)
    {
        const string part = "Credential=";
        var authorization = headers.Authorization.ToString();
        var at = authorization.IndexOf(part, StringComparison.Ordinal);
        var credential = at < 0
            ? query.Find("X-Amz-Credential")
            : authorization[(at + part.Length)..].Split(',', ' ')[0];
        return credential?.Split('/') is [_, .., _, _, var service, _] ? service : null;
    }

    /// <summary>Verifies the signature in the Authorization header or the query.</summary>
    /// <param name="method">The request's method, in upper case.</param>
    /// <param name="target">The request's target.</param>
    /// <param name="headers">The request's headers, Host among them.</param>
    /// <param name="body">The whole body.</param>
    /// <returns>The caller, who is anonymous where the request has no signature, and the service signed for.</returns>
    /// <exception cref="S3Exception">The signature lacks a part, is too old, from an unknown key, or wrong.</exception>
    public (Caller Caller, string? Service) Authenticate(
        string method, S3Target target, IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        var authorization = headers.Authorization.ToString();
        return (authorization.Length > 0, PresignedQuery.IsIn(target.Query)) switch
        {
            (true, false) => AuthenticateHeader(method, target, headers, authorization, body),
            (false, true) => AuthenticateQuery(method, target, headers, body),
            (false, false) => (Caller.Anonymous, null),
            _ => throw new S3Exception(S3Errors.InvalidArgument.Saying("Only one auth mechanism allowed")),
        };
    }

    private (Caller Caller, string? Service) AuthenticateHeader(
        string method, S3Target target, IHeaderDictionary headers, string authorization, ReadOnlySpan<byte> body)
    {
        var header = _authorizations.Read(authorization);
        var time = RequestTime.Of(headers);
        if (header.Credential.MismatchWith(time) is { } mismatch)
        {
            throw new S3Exception(AuthorizationHeader.Malformed(mismatch));
        }

        header.SignedHeaders.Demand(headers, exempt: null);
        var (caller, _) = _version4.VerifyRequest(
            header.Credential, time, header.Signature,
            new()
            {
                Method = method,
                Target = target,
                Headers = headers,
                SignedHeaders = header.SignedHeaders,
                PayloadToken = HashOf(body, headers),
            },
            headers[Signers.TokenName]);
        _clock.CheckSkew(time);
        return (caller, header.Credential.Scope.Service);
    }

    private (Caller Caller, string? Service) AuthenticateQuery(
        string method, S3Target target, IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        var query = PresignedQuery.Parse(target.Query, _served);
        _clock.CheckExpiry(query);
        query.SignedHeaders.Demand(headers, exempt: PayloadMode.HeaderName);
        var (caller, _) = _version4.VerifyRequest(
            query.Credential, query.Time, query.Signature,
            new()
            {
                Method = method,
                Target = target,
                Headers = headers,
                SignedHeaders = query.SignedHeaders,
                PayloadToken = HashOf(body, headers),
            },
            target.Query.Find("X-Amz-Security-Token") ?? headers[Signers.TokenName]);
        return (caller, query.Credential.Scope.Service);
    }

    /// <summary>The body's SHA-256; one that a header names has to be it.</summary>
    private static string HashOf(ReadOnlySpan<byte> body, IHeaderDictionary headers)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(body));
        return headers.TryGetValue(PayloadMode.HeaderName, out var sent) && sent.ToString() != hash
            ? throw new S3Exception(S3Errors.SignatureDoesNotMatch)
            : hash;
    }
}
