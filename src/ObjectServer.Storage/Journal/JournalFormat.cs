using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;

namespace ObjectServer.Storage.Journal;

/// <summary>What a journal record says. The numbers are on disk: they only grow.</summary>
internal enum RecordType : byte
{
    /// <summary>A batch as a caller committed it.</summary>
    Batch = 1,

    /// <summary>Entries that compaction moved here; each names the commit that wrote it.</summary>
    Moved = 2,

    /// <summary>A segment whose live entries were all moved, and whose file may be gone.</summary>
    Compacted = 3,

    /// <summary>The store was closed in good order after the record before this one. Empty.</summary>
    Closed = 4,
}

/// <summary>
/// The journal's bytes. All numbers are little-endian; all checksums are XxHash3 (64 bits): as fast as memory on every
/// CPU, and wide enough that a chance match is no concern in a search through damaged bytes.
/// </summary>
/// <remarks>
/// A segment is a file named by its first log sequence number (LSN) in 16 hexadecimal digits and <c>.journal</c>. It
/// begins with a header of 64 bytes:
/// <code>
///  0  8  "OSJOURNL"
///  8  4  format, 1
/// 12  4  zero
/// 16 16  store id (bytes of the GUID in the order of its text)
/// 32  8  first LSN
/// 40  8  nonce, random
/// 48  8  zero
/// 56  8  checksum of the 56 bytes before
/// </code>
/// Then records follow without gaps, each with the LSN after its predecessor's, then zeros to the end of the file. The
/// file is extended with zeros a megabyte at a time, so that most syncs need not record a new length. A record is:
/// <code>
///  0  4  "OSR1"
///  4  4  length of the body
///  8  8  LSN
/// 16  4  records before this one in the same write
/// 20  1  type
/// 21  3  zero
/// 24  8  checksum, seeded with the segment's nonce, of bytes 0 to 23 and the checksum (seed 0) of the body
/// 32     body
/// </code>
/// The body of types 1 (batch) and 2 (moved): entry count u32, tally count u32; tallies of group u64, objects i64,
/// bytes i64; then entries:
/// <code>
///  0  1  1 put, 2 removal
///  1  1  zero
///  2  2  length of the key
///  4  4  length of the summary
///  8  4  length of the record
/// 12  4  length of the content
/// 16  8  revision: the LSN of the commit that wrote the entry; 0 says this record's
/// 24     key, summary, record
///     8  checksum (seed 0) of all of the entry before
///        content, and if it is not empty its checksum (seed 0)
/// </code>
/// So a record can be read without its content, and both are verified by what is read.
/// The body of type 3 (compacted): first LSN of the segment u64, range count u32, tally count u32; ranges of first LSN
/// u64 and last LSN u64: every LSN that is in no segment any more because of this compaction or one that the segment
/// itself recorded; then the sums of all tallies of the segment, as above.
///
/// Why the place in the write is recorded: a crash in the middle of a write may leave any of its blocks behind, so a
/// bad record may be followed by a good one of the same write. None of them was acknowledged. But a write begins only
/// after the sync of the one before it: a good record whose write began after the bad record proves that the bad one
/// was synced once, and that it is damage and not a torn end.
/// The nonce keeps records of other segments, which an object's content may hold, from being taken for this segment's.
/// </remarks>
internal static class JournalFormat
{
    public const int Version = 1;
    public const int SegmentHeaderBytes = 64;
    public const int RecordHeaderBytes = 32;
    public const int EntryHeaderBytes = 24;
    public const int TallyBytes = 24;
    public const int ChecksumBytes = 8;
    public const uint RecordMagic = 0x3152534F;
    public const byte PutKind = 1;
    public const byte RemovalKind = 2;

    /// <summary>The longest body that is written. A batch that needs more is refused.</summary>
    public const int MaxBodyBytes = 1 << 30;

    private const string SegmentSuffix = ".journal";

    private static ReadOnlySpan<byte> SegmentMagic => "OSJOURNL"u8;

    public static string SegmentName(ulong firstLsn) =>
        firstLsn.ToString("x16", CultureInfo.InvariantCulture) + SegmentSuffix;

    /// <summary>The first LSN of a segment by its file name; null if it is not a segment's.</summary>
    public static ulong? FirstLsn(string name) =>
        name.Length == 16 + SegmentSuffix.Length
        && name.EndsWith(SegmentSuffix, StringComparison.Ordinal)
        && ulong.TryParse(
            name.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var lsn)
            ? lsn
            : null;

    public static byte[] EncodeSegmentHeader(Guid storeId, ulong firstLsn, ulong nonce)
    {
        var header = new byte[SegmentHeaderBytes];
        SegmentMagic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), Version);
        storeId.TryWriteBytes(header.AsSpan(16), bigEndian: true, out _);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(32), firstLsn);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(40), nonce);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(56), XxHash3.HashToUInt64(header.AsSpan(0, 56)));
        return header;
    }

    /// <summary>Reads a segment's header; gives its nonce, or a sentence that says what is wrong.</summary>
    public static string? ReadSegmentHeader(ReadOnlySpan<byte> header, Guid storeId, ulong firstLsn, out ulong nonce)
    {
        nonce = 0;
        if (header.Length < SegmentHeaderBytes
            || !header.StartsWith(SegmentMagic)
            || BinaryPrimitives.ReadUInt64LittleEndian(header[56..]) != XxHash3.HashToUInt64(header[..56]))
        {
            return "Its header is damaged.";
        }

        if (BinaryPrimitives.ReadInt32LittleEndian(header[8..]) != Version)
        {
            return "Its format is one that this version does not read.";
        }

        if (new Guid(header.Slice(16, 16), bigEndian: true) != storeId)
        {
            return "It belongs to another store.";
        }

        nonce = BinaryPrimitives.ReadUInt64LittleEndian(header[40..]);
        return BinaryPrimitives.ReadUInt64LittleEndian(header[32..]) == firstLsn
            ? null
            : "It was renamed: its header has another first LSN.";
    }

    /// <summary>The checksum of a record by its header's first 24 bytes and its body's checksum.</summary>
    public static ulong RecordChecksum(ReadOnlySpan<byte> header, ulong bodyChecksum, ulong nonce)
    {
        Span<byte> covered = stackalloc byte[32];
        header[..24].CopyTo(covered);
        BinaryPrimitives.WriteUInt64LittleEndian(covered[24..], bodyChecksum);
        return XxHash3.HashToUInt64(covered, unchecked((long)nonce));
    }
}
