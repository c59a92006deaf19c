using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Errors;
using ObjectServer.Identity;

namespace ObjectServer.Authentication;

/// <summary>Checks who sends a request: by header, presigned query, form, or not at all.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html</remarks>
internal sealed class Authenticator(AccessKeyRing keys, string region, TimeProvider clock)
{
    /// <summary>Verifies what the header or the query says.</summary>
    /// <param name="method">The request's method, in upper case.</param>
    /// <param name="target">The request line's target, as sent.</param>
    /// <param name="headers">The request's headers, Host among them.</param>
    /// <exception cref="S3Exception">The signature is missing a part, too old, or wrong.</exception>
    public Authenticated Authenticate(string method, RawTarget target, IHeaderDictionary headers) =>
        throw new S3Exception(S3Errors.AccessDenied.With(region, method + target + headers + keys + clock));

    /// <summary>Verifies the policy's signature in the fields of a browser's form.</summary>
    /// <param name="fields">The form's fields before the file; names in any case.</param>
    /// <exception cref="S3Exception">A field is missing or wrong, or the signature is.</exception>
    public Authenticated AuthenticateForm(IReadOnlyDictionary<string, string> fields) =>
        throw new S3Exception(S3Errors.AccessDenied.With(region, "" + fields));
}
