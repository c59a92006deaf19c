namespace ObjectServer.Storage.Model;

/// <summary>
/// Something that an operator may want to know and that no caller waits for. The store hands each to the delegate it
/// was opened with, from whatever thread it happened on.
/// </summary>
public abstract record StoreReport;

/// <summary>The index is being made anew from the journal; the store opens when it is done.</summary>
/// <param name="Reason">Why, as a sentence.</param>
/// <param name="JournalBytes">What has to be read.</param>
public sealed record IndexRebuildStarted(string Reason, long JournalBytes) : StoreReport;

/// <summary>How far a rebuild of the index, or a long replay, has come.</summary>
/// <param name="ReadBytes">Journal bytes read so far.</param>
/// <param name="JournalBytes">Journal bytes to read.</param>
public sealed record IndexRebuildProgressed(long ReadBytes, long JournalBytes) : StoreReport;

/// <summary>The index is complete again.</summary>
/// <param name="Records">Journal records that were read.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record IndexRebuilt(long Records, TimeSpan Elapsed) : StoreReport;

/// <summary>The journal's records behind the index were read at start.</summary>
/// <param name="Records">How many.</param>
/// <param name="LastLsn">The last commit of the journal.</param>
public sealed record JournalReplayed(long Records, ulong LastLsn) : StoreReport;

/// <summary>
/// The end of the last segment was a write that a crash cut short; nothing of it was ever acknowledged.
/// </summary>
/// <param name="Segment">The segment's file name.</param>
/// <param name="Offset">Where it was cut.</param>
/// <param name="RemovedBytes">How much went.</param>
public sealed record TornTailCut(string Segment, long Offset, long RemovedBytes) : StoreReport;

/// <summary>A segment that was mostly dead has been rewritten and removed.</summary>
/// <param name="Segment">The segment's file name.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="MovedBytes">What was still alive.</param>
public sealed record SegmentCompacted(string Segment, long Bytes, long MovedBytes) : StoreReport;

/// <summary>A segment could not be compacted; it stays as it is.</summary>
public sealed record CompactionFailed(string Segment, Exception Cause) : StoreReport;

/// <summary>A journal write or sync failed: the store takes no more writes until it is restarted.</summary>
public sealed record WriteFailed(Exception Cause) : StoreReport;

/// <summary>A record of the journal fails its checksum.</summary>
/// <param name="Segment">The segment's file name.</param>
/// <param name="Offset">Where the record begins.</param>
/// <param name="What">What is wrong, as a sentence.</param>
public sealed record DamagedRecord(string Segment, long Offset, string What) : StoreReport;

/// <summary>The index is not what was written, or does not say what the journal says. The next start makes it anew.</summary>
/// <param name="What">What is wrong and where, as a sentence.</param>
public sealed record DamagedIndex(string What) : StoreReport;

/// <summary>The index failed while in use; the next start makes it anew from the journal.</summary>
public sealed record IndexFailed(Exception Cause) : StoreReport;

/// <summary>Free space fell below the reserve (writes are refused), or is above it again.</summary>
public sealed record DiskReserveCrossed(bool IsLow, long FreeBytes, long ReserveBytes) : StoreReport;
