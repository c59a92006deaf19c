using ObjectServer.Errors;

namespace ObjectServer.Authentication;

/// <summary>The Authorization header of Signature Version 2: <c>AWS AKID:signature</c>.</summary>
/// <remarks>
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html#ConstructingTheAuthenticationHeader
/// </remarks>
internal static class Version2Header
{
    private const string Scheme = "AWS";

    /// <summary>Whether an Authorization header is of this scheme, well-formed or not.</summary>
    public static bool IsIn(string authorization) =>
        authorization.StartsWith(Scheme, StringComparison.Ordinal)
        && (authorization.Length == Scheme.Length || authorization[Scheme.Length] == ' ');

    /// <summary>Reads the header's value.</summary>
    /// <param name="authorization">A value of this scheme.</param>
    /// <exception cref="S3Exception">InvalidArgument: key or signature is missing.</exception>
    public static Version2Signature Parse(string authorization) =>
        authorization[Scheme.Length..].TrimStart(' ').Split(':')
            is [{ Length: > 0 } accessKeyId, { Length: > 0 } signature]
            ? new(accessKeyId, signature)
            : throw new S3Exception(S3Errors.InvalidArgument
                .Saying("AWS authorization header is invalid.  Expected AWS AccessKeyId:signature")
                .With("ArgumentName", "Authorization")
                .With("ArgumentValue", authorization));
}
