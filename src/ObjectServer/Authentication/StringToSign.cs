using System.Security.Cryptography;

namespace ObjectServer.Authentication;

/// <summary>What the signing key signs for a whole request.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html</remarks>
internal static class StringToSign
{
    /// <summary>Appends the string to sign.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="timestamp">The request's time, e.g. <c>20130524T000000Z</c>.</param>
    /// <param name="scope">Day, region and service.</param>
    /// <param name="canonicalRequest">The canonical request, UTF-8.</param>
    public static void WriteTo(
        ref PooledText text, string timestamp, CredentialScope scope, ReadOnlySpan<byte> canonicalRequest)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(canonicalRequest, digest);

        text.AppendLine(SignatureAlgorithm.Name);
        text.AppendLine(timestamp);
        text.Append(scope.Date);
        text.Append("/"u8);
        text.Append(scope.Region);
        text.Append("/"u8);
        text.Append(scope.Service);
        text.Append("/"u8);
        text.AppendLine(CredentialScope.Terminal);
        text.AppendHex(digest);
    }
}
