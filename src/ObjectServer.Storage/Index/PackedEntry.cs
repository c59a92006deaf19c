using System.Buffers.Binary;

namespace ObjectServer.Storage.Index;

/// <summary>An entry as engines keep it: a header, then the summary. All numbers are little-endian.</summary>
internal static class PackedEntry
{
    /// <summary>segment u64, offset i64, head i32, content i32, revision u64.</summary>
    private const int HeaderBytes = 32;

    public static byte[] Pack(in IndexEntry entry)
    {
        var packed = new byte[HeaderBytes + entry.Summary.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(packed, entry.Location.Segment);
        BinaryPrimitives.WriteInt64LittleEndian(packed.AsSpan(8), entry.Location.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(packed.AsSpan(16), entry.Location.HeadBytes);
        BinaryPrimitives.WriteInt32LittleEndian(packed.AsSpan(20), entry.Location.ContentBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(packed.AsSpan(24), entry.Revision);
        entry.Summary.CopyTo(packed.AsMemory(HeaderBytes));
        return packed;
    }

    /// <summary>Reads what <see cref="Pack"/> wrote; the summary stays where it is.</summary>
    /// <exception cref="IndexDamagedException">It is too short.</exception>
    public static IndexEntry Unpack(byte[] packed)
    {
        if (packed.Length < HeaderBytes)
        {
            throw new IndexDamagedException("An entry of the index is cut short.");
        }

        var location = new RecordLocation(
            BinaryPrimitives.ReadUInt64LittleEndian(packed),
            BinaryPrimitives.ReadInt64LittleEndian(packed.AsSpan(8)),
            BinaryPrimitives.ReadInt32LittleEndian(packed.AsSpan(16)),
            BinaryPrimitives.ReadInt32LittleEndian(packed.AsSpan(20)));
        return new IndexEntry(
            location, BinaryPrimitives.ReadUInt64LittleEndian(packed.AsSpan(24)), packed.AsMemory(HeaderBytes));
    }
}
