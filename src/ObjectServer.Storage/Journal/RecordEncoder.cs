using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Metadata;

namespace ObjectServer.Storage.Journal;

/// <summary>One entry to encode. A removal has a key only.</summary>
/// <param name="Change">The change.</param>
/// <param name="Revision">The commit that wrote it, where it is moved; 0 where this record writes it.</param>
internal readonly record struct EntryToWrite(MetadataChange Change, ulong Revision);

/// <summary>Where an entry came to lie in its record.</summary>
/// <param name="Key">A copy of the key.</param>
/// <param name="IsRemoval">Whether the key is removed.</param>
/// <param name="Revision">As in <see cref="EntryToWrite"/>.</param>
/// <param name="Summary">A copy of the summary.</param>
/// <param name="Location">Where it lies, counted from the record's first byte; the segment is not yet known.</param>
internal readonly record struct EncodedEntry(
    byte[] Key, bool IsRemoval, ulong Revision, byte[] Summary, RecordLocation Location);

/// <summary>A range of log sequence numbers, both ends included.</summary>
internal readonly record struct LsnRange(ulong First, ulong Last);

/// <summary>
/// A record, complete but for its place in the journal. Committers encode on their own threads, so that the journal's
/// writer only stamps.
/// </summary>
internal sealed class EncodedRecord
{
    private readonly byte[] _buffer;
    private readonly ulong _bodyChecksum;

    public EncodedRecord(
        byte[] buffer,
        int length,
        RecordType type,
        IReadOnlyList<EncodedEntry> entries,
        IReadOnlyList<MetadataTally> tallies)
    {
        _buffer = buffer;
        Length = length;
        Type = type;
        Entries = entries;
        Tallies = tallies;
        _bodyChecksum = XxHash3.HashToUInt64(buffer.AsSpan(
            JournalFormat.RecordHeaderBytes, length - JournalFormat.RecordHeaderBytes));
    }

    public int Length { get; }

    public RecordType Type { get; }

    public IReadOnlyList<EncodedEntry> Entries { get; }

    public IReadOnlyList<MetadataTally> Tallies { get; }

    /// <summary>Of a <see cref="RecordType.Compacted"/> record, the segment.</summary>
    public ulong CompactedSegment { get; init; }

    /// <summary>Gives the record its place and returns all of its bytes.</summary>
    public ReadOnlyMemory<byte> Stamp(ulong lsn, uint inGroup, ulong nonce)
    {
        var header = _buffer.AsSpan(0, JournalFormat.RecordHeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header, JournalFormat.RecordMagic);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], Length - JournalFormat.RecordHeaderBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], lsn);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], inGroup);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], (uint)Type);
        BinaryPrimitives.WriteUInt64LittleEndian(
            header[24..], JournalFormat.RecordChecksum(header, _bodyChecksum, nonce));
        return _buffer.AsMemory(0, Length);
    }

    /// <summary>Gives the buffer back; nothing may use the record's bytes any more.</summary>
    public void Release() => ArrayPool<byte>.Shared.Return(_buffer);
}

/// <summary>Makes records of what is to be committed.</summary>
internal static class RecordEncoder
{
    private const int MaxKeyBytes = 2048;

    /// <summary>Encodes a caller's batch; of several changes of a key only the last.</summary>
    /// <exception cref="ArgumentException">A key's length is not allowed, or the batch is larger than a record can
    /// be.</exception>
    public static EncodedRecord EncodeBatch(MetadataBatch batch)
    {
        var changes = batch.Changes;
        var entries = new List<EntryToWrite>(changes.Count);
        var seen = changes.Count > 1 ? new HashSet<ReadOnlyMemory<byte>>(KeyEquality.Instance) : null;
        for (var at = changes.Count - 1; at >= 0; at--)
        {
            if (changes[at].Key.Length is 0 or > MaxKeyBytes)
            {
                throw new ArgumentException("A key has 1 to 2,048 bytes.", nameof(batch));
            }

            if (seen is null || seen.Add(changes[at].Key))
            {
                entries.Add(new EntryToWrite(changes[at], 0));
            }
        }

        entries.Reverse();
        return Encode(RecordType.Batch, entries, batch.Tallies);
    }

    /// <summary>Encodes entries that compaction moves.</summary>
    public static EncodedRecord EncodeMoved(IReadOnlyList<EntryToWrite> entries) =>
        Encode(RecordType.Moved, entries, []);

