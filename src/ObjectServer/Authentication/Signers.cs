using System.Security.Cryptography;
using System.Text;
using ObjectServer.Errors;
using ObjectServer.Identity;

namespace ObjectServer.Authentication;

/// <summary>The keys whose signatures count, and the refusals of those that do not, whatever the algorithm.</summary>
/// <param name="identities">The directory as it is when a request comes.</param>
/// <param name="sessions">Temporary credentials.</param>
internal sealed class Signers(Func<IdentitySnapshot> identities, ISessionTokens sessions)
{
    /// <summary>The header, parameter or field with the token of temporary credentials.</summary>
    public const string TokenName = "x-amz-security-token";

    /// <summary>Stands in for a key that does not exist, so that the unknown key costs what a known one does.</summary>
    private readonly Signer _decoy =
        new(new("", Convert.ToHexString(RandomNumberGenerator.GetBytes(32))), Caller.Anonymous);

    /// <summary>Whoever signs with the key of that id, or nobody, with the refusal that is due after signing.</summary>
    /// <param name="accessKeyId">The id as sent.</param>
    /// <param name="securityToken">The token of temporary credentials as sent; null or empty for none.</param>
    public FoundSigner Find(string accessKeyId, string? securityToken)
    {
        var lasting = identities().FindSigner(accessKeyId);
        if (string.IsNullOrEmpty(securityToken))
        {
            return lasting is null ? new(_decoy, Unknown(accessKeyId)) : new(lasting, Refusal: null);
        }

        // No token belongs to a key that lasts.
        if (lasting is not null)
        {
            return new(lasting, S3Errors.InvalidToken.With("Token-0", securityToken));
        }

        var (session, refusal) = sessions.Find(accessKeyId, securityToken);
        return new(session ?? _decoy, refusal ?? (session is null ? Unknown(accessKeyId) : null));
    }

    private static S3Error Unknown(string accessKeyId) =>
        S3Errors.InvalidAccessKeyId.With("AWSAccessKeyId", accessKeyId);

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

/// <summary>Whoever is to have signed, and what is wrong with the credentials whatever the signature.</summary>
/// <param name="Signer">Signs like anybody: a key that no one has costs what another does.</param>
/// <param name="Refusal">InvalidAccessKeyId, InvalidToken or ExpiredToken; null where the credentials are good.</param>
internal readonly record struct FoundSigner(Signer Signer, S3Error? Refusal)
{
    public AccessKey Key => Signer.Key;

    public Caller Caller => Signer.Caller;

    /// <summary>
    /// Refuses bad credentials. Called after signing, so that good ones cannot be told by the time it takes.
    /// </summary>
    /// <exception cref="S3Exception">The <see cref="Refusal"/>.</exception>
    public void Demand()
    {
        if (Refusal is { } refusal)
        {
            throw new S3Exception(refusal);
        }
    }
}
