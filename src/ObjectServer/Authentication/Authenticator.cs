using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Errors;
using ObjectServer.Identity;

namespace ObjectServer.Authentication;

/// <summary>Checks who sends a request: by header, presigned query, form, or not at all.</summary>
/// <param name="keys">The keys whose signatures count.</param>
/// <param name="region">The region for which clients must sign.</param>
/// <param name="clock">Tells whether a signature is too old.</param>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html</remarks>
internal sealed class Authenticator(AccessKeyRing keys, string region, TimeProvider clock)
{
    private const string PayloadHeader = "x-amz-content-sha256";
    private const string TokenHeader = "x-amz-security-token";

    private static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(15);

    /// <summary>Stands in for a key that does not exist, so that the unknown key costs what a known one does.</summary>
    private readonly AccessKey _decoy =
        new("", Convert.ToHexString(RandomNumberGenerator.GetBytes(32)), Caller.Anonymous);

    private readonly SigningKeyCache _signingKeys = new();

    /// <summary>Verifies the signature in the Authorization header or the query.</summary>
    /// <param name="method">The request's method, in upper case.</param>
    /// <param name="target">The request line's target, as sent.</param>
    /// <param name="headers">The request's headers, Host among them.</param>
    /// <returns>The caller, who is anonymous where the request has no signature at all.</returns>
    /// <exception cref="S3Exception">The signature lacks a part, is too old, from an unknown key, or wrong.</exception>
    public Authenticated Authenticate(string method, RawTarget target, IHeaderDictionary headers)
    {
        var authorization = headers.Authorization.ToString();
        var isPresigned = PresignedQuery.IsIn(target.Query);
        return (authorization.Length > 0, isPresigned) switch
        {
            (true, true) => throw new S3Exception(S3Errors.InvalidArgument
                .Saying(
                    "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, "
                    + "Signature query string parameter or the Authorization header should be specified")
                .With("ArgumentName", "Authorization")
                .With("ArgumentValue", authorization)),
            (true, false) => AuthenticateHeader(method, target, headers, authorization),
            (false, true) => AuthenticateQuery(method, target, headers),
            (false, false) => AuthenticateNobody(headers),
        };
    }

    /// <summary>Verifies the signature over the policy of a browser's form.</summary>
    /// <param name="fields">The fields before the file; the dictionary must find names in any case.</param>
    /// <returns>The caller, who is anonymous where the form has neither policy nor signature.</returns>
    /// <remarks>Whether the policy itself holds and is still good is for the operation to judge.</remarks>
    /// <exception cref="S3Exception">A field is missing or malformed, the key unknown, the signature wrong.</exception>
    public Authenticated AuthenticateForm(IReadOnlyDictionary<string, string> fields)
    {
        if (!FormSignature.IsIn(fields))
        {
            return new(Caller.Anonymous, AuthType.Anonymous, PayloadMode.Unsigned, Signature: null);
        }

        if (Version2FormSignature.IsIn(fields))
        {
            return VerifyVersion2(Version2FormSignature.Parse(fields));
        }

        var form = FormSignature.Parse(fields, region);
        var policy = Encoding.UTF8.GetBytes(form.Policy);
        var (caller, signature) = Verify(
            form.Credential, form.Time, form.Signature, policy, canonicalRequest: [],
            fields.GetValueOrDefault(TokenHeader));
        return new(caller, AuthType.Form, PayloadMode.Unsigned, signature);
    }

    private Authenticated VerifyVersion2(Version2FormSignature form)
    {
        var accessKey = keys.Find(form.AccessKeyId) ?? _decoy;
        var matches = form.IsBy(accessKey.Secret);
        if (accessKey == _decoy)
        {
            throw new S3Exception(S3Errors.InvalidAccessKeyId.With("AWSAccessKeyId", form.AccessKeyId));
        }

        return matches
            ? new(accessKey.Caller, AuthType.Form, PayloadMode.Unsigned, Signature: null)
            : throw new S3Exception(
                Mismatch(form.AccessKeyId, form.Signature, Encoding.UTF8.GetBytes(form.Policy), canonicalRequest: []));
    }

    private static Authenticated AuthenticateNobody(IHeaderDictionary headers)
    {
        var mode = headers.TryGetValue(PayloadHeader, out var token)
            ? PayloadMode.Parse(token.ToString())
            : PayloadMode.Unsigned;
        return mode.HasChunkSignatures
            ? throw new S3Exception(S3Errors.InvalidRequest.Saying(
                $"The signed chunks of {mode.Token} need a request that is signed."))
            : new(Caller.Anonymous, AuthType.Anonymous, mode, Signature: null);
    }

    private Authenticated AuthenticateHeader(
        string method, RawTarget target, IHeaderDictionary headers, string authorization)
    {
        var header = AuthorizationHeader.Parse(authorization, region);
        if (!headers.TryGetValue(PayloadHeader, out var token))
        {
            throw new S3Exception(
                S3Errors.InvalidRequest.Saying($"Missing required header for this request: {PayloadHeader}"));
        }

        var mode = PayloadMode.Parse(token.ToString());
        var time = TimeOf(headers);
        if (header.Credential.MismatchWith(time) is { } mismatch)
        {
            throw new S3Exception(AuthorizationHeader.Malformed(mismatch));
        }

        header.SignedHeaders.Demand(headers, exempt: null);
        var (caller, signature) = VerifyRequest(
            header.Credential, time, header.Signature,
            new()
            {
                Method = method,
                Target = target,
                Headers = headers,
                SignedHeaders = header.SignedHeaders,
                PayloadToken = mode.Token,
            },
            headers[TokenHeader]);

        // AWS looks at the clock last: an unknown key is an unknown key at any time.
        CheckSkew(time);
        return new(caller, AuthType.Header, mode, signature);
    }

