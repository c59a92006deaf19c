using System.Buffers;
using System.Globalization;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Records;

/// <summary>
/// The two texts that every listed version carries, in half their bytes: an MD5 ETag as 16 bytes and a part count, and
/// an account's canonical id of 64 hex digits as 32 bytes. Texts of another form are kept as they are.
/// </summary>
internal static class CompactFields
{
    private const int ETagDigits = 32;
    private const int OwnerDigits = 64;

    /// <summary>Writes an ETag into three fields: digest, part count, or text.</summary>
    public static void ETag(this FieldWriter writer, int digestField, int partsField, int textField, string eTag)
    {
        Span<byte> digest = stackalloc byte[ETagDigits / 2];
        if (eTag.Length >= ETagDigits
            && TryReadHex(eTag.AsSpan(0, ETagDigits), digest)
            && TryReadPartCount(eTag.AsSpan(ETagDigits), out var parts))
        {
            writer.Bytes(digestField, digest);
            writer.Number(partsField, parts);
        }
        else if (eTag.Length > 0)
        {
            writer.Text(textField, eTag);
        }
    }

    public static string ETag(ReadOnlySpan<byte> digest, ulong parts) => parts == 0
        ? Convert.ToHexStringLower(digest)
        : string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(digest)}-{parts}");

    /// <summary>Writes an account id into one of two fields.</summary>
    public static void Owner(this FieldWriter writer, int digestField, int textField, string ownerId)
    {
        Span<byte> digest = stackalloc byte[OwnerDigits / 2];
        if (ownerId.Length == OwnerDigits && TryReadHex(ownerId, digest))
        {
            writer.Bytes(digestField, digest);
        }
        else
        {
            writer.Text(textField, ownerId);
        }
    }

    /// <summary>Writes a storage class; the usual one is left out.</summary>
    public static void StorageClass(this FieldWriter writer, int field, string storageClass) =>
        writer.Text(field, storageClass == StorageState.StandardClass ? null : storageClass);

    /// <summary>Only lower-case digits: what is read back must be what was written.</summary>
    private static bool TryReadHex(ReadOnlySpan<char> text, Span<byte> bytes) =>
        !text.ContainsAnyInRange('A', 'F')
        && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done;

    private static bool TryReadPartCount(ReadOnlySpan<char> suffix, out ulong parts)
    {
        parts = 0;
        return suffix.IsEmpty
            || (suffix[0] == '-'
                && suffix.Length > 1
                && suffix[1] is >= '1' and <= '9'
                && ulong.TryParse(suffix[1..], NumberStyles.None, CultureInfo.InvariantCulture, out parts));
    }
}
