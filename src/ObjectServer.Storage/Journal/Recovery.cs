using ObjectServer.Storage.Index;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Journal;

/// <summary>
/// Brings a journal back to what was acknowledged: reads every record behind the index into the pending table, cuts
/// what a crash left of its last write, and removes segments whose compaction was recorded but not finished.
/// </summary>
/// <remarks>
/// Hard rules. A bad record is cut only if it is in the last segment and no later write follows it: it was then never
/// acknowledged (see <see cref="JournalFormat"/>). Anything else that is bad or missing refuses the open; nothing is
/// changed on the disk before that is decided. An index that reaches further than the journal means that synced records
/// are gone, and refuses too.
/// A crash between the record of a compaction and the removal of the segment leaves the segment behind. Replaying it
/// is harmless: what was alive in it comes again later, what it removed or replaced is decided by later records, and at
/// most one segment can be left so, because its removal is durable before the next compaction begins.
/// What was read is in the pending table, and so is seen by every read, before the store opens. The index takes it then
/// as it takes commits, in the background; the recovery itself moves only what is too much for memory.
/// </remarks>
internal sealed class Recovery
{
    private const int RecordsPerEdit = 256;
    private const long ReportEveryBytes = 64L << 20;

    private readonly JournalSegments _segments;
    private readonly PendingTable _pending;
    private readonly IIndex _index;
    private readonly JournalOptions _options;
    private readonly Action<StoreReport> _report;
    private readonly JournalPosition _applied;
    private readonly List<LsnRange> _compacted = [];
    private readonly long _bytesToRead;
    private readonly Dictionary<ulong, ulong> _nextLsn = [];
    private PendingEdit _edit;
    private int _recordsInEdit;
    private JournalPosition _reached;
    private long _records;
    private long _bytesRead;
    private long _bytesReported;

    private Recovery(
        JournalSegments segments,
        PendingTable pending,
        IIndex index,
        JournalOptions options,
        Action<StoreReport> report)
    {
        _segments = segments;
        _pending = pending;
        _index = index;
        _options = options;
        _report = report;
        _edit = pending.Edit();
        _applied = index.State.Applied;
        _reached = _applied;
        _bytesToRead = SegmentsToRead().Sum(segment => segment.Length - StartIn(segment));
    }

    /// <summary>Recovers a journal whose segments are open. There is at least one segment afterwards.</summary>
    /// <returns>How many records were read.</returns>
    /// <exception cref="StoreOpenException">Acknowledged records are damaged or missing.</exception>
    public static long Run(
        JournalSegments segments,
        PendingTable pending,
        IIndex index,
        JournalOptions options,
        Action<StoreReport> report)
    {
        var recovery = new Recovery(segments, pending, index, options, report);
        recovery.Run();
        return recovery._records;
    }

    /// <summary>The bytes that a recovery on top of an index has to read.</summary>
    public static long Measure(JournalSegments segments) => segments.InOrder.Sum(segment => segment.Length);

    private void Run()
    {
        RequireJournalBehindIndex();
        var toRead = SegmentsToRead();
        foreach (var segment in toRead)
        {
            try
            {
                Read(segment, isLast: segment == toRead[^1]);
            }
            catch (IOException failure) when (failure is not (StoreOpenException or IndexDamagedException))
            {
                throw new StoreOpenException(
                    $"The journal segment '{segment.Name}' cannot be read back: {failure.Message}", failure);
            }
        }

        Publish();
        RequireNothingMissing(toRead);
        RemoveCompacted();
        if (_segments.Count == 0)
        {
            _segments.Create(_reached.Lsn + 1);
        }
    }

    /// <summary>The segments that may hold records behind the index.</summary>
    private IReadOnlyList<JournalSegment> SegmentsToRead()
    {
        var all = _segments.InOrder;
        return [.. all.Where((segment, at) =>
            segment.FirstLsn >= _applied.Segment
            && (at == all.Count - 1 || all[at + 1].FirstLsn > _applied.Lsn))];
    }

    private long StartIn(JournalSegment segment) =>
        segment.FirstLsn == _applied.Segment ? _applied.Offset : JournalFormat.SegmentHeaderBytes;

    private void RequireJournalBehindIndex()
    {
        if (_applied.Lsn == 0)
        {
            return;
        }

        var holdsPosition = _segments.TryGet(_applied.Segment, out var segment)
            ? segment.Length >= _applied.Offset
            : _segments.InOrder.Any(later => later.FirstLsn > _applied.Lsn);
        if (!holdsPosition)
        {
            throw new StoreOpenException(
                $"The index holds commits up to {_applied.Lsn}, but the journal ends before it: journal files are "
                + "missing or were replaced by older ones. Restore them; or, to go on with what is left, delete the "
                + "index.");
        }
    }

    private void Read(JournalSegment segment, bool isLast)
    {
        var start = StartIn(segment);
        var expected = segment.FirstLsn == _applied.Segment ? _applied.Lsn + 1 : segment.FirstLsn;
        if (segment.FirstLsn > _reached.Lsn + 1)
        {
            // Whether the gap is that of a compacted segment is known once all records are read.
            _reached = _reached with { Lsn = segment.FirstLsn - 1 };
        }

        var reader = new SegmentReader(segment.File, segment.Nonce, start);
        while (reader.TryRead(out var record))
        {
            if (record.Lsn != expected)
            {
                throw Damaged(segment, record.Offset, $"its number is {record.Lsn} instead of {expected}");
            }

            Take(record, segment);
            expected++;
        }

        if (!reader.IsZeroToEnd())
        {
            Cut(segment, reader, expected, isLast);
        }

        segment.Length = reader.Offset;
        _nextLsn[segment.FirstLsn] = expected;
        if (isLast)
        {
            // What a killed process wrote and did not sync is about to be served.
            segment.File.Sync();
        }
    }

