using System.Globalization;
using ObjectServer.Addressing;
using ObjectServer.Errors;

namespace ObjectServer.Authentication;

/// <summary>The signature in the query of a presigned URL, in Signature Version 4.</summary>
/// <param name="Credential">Which key signed, for which day and region.</param>
/// <param name="Time">When it signed.</param>
/// <param name="ExpiresSeconds">For how many seconds from then on the URL is good.</param>
/// <param name="SignedHeaders">Which headers the signature covers.</param>
/// <param name="Signature">The signature, as sent.</param>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html</remarks>
internal sealed record PresignedQuery(
    Credential Credential, RequestTime Time, long ExpiresSeconds, SignedHeaders SignedHeaders, string Signature)
{
    /// <summary>The parameter that holds the signature, and that the signature itself cannot cover.</summary>
    public const string SignatureName = "X-Amz-Signature";

    private const string AlgorithmName = "X-Amz-Algorithm";
    private const string CredentialName = "X-Amz-Credential";
    private const int MaxExpiresSeconds = 7 * 24 * 60 * 60;

    /// <summary>When the URL stops being good.</summary>
    public DateTimeOffset Expires
    {
        get
        {
            // The year 9999 is a valid one to sign in, and its last days have no week after them.
            var lifetime = TimeSpan.FromSeconds(ExpiresSeconds);
            var latest = DateTimeOffset.MaxValue - lifetime;
            return Time.Instant < latest ? Time.Instant + lifetime : DateTimeOffset.MaxValue;
        }
    }

    /// <summary>Whether a query means to be signed so.</summary>
    public static bool IsIn(RawQuery query) =>
        query.Contains(AlgorithmName) || query.Contains(CredentialName) || query.Contains(SignatureName);

    /// <summary>Reads the parameters.</summary>
    /// <param name="query">The query of the request.</param>
    /// <param name="served">The scopes that are served.</param>
    /// <exception cref="S3Exception">
    /// AuthorizationQueryParametersError: a parameter is missing or wrong. NotImplemented: Signature Version 4A.
    /// </exception>
    public static PresignedQuery Parse(RawQuery query, ServedScopes served)
    {
        var algorithm = Required(query, AlgorithmName);
        var credential = Required(query, CredentialName);
        var date = Required(query, "X-Amz-Date");
        var expires = Required(query, "X-Amz-Expires");
        var signedHeaders = Required(query, "X-Amz-SignedHeaders");
        var signature = Required(query, SignatureName);

        CheckAlgorithm(algorithm);
        var parsed = ParseCredential(credential, served);
        var time = ParseTime(date, parsed);
        return new(parsed, time, ParseExpires(expires), SignedHeaders.Parse(signedHeaders), signature);
    }

    /// <summary>Refuses every algorithm but one; forms are refused in the same words.</summary>
    public static void CheckAlgorithm(string algorithm)
    {
        if (algorithm != SignatureAlgorithm.Name)
        {
            throw new S3Exception(
                algorithm == SignatureAlgorithm.Asymmetric
                    ? SignatureAlgorithm.AsymmetricNotImplemented
                    : Wrong($"X-Amz-Algorithm only supports \"{SignatureAlgorithm.Name}\""));
        }
    }

    /// <summary>Reads X-Amz-Credential, of a query or of a form.</summary>
    public static Credential ParseCredential(string credential, ServedScopes served) => Credential.Parse(
        credential, served, reason => Wrong("Error parsing the X-Amz-Credential parameter; " + reason));

    /// <summary>Reads X-Amz-Date, of a query or of a form, and holds it against the credential's day.</summary>
    public static RequestTime ParseTime(string date, Credential credential)
    {
        var time = RequestTime.ParseBasic(date) ?? throw new S3Exception(
            Wrong("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""));
        return credential.MismatchWith(time) is { } mismatch ? throw new S3Exception(Wrong(mismatch)) : time;
    }

    private static string Required(RawQuery query, string name) =>
        query.Find(name) is { Length: > 0 } value
            ? value
            : throw new S3Exception(Wrong(
                "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
                + "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."));

    private static long ParseExpires(string text)
    {
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            throw new S3Exception(Wrong("X-Amz-Expires should be a number"));
        }

        return seconds switch
        {
            < 0 => throw new S3Exception(Wrong("X-Amz-Expires must be non-negative")),
            > MaxExpiresSeconds => throw new S3Exception(Wrong(
                "X-Amz-Expires must be less than a week (in seconds); "
                + $"that is, the given X-Amz-Expires must be less than {MaxExpiresSeconds} seconds")),
            _ => seconds,
        };
    }

    private static S3Error Wrong(string reason) => S3Errors.AuthorizationQueryParametersError.Saying(reason);
}