    /// <summary>Encodes the end of a segment.</summary>
    public static EncodedRecord EncodeCompacted(
        ulong segment, IReadOnlyList<LsnRange> ranges, IReadOnlyList<MetadataTally> tallies)
    {
        var length = JournalFormat.RecordHeaderBytes + 16 + (ranges.Count * 16)
            + (tallies.Count * JournalFormat.TallyBytes);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        var rest = buffer.AsSpan(JournalFormat.RecordHeaderBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(rest, segment);
        BinaryPrimitives.WriteInt32LittleEndian(rest[8..], ranges.Count);
        BinaryPrimitives.WriteInt32LittleEndian(rest[12..], tallies.Count);
        rest = rest[16..];
        foreach (var range in ranges)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, range.First);
            BinaryPrimitives.WriteUInt64LittleEndian(rest[8..], range.Last);
            rest = rest[16..];
        }

        WriteTallies(rest, tallies);
        return new EncodedRecord(buffer, length, RecordType.Compacted, [], tallies) { CompactedSegment = segment };
    }

    /// <summary>Encodes the mark of a good close.</summary>
    public static EncodedRecord EncodeClosed() => new(
        ArrayPool<byte>.Shared.Rent(JournalFormat.RecordHeaderBytes),
        JournalFormat.RecordHeaderBytes,
        RecordType.Closed,
        [],
        []);

    private static EncodedRecord Encode(
        RecordType type, IReadOnlyList<EntryToWrite> entries, IReadOnlyList<MetadataTally> tallies)
    {
        var bodyLength = 8L + ((long)tallies.Count * JournalFormat.TallyBytes);
        foreach (var entry in entries)
        {
            bodyLength += Measure(entry.Change).TotalBytes;
        }

        if (bodyLength > JournalFormat.MaxBodyBytes)
        {
            throw new ArgumentException("The batch is larger than a record can be.", nameof(entries));
        }

        var length = JournalFormat.RecordHeaderBytes + (int)bodyLength;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        var bytes = buffer.AsSpan(0, length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[JournalFormat.RecordHeaderBytes..], entries.Count);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[(JournalFormat.RecordHeaderBytes + 4)..], tallies.Count);
        var at = JournalFormat.RecordHeaderBytes + 8;
        at += WriteTallies(bytes[at..], tallies);
        var encoded = new EncodedEntry[entries.Count];
        for (var index = 0; index < entries.Count; index++)
        {
            var (change, revision) = entries[index];
            var location = Measure(change) with { Offset = at };
            WriteEntry(bytes.Slice(at, (int)location.TotalBytes), change, revision, location.HeadBytes);
            encoded[index] = new EncodedEntry(
                change.Key.ToArray(), change.IsRemoval, revision, change.Summary.ToArray(), location);
            at += (int)location.TotalBytes;
        }

        return new EncodedRecord(buffer, length, type, encoded, tallies);
    }

    private static RecordLocation Measure(in MetadataChange change) => new(
        0,
        0,
        JournalFormat.EntryHeaderBytes + change.Key.Length + change.Summary.Length + change.Record.Length
            + JournalFormat.ChecksumBytes,
        change.Content.Length);

    private static void WriteEntry(Span<byte> bytes, in MetadataChange change, ulong revision, int headBytes)
    {
        bytes[0] = change.IsRemoval ? JournalFormat.RemovalKind : JournalFormat.PutKind;
        bytes[1] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], (ushort)change.Key.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], change.Summary.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], change.Record.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], change.Content.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], revision);
        var rest = bytes[JournalFormat.EntryHeaderBytes..];
        change.Key.Span.CopyTo(rest);
        rest = rest[change.Key.Length..];
        change.Summary.Span.CopyTo(rest);
        rest = rest[change.Summary.Length..];
        change.Record.Span.CopyTo(rest);
        rest = rest[change.Record.Length..];
        BinaryPrimitives.WriteUInt64LittleEndian(
            rest, XxHash3.HashToUInt64(bytes[..(headBytes - JournalFormat.ChecksumBytes)]));
        if (!change.Content.IsEmpty)
        {
            rest = rest[JournalFormat.ChecksumBytes..];
            change.Content.Span.CopyTo(rest);
            BinaryPrimitives.WriteUInt64LittleEndian(
                rest[change.Content.Length..], XxHash3.HashToUInt64(change.Content.Span));
        }
    }

    private static int WriteTallies(Span<byte> rest, IReadOnlyList<MetadataTally> tallies)
    {
        foreach (var tally in tallies)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, tally.Group);
            BinaryPrimitives.WriteInt64LittleEndian(rest[8..], tally.Objects);
            BinaryPrimitives.WriteInt64LittleEndian(rest[16..], tally.Bytes);
            rest = rest[JournalFormat.TallyBytes..];
        }

        return tallies.Count * JournalFormat.TallyBytes;
    }

    private sealed class KeyEquality : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public static KeyEquality Instance { get; } = new();

        public bool Equals(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right) =>
            left.Span.SequenceEqual(right.Span);

        public int GetHashCode(ReadOnlyMemory<byte> key) => (int)XxHash3.HashToUInt64(key.Span);
    }
}
