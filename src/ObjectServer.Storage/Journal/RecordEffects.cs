using ObjectServer.Storage.Index;

namespace ObjectServer.Storage.Journal;

/// <summary>What a record does to the pending table, the same when it is committed and when it is replayed.</summary>
internal static class RecordEffects
{
    /// <summary>Takes a record that is being committed.</summary>
    public static void Take(PendingEdit edit, EncodedRecord record, ulong lsn, ulong segment, long offset)
    {
        long live = 0;
        long removals = 0;
        foreach (var entry in record.Entries)
        {
            var revision = entry.Revision == 0 ? lsn : entry.Revision;
            Put(edit, entry.Key, entry.IsRemoval, revision, entry.Summary, entry.Location, segment, offset);
            live += entry.IsRemoval ? 0 : entry.Location.TotalBytes;
            removals += entry.IsRemoval ? entry.Location.TotalBytes : 0;
        }

        edit.Change.Add(segment, new SegmentUse(record.Length, live, removals));
        if (record.Type == RecordType.Compacted)
        {
            // The sums of the segment's tallies were counted with the segment and go on counting.
            edit.Change.Remove(record.CompactedSegment);
            return;
        }

        foreach (var tally in record.Tallies)
        {
            edit.Change.Add(tally);
        }
    }

    /// <summary>Takes a record that was read back.</summary>
    /// <param name="edit">The group that it joins.</param>
    /// <param name="record">The record.</param>
    /// <param name="segment">Where it was read.</param>
    /// <param name="countsCompacted">
    /// Of a compacted segment, whether its own records were counted before: then the sums that stand in for them are
    /// not.
    /// </param>
    public static void Replay(PendingEdit edit, in JournalRecord record, ulong segment, bool countsCompacted)
    {
        long live = 0;
        long removals = 0;
        foreach (var entry in record.Entries())
        {
            Put(
                edit,
                entry.Key.ToArray(),
                entry.IsRemoval,
                entry.Revision,
                entry.Summary.ToArray(),
                entry.Location,
                segment,
                record.Offset);
            live += entry.IsRemoval ? 0 : entry.Location.TotalBytes;
            removals += entry.IsRemoval ? entry.Location.TotalBytes : 0;
        }

        edit.Change.Add(segment, new SegmentUse(record.Bytes.Length, live, removals));
        if (record.Type == RecordType.Compacted)
        {
            edit.Change.Remove(record.CompactedSegment);
            if (countsCompacted)
            {
                return;
            }
        }

        foreach (var tally in record.Tallies())
        {
            edit.Change.Add(tally);
        }
    }

    private static void Put(
        PendingEdit edit,
        byte[] key,
        bool isRemoval,
        ulong revision,
        byte[] summary,
        in RecordLocation location,
        ulong segment,
        long offset) =>
        edit.Put(isRemoval
            ? new PendingEntry(key, 0, default, [])
            : new PendingEntry(
                key, revision, location with { Segment = segment, Offset = offset + location.Offset }, summary));
}