    private void Cut(JournalSegment segment, SegmentReader reader, ulong expected, bool isLast)
    {
        var offset = reader.Offset;
        if (!isLast)
        {
            throw Damaged(segment, offset, "it fails its checksum, and later segments follow");
        }

        if (reader.TryFindLaterWrite(expected, out var later))
        {
            throw Damaged(segment, offset, $"it fails its checksum, and commit {later.Lsn} follows it");
        }

        var removed = segment.File.Length - offset;
        segment.File.Truncate(offset);
        segment.File.Sync();
        _report(new TornTailCut(segment.Name, offset, removed));
    }

    private StoreOpenException Damaged(JournalSegment segment, long offset, string what)
    {
        _report(new DamagedRecord(segment.Name, offset, $"The record is damaged: {what}."));
        return new StoreOpenException(
            $"The journal is damaged: of the record at offset {offset} of segment '{segment.Name}', {what}. "
            + "Opening the store would lose acknowledged writes. Restore the segment from a backup.");
    }

    private void Take(in JournalRecord record, JournalSegment segment)
    {
        var wasCounted = false;
        if (record.Type == RecordType.Compacted)
        {
            Publish();
            wasCounted = _pending.CopyTotals().Segments.ContainsKey(record.CompactedSegment);
            _compacted.AddRange(record.CompactedRanges());
        }

        RecordEffects.Replay(_edit, record, segment.FirstLsn, wasCounted);
        _reached = new JournalPosition(record.Lsn, segment.FirstLsn, record.Offset + record.Bytes.Length);
        _records++;
        _recordsInEdit++;
        _bytesRead += record.Bytes.Length;
        if (_recordsInEdit >= Math.Min(RecordsPerEdit, _options.IndexBatchEntries))
        {
            Publish();
        }

        if (_bytesRead - _bytesReported >= ReportEveryBytes)
        {
            _bytesReported = _bytesRead;
            _report(new IndexRebuildProgressed(_bytesRead, _bytesToRead));
        }
    }

    /// <summary>
    /// Moves what was read to the pending table, and from there to the index once half of what may be pending is: the
    /// other half is for the commits that come.
    /// </summary>
    private void Publish()
    {
        _pending.Publish(_edit, _reached);
        var active = _pending.View.Active;
        if (active.Table.Count >= _options.IndexBatchEntries || active.Bytes >= _options.MaxPendingBytes / 4)
        {
            _pending.Freeze();
            while (_pending.View is var view
                && (view.Count > _options.MaxPendingEntries / 2 || view.Bytes > _options.MaxPendingBytes / 2)
                && _pending.MoveOldestInto(_index))
            {
            }
        }

        _edit = _pending.Edit();
        _recordsInEdit = 0;
    }

    private void RequireNothingMissing(IReadOnlyList<JournalSegment> read)
    {
        var next = _applied.Lsn + 1;
        foreach (var segment in read)
        {
            while (next < segment.FirstLsn)
            {
                var covering = _compacted.FirstOrDefault(range => range.First <= next && next <= range.Last);
                if (covering == default)
                {
                    throw Missing($"none holds commit {next}");
                }

                next = covering.Last + 1;
            }

            next = _nextLsn[segment.FirstLsn];
        }

        foreach (var known in _pending.CopyTotals().Segments.Keys)
        {
            if (!_segments.TryGet(known, out _))
            {
                throw Missing($"'{JournalFormat.SegmentName(known)}' is not there");
            }
        }
    }

    private static StoreOpenException Missing(string what) => new(
        $"Journal segments are missing: {what}. Opening the store would lose acknowledged writes. Restore them from a "
        + "backup.");

    /// <summary>
    /// Removes segments that no sum counts any more, because their compaction was recorded. The index is believed only
    /// as far as it agrees with itself: a segment in which it still finds an entry is not removed.
    /// </summary>
    private void RemoveCompacted()
    {
        var counted = _pending.CopyTotals().Segments;
        foreach (var segment in _segments.InOrder)
        {
            if (counted.ContainsKey(segment.FirstLsn) || segment.FirstLsn > _reached.Lsn)
            {
                continue;
            }

            if (HoldsLiveEntry(segment))
            {
                throw new IndexDamagedException(
                    $"The index counts nothing in journal segment '{segment.Name}' and yet points into it.");
            }

            _segments.Delete(segment);
        }
    }

    private bool HoldsLiveEntry(JournalSegment segment)
    {
        var view = _pending.View;
        var reader = new SegmentReader(segment.File, segment.Nonce, JournalFormat.SegmentHeaderBytes);
        while (reader.TryRead(out var record))
        {
            var offset = record.Offset;
            if (record.Entries().Any(entry =>
                !entry.IsRemoval
                && !view.TryGet(entry.Key.Span, out _)
                && _index.TryGet(entry.Key.Span, out var found)
                && found.Location.Segment == segment.FirstLsn
                && found.Location.Offset == offset + entry.Location.Offset))
            {
                return true;
            }
        }

        return false;
    }
}
