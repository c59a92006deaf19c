using System.Globalization;
using ObjectServer.Addressing;
using ObjectServer.Errors;

namespace ObjectServer.Authentication;

/// <summary>The query of a presigned URL in Signature Version 2.</summary>
/// <param name="Signature">Key and signature.</param>
/// <param name="ExpiresText">When the URL stops being good, as sent; it stands in the string to sign.</param>
/// <param name="ExpiresSeconds">The same as a number: seconds since 1970.</param>
/// <remarks>
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html#RESTAuthenticationQueryStringAuth
/// </remarks>
internal sealed record Version2Query(Version2Signature Signature, string ExpiresText, long ExpiresSeconds)
{
    private const string SignatureName = "Signature";

    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>When the URL stops being good; no earlier than 1970 and no later than the year 9999.</summary>
    public DateTimeOffset Expires => DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(ExpiresSeconds, 0, Latest));

    /// <summary>Whether a query means to be signed so. A lone <c>Expires</c> does not: others use that name too.</summary>
    public static bool IsIn(RawQuery query) =>
        query.Contains(Version2Signature.KeyName) || query.Contains(SignatureName);

    /// <summary>Reads the parameters.</summary>
    /// <param name="query">The query of the request.</param>
    /// <exception cref="S3Exception">AccessDenied: a parameter is missing, or the time is no number.</exception>
    public static Version2Query Parse(RawQuery query)
    {
        var accessKeyId = Required(query, Version2Signature.KeyName);
        var signature = Required(query, SignatureName);
        var expires = Required(query, "Expires");
        return long.TryParse(expires, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            ? new(new(accessKeyId, signature), expires, seconds)
            : throw new S3Exception(S3Errors.AccessDenied
                .Saying($"Invalid date (should be seconds since epoch): {expires}"));
    }

    private static string Required(RawQuery query, string name) =>
        query.Find(name) is { Length: > 0 } value
            ? value
            : throw new S3Exception(S3Errors.AccessDenied.Saying(
                "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters"));
}
