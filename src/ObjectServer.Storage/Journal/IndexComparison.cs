using System.IO.Hashing;
using System.Runtime.InteropServices;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Metadata;

namespace ObjectServer.Storage.Journal;

/// <summary>
/// Compares what readers find, in the pending table and the index, with what the journal says: that each key's last put
/// is found where it lies and as it is, that nothing else is found, and that the sums are those of the records.
/// </summary>
/// <remarks>
/// <para>The journal is read in its order and each entry's key is looked up. Found at the entry's own place, it is compared.
/// Found before it, the index has missed the entry. Found after it, or gone after a removal, the entry is no longer what
/// its key holds, and a later one decides. A put whose key is gone must be followed by a removal; until that is met, the
/// key is remembered, as 128 bits of hash and a place.</para>
/// <para>Memory is bounded: when more keys have to be remembered than <see cref="MaxAbsent"/>, the pass goes on with half
/// of the hashes, and another pass takes the rest.</para>
/// <para>Commits may go on meanwhile. A key that was gone when it was looked up has its removal in a record of a commit
/// that was visible by then, so the removals of what was committed meanwhile are read at the end of a pass. The sums are
/// only compared if nothing was committed. No segment may be removed: the caller keeps compaction away.</para>
/// </remarks>
internal sealed class IndexComparison
{
    /// <summary>Keys that one pass remembers: about 12 MiB.</summary>
    private const int MaxAbsent = 250_000;

    private const int PageRows = 1000;

    private readonly JournalSegments _segments;
    private readonly Func<ReadOnlyMemory<byte>, IndexEntry?> _find;
    private readonly Func<ulong> _lastLsn;
    private readonly Action<string> _damaged;
    private readonly int _maxAbsent;
    private readonly Dictionary<UInt128, RecordLocation> _absent = [];
    private readonly Dictionary<ulong, SegmentUse> _uses = [];
    private readonly SortedDictionary<ulong, MetadataTally> _tallies = [];

    /// <param name="segments">The journal.</param>
    /// <param name="find">What readers find of a key.</param>
    /// <param name="lastLsn">The last commit that readers see.</param>
    /// <param name="damaged">Told of each difference, as a sentence.</param>
    /// <param name="maxAbsent">Keys that one pass remembers.</param>
    public IndexComparison(
        JournalSegments segments,
        Func<ReadOnlyMemory<byte>, IndexEntry?> find,
        Func<ulong> lastLsn,
        Action<string> damaged,
        int maxAbsent = MaxAbsent)
    {
        _segments = segments;
        _find = find;
        _lastLsn = lastLsn;
        _damaged = damaged;
        _maxAbsent = maxAbsent;
    }

    /// <summary>Compares every entry of the journal with what is found of its key.</summary>
    /// <param name="totals">Gives the sums, or null while the index does not have everything.</param>
    /// <param name="cancellation">Ends it between two records.</param>
    public void CompareEntries(Func<Totals?> totals, CancellationToken cancellation)
    {
        var began = _lastLsn();
        var lowest = 0ul;
        while (true)
        {
            var highest = Pass(lowest, isFirst: lowest == 0, cancellation);
            foreach (var location in _absent.Values)
            {
                _damaged($"The entry {Describe(location)} is what its key holds, and the index does not have the key.");
            }

            if (highest == ulong.MaxValue)
            {
                break;
            }

            lowest = highest + 1;
        }

        if (totals() is { } sums && _lastLsn() == began)
        {
            CompareSums(sums);
        }
    }

    /// <summary>Reads what each row of the index points to.</summary>
    /// <param name="scan">Gives so many rows of a range.</param>
    /// <param name="cancellation">Ends it between two pages.</param>
    /// <returns>How many rows there are.</returns>
    public long CompareRows(Func<MetadataRange, int, IReadOnlyList<IndexRow>> scan, CancellationToken cancellation)
    {
        var range = default(MetadataRange);
        for (var rows = 0L; ;)
        {
            cancellation.ThrowIfCancellationRequested();
            var page = scan(range, PageRows);
            rows += page.Count;
            foreach (var (key, entry) in page)
            {
                if (_find(key) is { } found && found.Location == entry.Location && !Holds(key, entry))
                {
                    _damaged($"The index points to what lies {Describe(entry.Location)}, and that is not the record of the key.");
                }
            }

            if (page.Count < PageRows)
            {
                return rows;
            }

            range = range with { Start = (byte[])[.. page[^1].Key, 0] };
        }
    }

    private bool Holds(byte[] key, in IndexEntry entry)
    {
        try
        {
            return _segments.Read(key, entry.Location, withContent: false) is { } stored
                && stored.Summary.Span.SequenceEqual(entry.Summary.Span);
        }
        catch (Exception wrong) when (wrong is IOException or ArgumentException or OverflowException)
        {
            return false;
        }
    }

