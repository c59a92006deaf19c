using ObjectServer.Errors;

namespace ObjectServer.Authentication;

/// <summary>The signature in the fields of a browser's form.</summary>
/// <param name="Policy">The policy document in Base64, as sent: the string to sign.</param>
/// <param name="Credential">Which key signed, for which day and region.</param>
/// <param name="Time">When it signed. How long that is good, the policy says.</param>
/// <param name="Signature">The signature, as sent.</param>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html</remarks>
internal sealed record FormSignature(string Policy, Credential Credential, RequestTime Time, string Signature)
{
    private static readonly string[] Names =
    [
        "policy", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature",
        "awsaccesskeyid", "signature",
    ];

    /// <summary>Whether a form means to be signed, with Signature Version 4 or with 2.</summary>
    public static bool IsIn(IReadOnlyDictionary<string, string> fields) => Names.Any(fields.ContainsKey);

    /// <summary>Reads the fields.</summary>
    /// <param name="fields">The form's fields, found in any case.</param>
    /// <param name="served">The scopes that are served.</param>
    /// <exception cref="S3Exception">
    /// InvalidArgument: a field is missing. AuthorizationQueryParametersError: a field is wrong.
    /// NotImplemented: Signature Version 4A.
    /// </exception>
    public static FormSignature Parse(IReadOnlyDictionary<string, string> fields, ServedScopes served)
    {
        var policy = Required(fields, "policy");
        var algorithm = Required(fields, "X-Amz-Algorithm");
        var credential = Required(fields, "X-Amz-Credential");
        var date = Required(fields, "X-Amz-Date");
        var signature = Required(fields, "X-Amz-Signature");

        PresignedQuery.CheckAlgorithm(algorithm);
        var parsed = PresignedQuery.ParseCredential(credential, served);
        return new(policy, parsed, PresignedQuery.ParseTime(date, parsed), signature);
    }

    /// <summary>A field that a signed form must have.</summary>
    public static string Required(IReadOnlyDictionary<string, string> fields, string name) =>
        fields.TryGetValue(name, out var value) && value.Length > 0
            ? value
            : throw new S3Exception(S3Errors.InvalidArgument
                .Saying(
                    $"Bucket POST must contain a field named '{name}'.  "
                    + "If it is specified, please check the order of the fields.")
                .With("ArgumentName", name)
                .With("ArgumentValue", ""));
}
