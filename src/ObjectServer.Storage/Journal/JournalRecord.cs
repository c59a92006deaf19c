using System.Buffers.Binary;
using System.IO.Hashing;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Metadata;

namespace ObjectServer.Storage.Journal;

/// <summary>One entry as it stands in a record.</summary>
/// <param name="IsRemoval">Whether it removes its key.</param>
/// <param name="Revision">The commit that wrote it.</param>
/// <param name="Key">The key.</param>
/// <param name="Summary">The summary.</param>
/// <param name="Record">The record.</param>
/// <param name="Content">The content.</param>
/// <param name="Location">Where it lies, counted from the record's first byte.</param>
internal readonly record struct StoredEntry(
    bool IsRemoval,
    ulong Revision,
    ReadOnlyMemory<byte> Key,
    ReadOnlyMemory<byte> Summary,
    ReadOnlyMemory<byte> Record,
    ReadOnlyMemory<byte> Content,
    RecordLocation Location);

/// <summary>A record whose checksum was found right.</summary>
/// <param name="Offset">Where it begins in its segment.</param>
/// <param name="Lsn">Its log sequence number.</param>
/// <param name="InGroup">How many records of the same write precede it.</param>
/// <param name="Type">What it says.</param>
/// <param name="Bytes">All of it, header included. Reused by the reader for the next record.</param>
internal readonly record struct JournalRecord(
    long Offset, ulong Lsn, uint InGroup, RecordType Type, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The first LSN of the write that this record was part of.</summary>
    public ulong GroupLsn => Lsn - InGroup;

    /// <summary>The entries of a batch or of moved entries.</summary>
    public IEnumerable<StoredEntry> Entries()
    {
        if (Type is not (RecordType.Batch or RecordType.Moved))
        {
            yield break;
        }

        var count = BinaryPrimitives.ReadUInt32LittleEndian(Bytes.Span[JournalFormat.RecordHeaderBytes..]);
        var tallies = BinaryPrimitives.ReadInt32LittleEndian(Bytes.Span[(JournalFormat.RecordHeaderBytes + 4)..]);
        var at = JournalFormat.RecordHeaderBytes + 8 + (tallies * JournalFormat.TallyBytes);
        for (; count > 0; count--)
        {
            var entry = ReadEntry(Bytes[at..], at);
            yield return entry.Revision == 0 ? entry with { Revision = Lsn } : entry;
            at += (int)entry.Location.TotalBytes;
        }
    }

    /// <summary>The tallies of a batch, or the sums of a compacted segment.</summary>
    public IReadOnlyList<MetadataTally> Tallies()
    {
        var body = Bytes.Span[JournalFormat.RecordHeaderBytes..];
        int count;
        switch (Type)
        {
            case RecordType.Batch or RecordType.Moved:
                count = BinaryPrimitives.ReadInt32LittleEndian(body[4..]);
                body = body[8..];
                break;
            case RecordType.Compacted:
                count = BinaryPrimitives.ReadInt32LittleEndian(body[12..]);
                body = body[(16 + (16 * BinaryPrimitives.ReadInt32LittleEndian(body[8..])))..];
                break;
            default:
                return [];
        }

        var tallies = new MetadataTally[count];
        for (var index = 0; index < count; index++, body = body[JournalFormat.TallyBytes..])
        {
            tallies[index] = new MetadataTally(
                BinaryPrimitives.ReadUInt64LittleEndian(body),
                BinaryPrimitives.ReadInt64LittleEndian(body[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(body[16..]));
        }

        return tallies;
    }

    /// <summary>Of a <see cref="RecordType.Compacted"/> record, the segment.</summary>
    public ulong CompactedSegment =>
        BinaryPrimitives.ReadUInt64LittleEndian(Bytes.Span[JournalFormat.RecordHeaderBytes..]);

    /// <summary>Of a <see cref="RecordType.Compacted"/> record, the numbers that are in no segment any more.</summary>
    public IReadOnlyList<LsnRange> CompactedRanges()
    {
        var body = Bytes.Span[JournalFormat.RecordHeaderBytes..];
        var ranges = new LsnRange[BinaryPrimitives.ReadInt32LittleEndian(body[8..])];
        body = body[16..];
        for (var index = 0; index < ranges.Length; index++, body = body[16..])
        {
            ranges[index] = new LsnRange(
                BinaryPrimitives.ReadUInt64LittleEndian(body), BinaryPrimitives.ReadUInt64LittleEndian(body[8..]));
        }

        return ranges;
    }

    /// <summary>Reads and verifies an entry's head and, where it is there, its content.</summary>
    /// <param name="bytes">The entry, with or without its content.</param>
    /// <param name="location">Where it lies.</param>
    /// <returns>Null if a checksum is wrong.</returns>
    public static StoredEntry? ReadVerified(ReadOnlyMemory<byte> bytes, in RecordLocation location)
    {
        if (location.HeadBytes < JournalFormat.EntryHeaderBytes + JournalFormat.ChecksumBytes
            || location.ContentBytes < 0
            || bytes.Length < location.HeadBytes)
        {
            return null;
        }

        var covered = location.HeadBytes - JournalFormat.ChecksumBytes;
        var head = bytes.Span[..location.HeadBytes];
        if (BinaryPrimitives.ReadUInt64LittleEndian(head[covered..]) != XxHash3.HashToUInt64(head[..covered])
            || BinaryPrimitives.ReadInt32LittleEndian(head[12..]) != location.ContentBytes)
        {
            return null;
        }

        if (bytes.Length == location.HeadBytes)
        {
            return ReadHead(bytes, location);
        }

        var content = bytes.Span[location.HeadBytes..];
        return content.Length == location.ContentBytes + JournalFormat.ChecksumBytes
            && BinaryPrimitives.ReadUInt64LittleEndian(content[location.ContentBytes..])
                == XxHash3.HashToUInt64(content[..location.ContentBytes])
            ? ReadHead(bytes, location) with { Content = bytes.Slice(location.HeadBytes, location.ContentBytes) }
            : null;
    }

    private static StoredEntry ReadEntry(ReadOnlyMemory<byte> bytes, int at)
    {
        var head = bytes.Span;
        var headBytes = JournalFormat.EntryHeaderBytes + JournalFormat.ChecksumBytes
            + BinaryPrimitives.ReadUInt16LittleEndian(head[2..])
            + BinaryPrimitives.ReadInt32LittleEndian(head[4..])
            + BinaryPrimitives.ReadInt32LittleEndian(head[8..]);
        var location = new RecordLocation(0, at, headBytes, BinaryPrimitives.ReadInt32LittleEndian(head[12..]));
        return ReadHead(bytes, location) with { Content = bytes.Slice(headBytes, location.ContentBytes) };
    }

    private static StoredEntry ReadHead(ReadOnlyMemory<byte> bytes, in RecordLocation location)
    {
        var head = bytes.Span;
        var keyLength = BinaryPrimitives.ReadUInt16LittleEndian(head[2..]);
        var summaryLength = BinaryPrimitives.ReadInt32LittleEndian(head[4..]);
        var key = JournalFormat.EntryHeaderBytes;
        var summary = key + keyLength;
        var record = summary + summaryLength;
        return new StoredEntry(
            head[0] == JournalFormat.RemovalKind,
            BinaryPrimitives.ReadUInt64LittleEndian(head[16..]),
            bytes[key..summary],
            bytes[summary..record],
            bytes[record..(location.HeadBytes - JournalFormat.ChecksumBytes)],
            default,
            location);
    }
}