    /// <summary>
    /// Reads the journal once and remembers keys whose hashes are in a range, as much of it as memory allows; the first
    /// time, everything is compared that needs no memory.
    /// </summary>
    /// <returns>The range's end.</returns>
    private ulong Pass(ulong lowest, bool isFirst, CancellationToken cancellation)
    {
        _absent.Clear();
        var highest = ulong.MaxValue;
        var visible = _lastLsn();
        ulong? settled = null;
        foreach (var (segment, record) in Records(cancellation))
        {
            if (record.Lsn > visible)
            {
                settled ??= _lastLsn();
                if (record.Lsn > settled)
                {
                    break;
                }
            }

            if (isFirst && settled is null)
            {
                Count(segment, record);
            }

            foreach (var entry in record.Entries())
            {
                var location = entry.Location with
                {
                    Segment = segment.FirstLsn,
                    Offset = record.Offset + entry.Location.Offset,
                };
                var found = settled is null ? _find(entry.Key) : null;
                if (isFirst && settled is null)
                {
                    Compare(found, entry, location);
                }

                var key = XxHash128.HashToUInt128(entry.Key.Span);
                var hash = (ulong)(key >> 64);
                if (hash < lowest || hash > highest)
                {
                    continue;
                }

                if (entry.IsRemoval || found is not null)
                {
                    _absent.Remove(key);
                }
                else if (settled is null)
                {
                    _absent[key] = location;
                    highest = Narrow(lowest, highest);
                }
            }
        }

        return highest;
    }

    /// <summary>
    /// All records in their order, those that are written meanwhile too. Each is good until the next one is asked for.
    /// </summary>
    private IEnumerable<(JournalSegment Segment, JournalRecord Record)> Records(CancellationToken cancellation)
    {
        for (ulong from = 0; Next(from) is { } segment; from = segment.FirstLsn + 1)
        {
            var at = (long)JournalFormat.SegmentHeaderBytes;
            long end;
            do
            {
                // A reader reads ahead, so what is written later takes another one.
                end = segment.Length;
                var reader = new SegmentReader(segment.File, segment.Nonce, at);
                while (at < end && reader.TryRead(out var record))
                {
                    cancellation.ThrowIfCancellationRequested();
                    yield return (segment, record);
                    at = reader.Offset;
                }
            }
            while (at == end && segment.Length > end);
        }
    }

    private JournalSegment? Next(ulong from) => _segments.InOrder.FirstOrDefault(segment => segment.FirstLsn >= from);

    private void Count(JournalSegment segment, in JournalRecord record)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_uses, segment.FirstLsn, out _) +=
            new SegmentUse(record.Bytes.Length, 0, 0);

        // A segment that is still there was counted itself.
        if (record.Type != RecordType.Compacted || !_segments.TryGet(record.CompactedSegment, out _))
        {
            foreach (var tally in record.Tallies())
            {
                TotalsChange.Add(_tallies, tally);
            }
        }
    }

    private void Compare(in IndexEntry? found, in StoredEntry entry, in RecordLocation location)
    {
        if (entry.IsRemoval)
        {
            Use(location, new SegmentUse(0, 0, location.TotalBytes));
            if (found is { } standing && IsBefore(standing.Location, location))
            {
                _damaged($"The entry {Describe(location)} removes its key, and the index still has the key.");
            }

            return;
        }

        if (found is not { } current)
        {
            return;
        }

        if (current.Location == location)
        {
            Use(location, new SegmentUse(0, location.TotalBytes, 0));
            if (current.Revision != entry.Revision || !current.Summary.Span.SequenceEqual(entry.Summary.Span))
            {
                _damaged($"The entry {Describe(location)} has another summary or revision than the index.");
            }
        }
        else if (!IsBefore(location, current.Location))
        {
            _damaged($"The entry {Describe(location)} is what its key holds, and the index has an older one.");
        }
    }

    private void Use(in RecordLocation location, SegmentUse use) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_uses, location.Segment, out _) += use;

    /// <summary>Halves a range until what is left of it fits.</summary>
    private ulong Narrow(ulong lowest, ulong highest)
    {
        while (_absent.Count > _maxAbsent && highest > lowest)
        {
            highest = lowest + ((highest - lowest) / 2);
            foreach (var key in _absent.Keys.Where(key => (ulong)(key >> 64) > highest).ToList())
            {
                _absent.Remove(key);
            }
        }

        return highest;
    }

    private void CompareSums(Totals sums)
    {
        foreach (var segment in _uses.Keys.Union(sums.Segments.Keys).Order())
        {
            var (counted, kept) = (_uses.GetValueOrDefault(segment), sums.Segments.GetValueOrDefault(segment));
            if (counted != kept)
            {
                _damaged($"The index counts {kept} in {JournalFormat.SegmentName(segment)}, the journal {counted}.");
            }
        }

        var tallies = sums.Tallies.ToDictionary(tally => tally.Group);
        foreach (var group in _tallies.Keys.Union(tallies.Keys).Order())
        {
            var (counted, kept) = (_tallies.GetValueOrDefault(group), tallies.GetValueOrDefault(group));
            if (counted.Objects != kept.Objects || counted.Bytes != kept.Bytes)
            {
                _damaged($"The index counts {kept}, the journal {counted}.");
            }
        }
    }

    private static bool IsBefore(in RecordLocation one, in RecordLocation other) =>
        one.Segment < other.Segment || (one.Segment == other.Segment && one.Offset < other.Offset);

    private static string Describe(in RecordLocation location) =>
        $"at offset {location.Offset} of {JournalFormat.SegmentName(location.Segment)}";
}
