using ObjectServer.Errors;

namespace ObjectServer.Sts;

/// <summary>What STS refuses with.</summary>
/// <remarks>https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html and its neighbours.</remarks>
internal static class StsErrors
{
    /// <summary>Of a web identity token that has run out; temporary credentials have ExpiredToken.</summary>
    public static readonly S3Error ExpiredTokenException = new(400, "ExpiredTokenException", "Token expired");
    public static readonly S3Error IDPCommunicationError = new(400, "IDPCommunicationError", "The identity provider could not be asked for its keys.");
    public static readonly S3Error InvalidIdentityToken = new(400, "InvalidIdentityToken", "The ID Token provided is not a valid JWT.");
    public static readonly S3Error InvalidParameterValue = new(400, "InvalidParameterValue", "An invalid or out-of-range value was supplied for the input parameter.");
    public static readonly S3Error MalformedPolicyDocument = new(400, "MalformedPolicyDocument", "Syntax errors in policy.");
    public static readonly S3Error PackedPolicyTooLarge = new(400, "PackedPolicyTooLarge", "Packed size of session policies and tags is too large.");
}
