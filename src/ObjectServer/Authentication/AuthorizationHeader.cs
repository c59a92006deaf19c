using ObjectServer.Errors;

namespace ObjectServer.Authentication;

/// <summary>An Authorization header of Signature Version 4.</summary>
/// <param name="Credential">Which key signed, for which day and region.</param>
/// <param name="SignedHeaders">Which headers the signature covers.</param>
/// <param name="Signature">The signature, as sent.</param>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html</remarks>
internal sealed record AuthorizationHeader(Credential Credential, SignedHeaders SignedHeaders, string Signature)
{
    /// <summary>Reads <c>AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...</c>.</summary>
    /// <param name="value">The header's value.</param>
    /// <param name="served">The scopes that are served.</param>
    /// <exception cref="S3Exception">
    /// AuthorizationHeaderMalformed: a part is missing or wrong. NotImplemented: Signature Version 4A.
    /// InvalidArgument: another scheme.
    /// </exception>
    public static AuthorizationHeader Parse(string value, ServedScopes served)
    {
        var space = value.IndexOf(' ', StringComparison.Ordinal);
        var scheme = space < 0 ? value : value[..space];
        var parameters = space < 0 ? "" : value[(space + 1)..];
        if (scheme != SignatureAlgorithm.Name)
        {
            throw new S3Exception(ForeignScheme(scheme, value));
        }

        string? credential = null;
        string? signedHeaders = null;
        string? signature = null;
        foreach (var part in parameters.Split(',', StringSplitOptions.TrimEntries))
        {
            // The access key's id may hold an equals sign; the names cannot.
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var text = part[(equals + 1)..];
            switch (equals < 0 ? "" : part[..equals])
            {
                case "Credential":
                    credential = text;
                    break;
                case "SignedHeaders":
                    signedHeaders = text;
                    break;
                case "Signature":
                    signature = text;
                    break;
            }
        }

        if (credential is null || string.IsNullOrEmpty(signedHeaders) || string.IsNullOrEmpty(signature))
        {
            throw new S3Exception(Malformed(
                "the authorization header requires three components: Credential, SignedHeaders, and Signature."));
        }

        return new(
            Credential.Parse(credential, served, Malformed), SignedHeaders.Parse(signedHeaders), signature);
    }

    /// <summary>The refusal of a header of this scheme, with the reason.</summary>
    public static S3Error Malformed(string reason) =>
        S3Errors.AuthorizationHeaderMalformed.Saying("The authorization header is malformed; " + reason);

    private static S3Error ForeignScheme(string scheme, string value) => scheme switch
    {
        SignatureAlgorithm.Asymmetric => SignatureAlgorithm.AsymmetricNotImplemented,
        _ => S3Errors.InvalidArgument
            .Saying("Unsupported Authorization Type")
            .With("ArgumentName", "Authorization")
            .With("ArgumentValue", value),
    };
}
