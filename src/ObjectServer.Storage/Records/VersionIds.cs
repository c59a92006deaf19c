using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Hashing;
using System.Security.Cryptography;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Records;

/// <summary>
/// The texts that name versions: 32 URL-safe characters for 24 bytes: a random nonce, the version's sequence masked
/// by the nonce's hash, and a hash of both.
/// </summary>
/// <remarks>
/// The sequence says where the version lies, so that naming one costs one or two point reads. The mask keeps clients
/// from reading an order into the text, the last hash tells texts that were never made here without a look-up, and
/// the nonce, which the record keeps, makes the id of a version that was deleted name nothing that comes later.
/// </remarks>
internal static class VersionIds
{
    private const int Bytes = 3 * sizeof(ulong);

    /// <summary>
    /// A random number of 63 bits: with the first one an id could begin with a hyphen, which command lines take for an
    /// option. Ids from before may have it.
    /// </summary>
    public static ulong NewNonce()
    {
        Span<byte> nonce = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(nonce);
        return BinaryPrimitives.ReadUInt64BigEndian(nonce) & (ulong.MaxValue >> 1);
    }

    public static VersionId Make(ulong sequence, ulong nonce)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, nonce);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], sequence ^ XxHash3.HashToUInt64(bytes[..8]));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], XxHash3.HashToUInt64(bytes[..16]));
        return VersionId.Parse(Base64Url.EncodeToString(bytes));
    }

    /// <summary>Takes a version id apart; false for the null version and for texts that were not made here.</summary>
    public static bool TryRead(VersionId id, out ulong sequence, out ulong nonce)
    {
        (sequence, nonce) = (0, 0);
        var text = id.ToString();
        Span<byte> bytes = stackalloc byte[Bytes];
        if (text.Length != Bytes / 3 * 4
            || Base64Url.DecodeFromChars(text, bytes, out _, out var written) != OperationStatus.Done
            || written != Bytes
            || BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]) != XxHash3.HashToUInt64(bytes[..16]))
        {
            return false;
        }

        nonce = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        sequence = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) ^ XxHash3.HashToUInt64(bytes[..8]);
        return true;
    }
}
