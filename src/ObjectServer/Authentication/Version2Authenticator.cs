using System.Text;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Errors;
using ObjectServer.Identity;

namespace ObjectServer.Authentication;

/// <summary>
/// Checks who sends a request that is signed with Signature Version 2, which S3 still takes where it always did. The
/// signature covers no body, no host, and few of the headers and parameters.
/// </summary>
/// <param name="signers">The keys whose signatures count.</param>
/// <param name="region">The region of this server; most take no Version 2.</param>
/// <param name="clock">Tells whether a signature is too old.</param>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html</remarks>
internal sealed class Version2Authenticator(Signers signers, string region, SignatureClock clock)
{
    public Authenticated AuthenticateHeader(
        string method, S3Target target, IHeaderDictionary headers, string authorization)
    {
        var signature = Version2Header.Parse(authorization);
        Version2Signature.DemandIn(region);
        var mode = PayloadMode.WithoutSignedChunks(headers[PayloadMode.HeaderName]);
        var time = RequestTime.Of(headers);
        var caller = VerifyRequest(
            signature,
            new() { Method = method, Target = target, Headers = headers, Expires = null },
            headers[Signers.TokenName],
            time);
        return new(caller, AuthType.Header, mode, Signature: null);
    }

    public Authenticated AuthenticateQuery(string method, S3Target target, IHeaderDictionary headers)
    {
        Version2Signature.DemandIn(region);
        var query = Version2Query.Parse(target.Query);
        clock.CheckExpiry(query);
        var mode = PayloadMode.WithoutSignedChunks(
            headers.TryGetValue(PayloadMode.HeaderName, out var sent)
                ? sent.ToString()
                : target.Query.Find(PayloadMode.HeaderName));
        var caller = VerifyRequest(
            query.Signature,
            new() { Method = method, Target = target, Headers = headers, Expires = query.ExpiresText },
            target.Query.Find(Signers.TokenName) ?? headers[Signers.TokenName],
            time: null);
        return new(caller, AuthType.Query, mode, Signature: null);
    }

    public Authenticated AuthenticateForm(IReadOnlyDictionary<string, string> fields)
    {
        var form = Version2Form.Parse(fields);
        Version2Signature.DemandIn(region);
        var token = fields.GetValueOrDefault(Signers.TokenName);
        var caller = Verify(form.Signature, Encoding.UTF8.GetBytes(form.Policy), [], token, time: null);
        return new(caller, AuthType.Form, PayloadMode.Unsigned, Signature: null);
    }

    private Caller VerifyRequest(
        Version2Signature signature, Version2StringToSign request, string? securityToken, RequestTime? time)
    {
        var asSent = new PooledText();
        var withSlash = new PooledText();
        try
        {
            request.WriteTo(ref asSent);
            if (request.IsForBucketWithoutSlash)
            {
                // boto3 signs the slash after a bucket that stands alone and does not send it. Both paths mean the same.
                (request with { Target = request.Target with { Path = request.Target.Path + "/" } })
                    .WriteTo(ref withSlash);
            }

            return Verify(signature, asSent.Utf8, withSlash.Utf8, securityToken, time);
        }
        finally
        {
            asSent.Dispose();
            withSlash.Dispose();
        }
    }

    /// <summary>Signs with the key that the signature names, and compares; every key takes the same time.</summary>
    /// <param name="signature">Key and signature.</param>
    /// <param name="stringToSign">UTF-8.</param>
    /// <param name="alternative">Another string to sign that will do; empty for none.</param>
    /// <param name="securityToken">A token of temporary credentials; null or empty for none.</param>
    /// <param name="time">When a header was signed; null where something else limits how long the signature is good.</param>
    private Caller Verify(
        Version2Signature signature,
        ReadOnlySpan<byte> stringToSign,
        ReadOnlySpan<byte> alternative,
        string? securityToken,
        RequestTime? time)
    {
        var signer = signers.Find(signature.AccessKeyId, securityToken);
        var matches = signature.IsBy(signer.Key.Secret, stringToSign)
            | (!alternative.IsEmpty && signature.IsBy(signer.Key.Secret, alternative));
        signer.Demand();
        if (time is not null)
        {
            // Before the signature is judged: clients differ in whether they sign Date beside x-amz-date, and one
            // whose clock is wrong is to learn that first.
            clock.CheckSkew(time);
        }

        return matches
            ? signer.Caller
            : throw new S3Exception(Signers.Mismatch(signature.AccessKeyId, signature.Text, stringToSign));
    }
}
