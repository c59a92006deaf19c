using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ObjectServer.Storage.Metadata;

namespace ObjectServer.Storage.Index;

/// <summary>How a segment's bytes are used. What is neither live nor a removal is dead.</summary>
/// <param name="TotalBytes">All records of the segment.</param>
/// <param name="LiveBytes">Entries that are still what their key holds.</param>
/// <param name="RemovalBytes">Removals: needed while an older segment may hold what they removed.</param>
internal readonly record struct SegmentUse(long TotalBytes, long LiveBytes, long RemovalBytes)
{
    public static SegmentUse operator +(SegmentUse left, SegmentUse right) => new(
        left.TotalBytes + right.TotalBytes,
        left.LiveBytes + right.LiveBytes,
        left.RemovalBytes + right.RemovalBytes);
}

/// <summary>
/// The running sums over a journal: tallies by group, bytes by segment. Not safe for concurrent use.
/// </summary>
internal sealed class Totals
{
    private readonly SortedDictionary<ulong, MetadataTally> _tallies = [];
    private readonly SortedDictionary<ulong, SegmentUse> _segments = [];

    /// <summary>The sums that are not zero, by group.</summary>
    public IReadOnlyCollection<MetadataTally> Tallies => _tallies.Values;

    /// <summary>The segments that hold records, in their order.</summary>
    public IReadOnlyDictionary<ulong, SegmentUse> Segments => _segments;

    /// <summary>Adds what a stretch of the journal changed.</summary>
    public void Apply(TotalsChange change)
    {
        foreach (var (segment, use) in change.Segments)
        {
            // A segment that is not known and gains no bytes was compacted away before its last entries died.
            if (_segments.TryGetValue(segment, out var known) || use.TotalBytes > 0)
            {
                _segments[segment] = known + use;
            }
        }

        foreach (var segment in change.RemovedSegments)
        {
            _segments.Remove(segment);
        }

        foreach (var tally in change.Tallies.Values)
        {
            TotalsChange.Add(_tallies, tally);
        }
    }

    public Totals Clone()
    {
        var clone = new Totals();
        foreach (var (segment, use) in _segments)
        {
            clone._segments.Add(segment, use);
        }

        foreach (var (group, tally) in _tallies)
        {
            clone._tallies.Add(group, tally);
        }

        return clone;
    }

    /// <summary>Two counts (u32), then tallies (group u64, objects i64, bytes i64), then segments (name u64, total,
    /// live and removal bytes i64), all little-endian.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[8 + (_tallies.Count * 24) + (_segments.Count * 32)];
        var rest = bytes.AsSpan();
        BinaryPrimitives.WriteInt32LittleEndian(rest, _tallies.Count);
        BinaryPrimitives.WriteInt32LittleEndian(rest[4..], _segments.Count);
        rest = rest[8..];
        foreach (var tally in _tallies.Values)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, tally.Group);
            BinaryPrimitives.WriteInt64LittleEndian(rest[8..], tally.Objects);
            BinaryPrimitives.WriteInt64LittleEndian(rest[16..], tally.Bytes);
            rest = rest[24..];
        }

        foreach (var (segment, use) in _segments)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest, segment);
            BinaryPrimitives.WriteInt64LittleEndian(rest[8..], use.TotalBytes);
            BinaryPrimitives.WriteInt64LittleEndian(rest[16..], use.LiveBytes);
            BinaryPrimitives.WriteInt64LittleEndian(rest[24..], use.RemovalBytes);
            rest = rest[32..];
        }

        return bytes;
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="IndexDamagedException">The bytes are not of that form.</exception>
    public static Totals Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 8)
        {
            throw new IndexDamagedException("The index's totals are cut short.");
        }

        var tallies = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var segments = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if (bytes.Length != 8 + (tallies * 24L) + (segments * 32L))
        {
            throw new IndexDamagedException("The index's totals have the wrong length.");
        }

        bytes = bytes[8..];
        var totals = new Totals();
        for (; tallies > 0; tallies--, bytes = bytes[24..])
        {
            var group = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            totals._tallies[group] = new MetadataTally(
                group,
                BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]));
        }

        for (; segments > 0; segments--, bytes = bytes[32..])
        {
            totals._segments[BinaryPrimitives.ReadUInt64LittleEndian(bytes)] = new SegmentUse(
                BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]));
        }

        return totals;
    }
}

/// <summary>What a stretch of the journal changes in <see cref="Totals"/>. Not safe for concurrent use.</summary>
internal sealed class TotalsChange
{
    private readonly Dictionary<ulong, SegmentUse> _segments = [];
    private readonly Dictionary<ulong, MetadataTally> _tallies = [];
    private readonly List<ulong> _removedSegments = [];

    public IReadOnlyDictionary<ulong, SegmentUse> Segments => _segments;

    public IReadOnlyDictionary<ulong, MetadataTally> Tallies => _tallies;

    /// <summary>Segments that were compacted away.</summary>
    public IReadOnlyList<ulong> RemovedSegments => _removedSegments;

    public void Add(ulong segment, SegmentUse use) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_segments, segment, out _) += use;

    public void Add(MetadataTally tally) => Add(_tallies, tally);

    public void Remove(ulong segment) => _removedSegments.Add(segment);

    /// <summary>An entry is no longer what its key holds.</summary>
    public void Bury(RecordLocation location) =>
        Add(location.Segment, new SegmentUse(0, -location.TotalBytes, 0));

    public void Merge(TotalsChange later)
    {
        foreach (var (segment, use) in later._segments)
        {
            Add(segment, use);
        }

        foreach (var tally in later._tallies.Values)
        {
            Add(tally);
        }

        _removedSegments.AddRange(later._removedSegments);
    }

    public void Clear()
    {
        _segments.Clear();
        _tallies.Clear();
        _removedSegments.Clear();
    }

    /// <summary>Adds to a group's sums; a group whose sums are zero has no row.</summary>
    public static void Add(IDictionary<ulong, MetadataTally> tallies, MetadataTally tally)
    {
        tallies.TryGetValue(tally.Group, out var sum);
        sum = new MetadataTally(tally.Group, sum.Objects + tally.Objects, sum.Bytes + tally.Bytes);
        if (sum is { Objects: 0, Bytes: 0 })
        {
            tallies.Remove(tally.Group);
        }
        else
        {
            tallies[tally.Group] = sum;
        }
    }
}
