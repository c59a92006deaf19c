using System.Security.Cryptography;
using System.Text;

namespace ObjectServer.Authentication;

/// <summary>The key of one <see cref="CredentialScope"/>, derived from a secret by a chain of HMACs.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html</remarks>
internal sealed class SigningKey
{
    private readonly byte[] _key;

    /// <summary>An HMAC that has this key already, which is the larger part of a short one; null while in use.</summary>
    private IncrementalHash? _idle;

    private SigningKey(byte[] key) => _key = key;

    /// <summary>Derives the key: five HMACs, so callers keep it.</summary>
    public static SigningKey Derive(string secret, CredentialScope scope)
    {
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in (ReadOnlySpan<string>)[scope.Date, scope.Region, scope.Service, CredentialScope.Terminal])
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return new(key);
    }

    /// <summary>Signs a string to sign.</summary>
    /// <param name="stringToSign">UTF-8.</param>
    /// <param name="hex">Receives 64 lower-case hexadecimal digits.</param>
    public void Sign(ReadOnlySpan<byte> stringToSign, Span<byte> hex)
    {
        var hmac = Interlocked.Exchange(ref _idle, null) ?? IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hmac.AppendData(stringToSign);
        hmac.GetHashAndReset(mac);
        Interlocked.Exchange(ref _idle, hmac)?.Dispose();
        Convert.TryToHexStringLower(mac, hex, out _);
    }
}
