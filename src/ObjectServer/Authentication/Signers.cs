using System.Security.Cryptography;
using System.Text;
using ObjectServer.Errors;
using ObjectServer.Identity;

namespace ObjectServer.Authentication;

/// <summary>The keys whose signatures count, and the refusals of those that do not, whatever the algorithm.</summary>
/// <param name="keys">The keys.</param>
internal sealed class Signers(AccessKeyRing keys)
{
    /// <summary>The header, parameter or field with the token of temporary credentials.</summary>
    public const string TokenName = "x-amz-security-token";

    /// <summary>Stands in for a key that does not exist, so that the unknown key costs what a known one does.</summary>
    private readonly AccessKey _decoy =
        new("", Convert.ToHexString(RandomNumberGenerator.GetBytes(32)), Caller.Anonymous);

    /// <summary>The key of that id, or one that no one has; <see cref="Demand"/> tells them apart after signing.</summary>
    public AccessKey Find(string accessKeyId) => keys.Find(accessKeyId) ?? _decoy;

    /// <summary>Refuses a key that no one has, and a token.</summary>
    /// <param name="accessKey">What <see cref="Find"/> gave.</param>
    /// <param name="accessKeyId">The id as sent.</param>
    /// <param name="securityToken">The token as sent; null or empty for none.</param>
    /// <exception cref="S3Exception">InvalidAccessKeyId, InvalidToken.</exception>
    public void Demand(AccessKey accessKey, string accessKeyId, string? securityToken)
    {
        if (accessKey == _decoy)
        {
            throw new S3Exception(S3Errors.InvalidAccessKeyId.With("AWSAccessKeyId", accessKeyId));
        }

        if (!string.IsNullOrEmpty(securityToken))
        {
            // The keys of this server are long-lived; no token belongs to any of them.
            throw new S3Exception(S3Errors.InvalidToken.With("Token-0", securityToken));
        }
    }

    /// <summary>Shows the client what the server signed; only requests of Version 4 have a canonical request.</summary>
    public static S3Error Mismatch(
        string accessKeyId,
        string signature,
        ReadOnlySpan<byte> stringToSign,
        ReadOnlySpan<byte> canonicalRequest = default)
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
}
