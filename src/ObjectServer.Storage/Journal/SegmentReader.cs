using System.Buffers.Binary;
using System.IO.Hashing;

namespace ObjectServer.Storage.Journal;

/// <summary>
/// Reads a segment's records one after another, verifying each. Memory: one record, at least a megabyte.
/// </summary>
internal sealed class SegmentReader(IJournalFile file, ulong nonce, long offset)
{
    private const int ReadAheadBytes = 1 << 20;

    private byte[] _buffer = new byte[ReadAheadBytes];
    private long _bufferOffset;
    private int _buffered;

    /// <summary>Where the next record begins.</summary>
    public long Offset { get; private set; } = offset;

    /// <summary>Reads the next record; false where no good record stands.</summary>
    public bool TryRead(out JournalRecord record)
    {
        if (!TryReadAt(Offset, out record))
        {
            return false;
        }

        Offset += record.Bytes.Length;
        return true;
    }

    /// <summary>Whether everything from here to the file's end is zero.</summary>
    public bool IsZeroToEnd()
    {
        var at = Offset;
        while (Fill(at, 1) > 0)
        {
            if (Buffered(at).ContainsAnyExcept((byte)0))
            {
                return false;
            }

            at += Buffered(at).Length;
        }

        return true;
    }

    /// <summary>
    /// Looks after a bad record for a good one of a later write, which proves that the bad one was once synced.
    /// </summary>
    /// <param name="expectedLsn">The number that the bad record should have.</param>
    /// <param name="found">The good one.</param>
    public bool TryFindLaterWrite(ulong expectedLsn, out JournalRecord found) =>
        TryFind(record => record.GroupLsn > expectedLsn, out found);

    /// <summary>
    /// Goes on, after a bad record, at the next good one with a number that is not before the expected.
    /// </summary>
    public bool TrySkipTo(ulong expectedLsn)
    {
        if (!TryFind(found => found.Lsn >= expectedLsn, out var next))
        {
            return false;
        }

        Offset = next.Offset;
        return true;
    }

    private bool TryFind(Func<JournalRecord, bool> accept, out JournalRecord found)
    {
        Span<byte> magic = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(magic, JournalFormat.RecordMagic);
        var at = Offset + 1;
        while (Fill(at, JournalFormat.RecordHeaderBytes) >= JournalFormat.RecordHeaderBytes)
        {
            var next = Buffered(at).IndexOf(magic);
            if (next < 0)
            {
                at += Buffered(at).Length - 3;
                continue;
            }

            at += next;
            if (TryReadAt(at, out found) && accept(found))
            {
                return true;
            }

            at++;
        }

        found = default;
        return false;
    }

    private bool TryReadAt(long at, out JournalRecord record)
    {
        record = default;
        if (Fill(at, JournalFormat.RecordHeaderBytes) < JournalFormat.RecordHeaderBytes)
        {
            return false;
        }

        var header = Buffered(at);
        var bodyLength = BinaryPrimitives.ReadInt32LittleEndian(header[4..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != JournalFormat.RecordMagic
            || bodyLength is < 0 or > JournalFormat.MaxBodyBytes
            || at + JournalFormat.RecordHeaderBytes + bodyLength > file.Length)
        {
            return false;
        }

        var length = JournalFormat.RecordHeaderBytes + bodyLength;
        if (Fill(at, length) < length)
        {
            return false;
        }

        header = Buffered(at);
        var checksum = JournalFormat.RecordChecksum(
            header, XxHash3.HashToUInt64(header[JournalFormat.RecordHeaderBytes..length]), nonce);
        if (BinaryPrimitives.ReadUInt64LittleEndian(header[24..]) != checksum)
        {
            return false;
        }

        record = new JournalRecord(
            at,
            BinaryPrimitives.ReadUInt64LittleEndian(header[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[16..]),
            (RecordType)header[20],
            _buffer.AsMemory((int)(at - _bufferOffset), length));
        return true;
    }

    private ReadOnlySpan<byte> Buffered(long at) =>
        _buffer.AsSpan((int)(at - _bufferOffset), (int)(_bufferOffset + _buffered - at));

    /// <summary>Makes sure that so many bytes from an offset on are buffered, and says how many are.</summary>
    private int Fill(long at, int wanted)
    {
        if (at < _bufferOffset || at + wanted > _bufferOffset + _buffered)
        {
            if (_buffer.Length < wanted)
            {
                _buffer = new byte[Math.Max(wanted, ReadAheadBytes)];
            }

            _bufferOffset = at;
            _buffered = 0;
            _buffered = file.Read(_buffer, at);
        }

        return (int)(_bufferOffset + _buffered - at);
    }
}