    private Authenticated AuthenticateQuery(string method, RawTarget target, IHeaderDictionary headers)
    {
        var query = PresignedQuery.Parse(target.Query, region);
        CheckLifetime(query);

        // A hash in the header counts even if no one signed the header, because it stands in the canonical request.
        var token = headers.TryGetValue(PayloadHeader, out var sent)
            ? sent.ToString()
            : target.Query.Find("X-Amz-Content-Sha256");
        var mode = token is null ? PayloadMode.Unsigned : PayloadMode.Parse(token);
        query.SignedHeaders.Demand(headers, exempt: PayloadHeader);
        var (caller, signature) = VerifyRequest(
            query.Credential, query.Time, query.Signature,
            new()
            {
                Method = method,
                Target = target,
                Headers = headers,
                SignedHeaders = query.SignedHeaders,
                PayloadToken = mode.Token,
            },
            target.Query.Find("X-Amz-Security-Token") ?? headers[TokenHeader]);
        return new(caller, AuthType.Query, mode, signature);
    }

    private (Caller Caller, RequestSignature Signature) VerifyRequest(
        Credential credential, RequestTime time, string signature, CanonicalRequest request, string? securityToken)
    {
        var canonical = new PooledText();
        var toSign = new PooledText();
        try
        {
            request.WriteTo(ref canonical);
            StringToSign.WriteTo(ref toSign, time.Timestamp, credential.Scope, canonical.Utf8);
            return Verify(credential, time, signature, toSign.Utf8, canonical.Utf8, securityToken);
        }
        finally
        {
            canonical.Dispose();
            toSign.Dispose();
        }
    }

    /// <summary>Signs with the key that the credential names, and compares; every key takes the same time.</summary>
    private (Caller Caller, RequestSignature Signature) Verify(
        Credential credential,
        RequestTime time,
        string signature,
        ReadOnlySpan<byte> stringToSign,
        ReadOnlySpan<byte> canonicalRequest,
        string? securityToken)
    {
        var accessKey = keys.Find(credential.AccessKeyId) ?? _decoy;
        var signingKey = _signingKeys.Get(accessKey, credential.Scope);
        Span<byte> expected = stackalloc byte[2 * SHA256.HashSizeInBytes];
        signingKey.Sign(stringToSign, expected);
        var matches = CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(signature));

        if (accessKey == _decoy)
        {
            throw new S3Exception(S3Errors.InvalidAccessKeyId.With("AWSAccessKeyId", credential.AccessKeyId));
        }

        if (!string.IsNullOrEmpty(securityToken))
        {
            // The keys of this server are long-lived; no token belongs to any of them.
            throw new S3Exception(S3Errors.InvalidToken.With("Token-0", securityToken));
        }

        if (!matches)
        {
            throw new S3Exception(Mismatch(credential.AccessKeyId, signature, stringToSign, canonicalRequest));
        }

        return (accessKey.Caller, new(signingKey, credential.Scope, time.Timestamp, signature));
    }

    /// <summary>Shows the client what the server signed; a form has no canonical request.</summary>
    private static S3Error Mismatch(
        string accessKeyId, string signature, ReadOnlySpan<byte> stringToSign, ReadOnlySpan<byte> canonicalRequest)
    {
        var error = S3Errors.SignatureDoesNotMatch
            .With("AWSAccessKeyId", accessKeyId)
            .With("StringToSign", Encoding.UTF8.GetString(stringToSign))
            .With("SignatureProvided", signature)
            .With("StringToSignBytes", Spaced(stringToSign));
        return canonicalRequest.IsEmpty
            ? error
            : error
                .With("CanonicalRequest", Encoding.UTF8.GetString(canonicalRequest))
                .With("CanonicalRequestBytes", Spaced(canonicalRequest));

        static string Spaced(ReadOnlySpan<byte> bytes) =>
            string.Join(' ', Convert.ToHexStringLower(bytes).Chunk(2).Select(digits => new string(digits)));
    }

    /// <summary>When the sender of a header signed: x-amz-date's time, and Date's where that is absent.</summary>
    private static RequestTime TimeOf(IHeaderDictionary headers)
    {
        var sent = headers.TryGetValue("x-amz-date", out var date) ? date : headers.Date;
        return RequestTime.ParseHeader(sent.ToString()) ?? throw new S3Exception(S3Errors.AccessDenied
            .Saying("AWS authentication requires a valid Date or x-amz-date header"));
    }

    private void CheckSkew(RequestTime time)
    {
        var now = clock.GetUtcNow();
        if ((now - time.Instant).Duration() > MaxSkew)
        {
            throw new S3Exception(S3Errors.RequestTimeTooSkewed
                .With("RequestTime", time.Sent)
                .With("ServerTime", Iso(now))
                .With("MaxAllowedSkewMilliseconds", Number((long)MaxSkew.TotalMilliseconds)));
        }
    }

    private void CheckLifetime(PresignedQuery query)
    {
        var now = clock.GetUtcNow();
        var signed = query.Time.Instant;
        if (signed - now > MaxSkew)
        {
            throw new S3Exception(S3Errors.AccessDenied
                .Saying("Request is not yet valid")
                .With("X-Amz-Date", Number(signed.ToUnixTimeMilliseconds()))
                .With("Expires", Iso(query.Expires))
                .With("ServerTime", Iso(now)));
        }

        if (now >= query.Expires)
        {
            throw new S3Exception(S3Errors.AccessDenied
                .Saying("Request has expired")
                .With("X-Amz-Expires", Number(query.ExpiresSeconds))
                .With("Expires", Iso(query.Expires))
                .With("ServerTime", Iso(now)));
        }
    }

    private static string Iso(DateTimeOffset time) =>
        time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
