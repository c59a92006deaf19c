using System.Security.Cryptography;
using System.Text;

namespace ObjectServer.Encryption;

/// <summary>
/// Encrypts short texts that are kept, each for one place: what is sealed for one cannot be put into another.
/// </summary>
/// <remarks>
/// AES-256-GCM: 1, a random nonce (12 bytes), the encrypted UTF-8, the tag (16 bytes), all in Base64; the place is the
/// additional data. Nonces are random because a store holds far fewer than the 2^32 texts for which that is safe.
/// </remarks>
/// <param name="key">32 bytes, for this and nothing else.</param>
internal sealed class SecretSeal(byte[] key)
{
    private const byte Version = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int OverheadBytes = 1 + NonceBytes + TagBytes;

    /// <summary>Encrypts a text.</summary>
    /// <param name="text">The secret.</param>
    /// <param name="place">Where it is kept, e.g. <c>key/AKID</c>.</param>
    public string Close(string text, string place)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var closed = new byte[OverheadBytes + plain.Length];
        closed[0] = Version;
        var nonce = closed.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(
            nonce, plain, closed.AsSpan(1 + NonceBytes, plain.Length), closed.AsSpan(closed.Length - TagBytes),
            Encoding.UTF8.GetBytes(place));
        return Convert.ToBase64String(closed);
    }

    /// <summary>Decrypts what <see cref="Close"/> made for the same place.</summary>
    /// <exception cref="CryptographicException">
    /// It was made under another key, for another place, or was changed.
    /// </exception>
    public string Open(string closed, string place)
    {
        byte[] bytes;
        try
        {
            bytes = Convert.FromBase64String(closed);
        }
        catch (FormatException malformed)
        {
            throw new CryptographicException("A sealed secret is no Base64.", malformed);
        }

        if (bytes.Length < OverheadBytes || bytes[0] != Version)
        {
            throw new CryptographicException("A sealed secret has a form that this version does not know.");
        }

        var plain = new byte[bytes.Length - OverheadBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(
            bytes.AsSpan(1, NonceBytes), bytes.AsSpan(1 + NonceBytes, plain.Length),
            bytes.AsSpan(bytes.Length - TagBytes), plain, Encoding.UTF8.GetBytes(place));
        return Encoding.UTF8.GetString(plain);
    }
}
