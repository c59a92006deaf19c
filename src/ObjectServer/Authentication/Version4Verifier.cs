using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using ObjectServer.Errors;
using ObjectServer.Identity;

namespace ObjectServer.Authentication;

/// <summary>Verifies signatures of Version 4, wherever requests carry them.</summary>
/// <param name="signers">The keys whose signatures count.</param>
internal sealed class Version4Verifier(Signers signers)
{
    private readonly SigningKeyCache _signingKeys = new();

    /// <summary>Verifies the signature of a request.</summary>
    /// <param name="credential">Which key signed, for what.</param>
    /// <param name="time">When it signed.</param>
    /// <param name="signature">As sent.</param>
    /// <param name="request">What it signed.</param>
    /// <param name="securityToken">The token of temporary credentials; null or empty for none.</param>
    /// <exception cref="S3Exception">The key is unknown, the token no good, the signature wrong.</exception>
    public (Caller Caller, RequestSignature Signature) VerifyRequest(
        Credential credential, RequestTime time, string signature, CanonicalRequest request, string? securityToken)
    {
        var canonical = new PooledText();
        var toSign = new PooledText();
        try
        {
            request.WriteTo(ref canonical);
            StringToSign.WriteTo(ref toSign, time.Timestamp, credential.Scope, canonical.Utf8);
            return Verify(credential, time, signature, toSign.Utf8, canonical.Utf8, securityToken);
        }
        finally
        {
            canonical.Dispose();
            toSign.Dispose();
        }
    }

    /// <summary>Signs with the key that the credential names, and compares; every key takes the same time.</summary>
    public (Caller Caller, RequestSignature Signature) Verify(
        Credential credential,
        RequestTime time,
        string signature,
        ReadOnlySpan<byte> stringToSign,
        ReadOnlySpan<byte> canonicalRequest,
        string? securityToken)
    {
        var signer = signers.Find(credential.AccessKeyId, securityToken);
        var signingKey = _signingKeys.Get(signer.Key, credential.Scope);
        Span<byte> expected = stackalloc byte[2 * SHA256.HashSizeInBytes];
        signingKey.Sign(stringToSign, expected);
        Span<byte> sent = stackalloc byte[2 * SHA256.HashSizeInBytes];
        var matches = signature.Length == sent.Length
            && Ascii.FromUtf16(signature, sent, out _) == OperationStatus.Done
            && CryptographicOperations.FixedTimeEquals(expected, sent);

        signer.Demand();
        if (!matches)
        {
            throw new S3Exception(
                Signers.Mismatch(credential.AccessKeyId, signature, stringToSign, canonicalRequest));
        }

        return (signer.Caller, new(signingKey, credential.Scope, time.Timestamp, signature));
    }
}
