namespace ObjectServer.Storage.Index;

/// <summary>Where the journal keeps one entry.</summary>
/// <param name="Segment">The segment's first log sequence number, which is its name.</param>
/// <param name="Offset">Where the entry begins within the segment, in bytes.</param>
/// <param name="HeadBytes">Length of the entry up to and including the checksum of its key, summary and record.</param>
/// <param name="ContentBytes">Length of the content that follows, without its checksum; 0 for none.</param>
internal readonly record struct RecordLocation(ulong Segment, long Offset, int HeadBytes, int ContentBytes)
{
    /// <summary>Everything the entry occupies: what dies with it.</summary>
    public long TotalBytes => HeadBytes + (ContentBytes == 0 ? 0 : ContentBytes + sizeof(ulong));
}

/// <summary>How far into the journal something reaches.</summary>
/// <param name="Lsn">The last record that it holds; 0 for none.</param>
/// <param name="Segment">The segment of that record.</param>
/// <param name="Offset">The first byte after that record.</param>
internal readonly record struct JournalPosition(ulong Lsn, ulong Segment, long Offset)
{
    /// <summary>Whether an entry lies before this position.</summary>
    public bool Covers(in RecordLocation entry) =>
        entry.Segment < Segment || (entry.Segment == Segment && entry.Offset < Offset);
}
