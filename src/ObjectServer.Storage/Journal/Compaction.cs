using ObjectServer.Storage.Index;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Journal;

/// <summary>
/// Rewrites closed segments that are mostly dead: what is alive in them goes to the journal's head, then the segment
/// goes.
/// </summary>
/// <remarks>
/// Hard rules, in the order in which they are kept:
/// 1. A segment is compacted only when the index holds all of it, so that no later start has to replay it. An index
/// that a power loss made doubtful is made anew from all segments, and needs none in particular.
/// 2. Every record is verified. A damaged one ends the attempt; its segment is never removed.
/// 3. A put is moved if its key still holds exactly it, under the condition that this stays so until the move commits;
/// it keeps its revision, so readings that callers hold still stand.
/// 4. A removal is moved if its key is still absent and an older segment remains, which may hold what it removed.
/// 5. Then one record says that the segment is gone, with the sums of its tallies and every number that is missing in
/// the journal because of it. Only after its sync is the file removed, and only after that does another compaction
/// begin.
/// </remarks>
internal sealed class Compaction(
    JournalSegments segments,
    PendingTable pending,
    JournalOptions options,
    Func<ReadOnlyMemory<byte>, MetadataReading> locate,
    Func<ReadOnlyMemory<byte>, RecordLocation?> whereIs,
    Func<EncodedRecord, MetadataBatch, CancellationToken, Task<CommitOutcome>> commit,
    Action<StoreReport> report)
{
    private const int MaxMovedBytes = 1 << 20;
    private const int MaxMovedEntries = 256;

    private readonly HashSet<ulong> _failed = [];

    /// <summary>Compacts every segment that deserves it; one caller at a time.</summary>
    /// <returns>How many were removed.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var removed = 0;
        while (Choose() is { } segment)
        {
            try
            {
                await CompactAsync(segment, cancellation).ConfigureAwait(false);
                removed++;
            }
            catch (Exception failure)
                when (failure is CorruptDataException or IndexDamagedException)
            {
                _failed.Add(segment.FirstLsn);
                report(new CompactionFailed(segment.Name, failure));
            }
        }

        return removed;
    }

    /// <summary>The segment with the greatest dead part, if that is great enough.</summary>
    private JournalSegment? Choose()
    {
        var inOrder = segments.InOrder;
        var applied = pending.View.AppliedLsn;
        var uses = pending.CopyTotals().Segments;
        JournalSegment? chosen = null;
        var highest = options.CompactAboveDeadRatio;
        for (var at = 0; at < inOrder.Count - 1; at++)
        {
            var segment = inOrder[at];
            if (inOrder[at + 1].FirstLsn > applied + 1
                || _failed.Contains(segment.FirstLsn)
                || !uses.TryGetValue(segment.FirstLsn, out var use))
            {
                continue;
            }

            var ratio = Dead(use, isOldest: at == 0) / (double)use.TotalBytes;
            if (ratio > highest)
            {
                (chosen, highest) = (segment, ratio);
            }
        }

        return chosen;
    }

    /// <summary>
    /// The bytes of a segment that nothing needs; in the oldest one removals have nothing left to remove.
    /// </summary>
    public static long Dead(SegmentUse use, bool isOldest) =>
        Math.Max(0, use.TotalBytes - use.LiveBytes - (isOldest ? 0 : use.RemovalBytes));

    private async Task CompactAsync(JournalSegment segment, CancellationToken cancellation)
    {
        var tallies = new Dictionary<ulong, MetadataTally>();
        var ranges = new List<LsnRange>();
        var moved = new List<EntryToWrite>();
        var movedBytes = 0L;
        var waitingBytes = 0L;
        var next = segment.FirstLsn;
        var reader = new SegmentReader(segment.File, segment.Nonce, JournalFormat.SegmentHeaderBytes);
        while (reader.Offset < segment.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!reader.TryRead(out var record))
            {
                throw new CorruptDataException(
                    $"The record at offset {reader.Offset} of journal segment '{segment.Name}' fails its checksum.");
            }

            next = record.Lsn + 1;
            foreach (var tally in record.Tallies())
            {
                TotalsChange.Add(tallies, tally);
            }

            if (record.Type == RecordType.Compacted)
            {
                ranges.AddRange(record.CompactedRanges());
            }

            foreach (var entry in record.Entries())
            {
                if (!IsNeeded(segment, record, entry))
                {
                    continue;
                }

                moved.Add(new EntryToWrite(Copy(entry), entry.Revision));
                movedBytes += entry.Location.TotalBytes;
                waitingBytes += entry.Location.TotalBytes;
                if (waitingBytes >= MaxMovedBytes || moved.Count == MaxMovedEntries)
                {
                    await MoveAsync(moved, cancellation).ConfigureAwait(false);
                    moved.Clear();
                    waitingBytes = 0;
                }
            }
        }

        await MoveAsync(moved, cancellation).ConfigureAwait(false);
        ranges.Add(new LsnRange(segment.FirstLsn, next - 1));
        var end = RecordEncoder.EncodeCompacted(segment.FirstLsn, Join(ranges), [.. tallies.Values]);
        await commit(end, new MetadataBatch(), cancellation).ConfigureAwait(false);
        segments.Delete(segment);
        report(new SegmentCompacted(segment.Name, segment.Length, movedBytes));
    }

    private bool IsNeeded(JournalSegment segment, in JournalRecord record, in StoredEntry entry)
    {
        var location = whereIs(entry.Key);
        return entry.IsRemoval
            ? location is null && HasOlder(segment, entry.Revision)
            : location is { } found
                && found.Segment == segment.FirstLsn && found.Offset == record.Offset + entry.Location.Offset;
    }

    /// <summary>Whether another segment may hold a put that a removal undid.</summary>
    private bool HasOlder(JournalSegment segment, ulong revision) =>
        segments.InOrder.Any(other => other != segment && other.FirstLsn < revision);

    /// <summary>Moves entries; those that were overtaken meanwhile stay behind.</summary>
    private async Task MoveAsync(List<EntryToWrite> entries, CancellationToken cancellation)
    {
        while (entries.Count > 0)
        {
            var conditions = new MetadataBatch();
            var standing = new List<EntryToWrite>(entries.Count);
            foreach (var entry in entries)
            {
                var reading = locate(entry.Change.Key);
                if (reading.Revision == (entry.Change.IsRemoval ? 0 : entry.Revision))
                {
                    conditions.Require(reading);
                    standing.Add(entry);
                }
            }

            if (standing.Count == 0)
            {
                return;
            }

            var record = RecordEncoder.EncodeMoved(standing);
            if (await commit(record, conditions, cancellation).ConfigureAwait(false) == CommitOutcome.Committed)
            {
                return;
            }
        }
    }

    /// <summary>The reader's memory is used again for the next record.</summary>
    private static MetadataChange Copy(in StoredEntry entry) => new(
        entry.Key.ToArray(),
        entry.IsRemoval,
        entry.Summary.ToArray(),
        entry.Record.ToArray(),
        entry.Content.ToArray());

    /// <summary>Joins ranges that touch.</summary>
    private static List<LsnRange> Join(List<LsnRange> ranges)
    {
        var joined = new List<LsnRange>();
        foreach (var range in ranges.OrderBy(range => range.First))
        {
            if (joined.Count > 0 && range.First <= joined[^1].Last + 1)
            {
                joined[^1] = new LsnRange(joined[^1].First, Math.Max(joined[^1].Last, range.Last));
            }
            else
            {
                joined.Add(range);
            }
        }

        return joined;
    }
}
