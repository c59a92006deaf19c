using System.Text;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Errors;
using ObjectServer.Identity;

namespace ObjectServer.Authentication;

/// <summary>Checks who sends a request: by header, presigned query, form, or not at all.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html</remarks>
internal sealed class Authenticator
{
    private readonly ServedScopes _served;
    private readonly SignatureClock _clock;
    private readonly AuthorizationReader _authorizations;
    private readonly Version4Verifier _version4;
    private readonly Version2Authenticator _version2;

    /// <summary>Makes the one authenticator of a server.</summary>
    /// <param name="identities">The directory as it is when a request comes: whose signatures count.</param>
    /// <param name="sessions">Temporary credentials.</param>
    /// <param name="region">The region for which clients must sign.</param>
    /// <param name="clock">Tells whether a signature is too old.</param>
    public Authenticator(
        Func<IdentitySnapshot> identities, ISessionTokens sessions, string region, TimeProvider clock)
    {
        var signers = new Signers(identities, sessions);
        _served = ServedScopes.S3(region);
        _authorizations = new(_served);
        _clock = new(clock);
        _version4 = new(signers);
        _version2 = new(signers, region, _clock);
    }

    /// <summary>Verifies the signature in the Authorization header or the query.</summary>
    /// <param name="method">The request's method, in upper case.</param>
    /// <param name="target">The request's target: path and query as sent, and whether the host named the bucket.</param>
    /// <param name="headers">The request's headers, Host among them.</param>
    /// <returns>The caller, who is anonymous where the request has no signature at all.</returns>
    /// <exception cref="S3Exception">The signature lacks a part, is too old, from an unknown key, or wrong.</exception>
    public Authenticated Authenticate(string method, S3Target target, IHeaderDictionary headers)
    {
        var authorization = headers.Authorization.ToString();
        return (authorization.Length > 0, PresignedQuery.IsIn(target.Query), Version2Query.IsIn(target.Query)) switch
        {
            (true, false, false) when Version2Header.IsIn(authorization) =>
                _version2.AuthenticateHeader(method, target, headers, authorization),
            (true, false, false) => AuthenticateHeader(method, target, headers, authorization),
            (false, true, false) => AuthenticateQuery(method, target, headers),
            (false, false, true) => _version2.AuthenticateQuery(method, target, headers),
            (false, false, false) => AuthenticateNobody(headers),
            _ => throw new S3Exception(S3Errors.InvalidArgument
                .Saying(
                    "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, "
                    + "Signature query string parameter or the Authorization header should be specified")
                .With("ArgumentName", "Authorization")
                .With("ArgumentValue", authorization)),
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

        if (Version2Form.IsIn(fields))
        {
            return _version2.AuthenticateForm(fields);
        }

        var form = FormSignature.Parse(fields, _served);
        var policy = Encoding.UTF8.GetBytes(form.Policy);
        var (caller, signature) = _version4.Verify(
            form.Credential, form.Time, form.Signature, policy, canonicalRequest: [],
            fields.GetValueOrDefault(Signers.TokenName));
        return new(caller, AuthType.Form, PayloadMode.Unsigned, signature);
    }

    private static Authenticated AuthenticateNobody(IHeaderDictionary headers) => new(
        Caller.Anonymous,
        AuthType.Anonymous,
        PayloadMode.WithoutSignedChunks(headers[PayloadMode.HeaderName]),
        Signature: null);

    private Authenticated AuthenticateHeader(
        string method, S3Target target, IHeaderDictionary headers, string authorization)
    {
        var header = _authorizations.Read(authorization);
        if (!headers.TryGetValue(PayloadMode.HeaderName, out var token))
        {
            throw new S3Exception(
                S3Errors.InvalidRequest.Saying($"Missing required header for this request: {PayloadMode.HeaderName}"));
        }

        var mode = PayloadMode.Parse(token.ToString());
        var time = RequestTime.Of(headers);
        if (header.Credential.MismatchWith(time) is { } mismatch)
        {
            throw new S3Exception(AuthorizationHeader.Malformed(mismatch));
        }

        header.SignedHeaders.Demand(headers, exempt: null);
        var (caller, signature) = _version4.VerifyRequest(
            header.Credential, time, header.Signature,
            new()
            {
                Method = method,
                Target = target,
                Headers = headers,
                SignedHeaders = header.SignedHeaders,
                PayloadToken = mode.Token,
            },
            headers[Signers.TokenName]);

        // AWS looks at the clock last: an unknown key is an unknown key at any time.
        _clock.CheckSkew(time);
        return new(caller, AuthType.Header, mode, signature);
    }

    private Authenticated AuthenticateQuery(string method, S3Target target, IHeaderDictionary headers)
    {
        var query = PresignedQuery.Parse(target.Query, _served);
        _clock.CheckExpiry(query);

        // A hash in the header counts even if no one signed the header, because it stands in the canonical request.
        var token = headers.TryGetValue(PayloadMode.HeaderName, out var sent)
            ? sent.ToString()
            : target.Query.Find("X-Amz-Content-Sha256");
        var mode = token is null ? PayloadMode.Unsigned : PayloadMode.Parse(token);
        query.SignedHeaders.Demand(headers, exempt: PayloadMode.HeaderName);
        var (caller, signature) = _version4.VerifyRequest(
            query.Credential, query.Time, query.Signature,
            new()
            {
                Method = method,
                Target = target,
                Headers = headers,
                SignedHeaders = query.SignedHeaders,
                PayloadToken = mode.Token,
            },
            target.Query.Find("X-Amz-Security-Token") ?? headers[Signers.TokenName]);
        return new(caller, AuthType.Query, mode, signature);
    }
}
