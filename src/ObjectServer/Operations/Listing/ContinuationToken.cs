using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Hashing;
using ObjectServer.Errors;

namespace ObjectServer.Operations.Listing;

/// <summary>
/// Where a listing goes on, as a text that clients hand back untouched: the name to list after, and a hash that tells
/// whether it came from here.
/// </summary>
/// <remarks>
/// The hash finds mistakes, such as a key sent as a token. It keeps no secret and need not: a token grants nothing that
/// <c>start-after</c> does not.
/// </remarks>
internal static class ContinuationToken
{
    private const int HashBytes = sizeof(ulong);

    /// <summary>
    /// Without the first bit, so that no token begins with a hyphen, which command lines take for an option. Tokens from
    /// before have it.
    /// </summary>
    private const ulong HashMask = ulong.MaxValue >> 1;

    /// <summary>The token that goes on after <paramref name="last"/>.</summary>
    public static string After(ReadOnlySpan<byte> last)
    {
        var bytes = new byte[HashBytes + last.Length];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, HashOf(last));
        last.CopyTo(bytes.AsSpan(HashBytes));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads what <see cref="After"/> made.</summary>
    /// <exception cref="S3Exception">InvalidArgument: this text was not made here.</exception>
    public static byte[] Read(string token)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(token.Length)];
        if (Base64Url.IsValid(token)
            && Base64Url.TryDecodeFromChars(token, bytes, out var length)
            && length > HashBytes
            && HashOf(bytes.AsSpan(HashBytes..length)) == (BinaryPrimitives.ReadUInt64BigEndian(bytes) & HashMask))
        {
            return bytes[HashBytes..length];
        }

        throw new S3Exception(S3Errors.InvalidArgument
            .Saying("The continuation token provided is incorrect")
            .With("ArgumentName", "continuation-token")
            .With("ArgumentValue", token));
    }

    private static ulong HashOf(ReadOnlySpan<byte> name) => XxHash3.HashToUInt64(name) & HashMask;
}
