using ObjectServer.Storage.Index;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Journal;

/// <summary>How a journal behaves. Nothing of it is on disk: every open may choose differently.</summary>
public sealed record JournalOptions
{
    /// <summary>
    /// A segment is closed once it is this long. Long enough that files are few, short enough to compact.
    /// </summary>
    public long SegmentBytes { get; init; } = 256L << 20;

    /// <summary>The most bytes that one write takes from the queue, unless a single batch has more.</summary>
    public int MaxGroupBytes { get; init; } = 8 << 20;

    /// <summary>Memory for entries that the index has not taken yet; commits wait above it.</summary>
    public long MaxPendingBytes { get; init; } = 128L << 20;

    /// <summary>Entries that the index has not taken yet; commits wait above it.</summary>
    public int MaxPendingEntries { get; init; } = 500_000;

    /// <summary>How long a commit waits for the index to catch up before it is refused.</summary>
    public TimeSpan MaxCommitWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// What keeps the index; null for what made the one that is there, and LiteDB where there is none. An index that
    /// another engine made is set aside, and made anew from the journal.
    /// </summary>
    public IndexEngine? IndexEngine { get; init; }

    /// <summary>The index takes entries in transactions of about this many. LiteDB slows down far above it.</summary>
    public int IndexBatchEntries { get; init; } = 32_768;

    /// <summary>The index takes what there is at least this often.</summary>
    public TimeSpan IndexInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Memory for what was lately read: a quarter for index entries, the rest for records and content.</summary>
    public long CacheBytes { get; init; } = 64L << 20;

    /// <summary>
    /// Free disk space below which only deletes are taken; null for a hundredth of the disk, at most 1 GiB.
    /// </summary>
    public long? DiskReserveBytes { get; init; }

    /// <summary>A closed segment is rewritten once more than this part of it is dead; 1 or more for never.</summary>
    public double CompactAboveDeadRatio { get; init; } = 0.6;
}

/// <summary>A journal's figures at one instant.</summary>
/// <param name="Segments">Segment files.</param>
/// <param name="JournalBytes">Bytes of all records.</param>
/// <param name="DeadBytes">Bytes that nothing needs any more, as far as the index knows.</param>
/// <param name="LastLsn">The last commit.</param>
/// <param name="AppliedLsn">The last commit that the index holds.</param>
/// <param name="PendingEntries">Entries that the index has not taken yet.</param>
/// <param name="PendingBytes">About what they take in memory.</param>
/// <param name="IsReadOnly">Whether a write failed: nothing is written until the next start.</param>
public sealed record JournalStatistics(
    int Segments,
    long JournalBytes,
    long DeadBytes,
    ulong LastLsn,
    ulong AppliedLsn,
    int PendingEntries,
    long PendingBytes,
    bool IsReadOnly);

/// <summary>What a look at every record of the journal found.</summary>
/// <param name="Segments">Segments read.</param>
/// <param name="Records">Good records.</param>
/// <param name="Bytes">Bytes read.</param>
/// <param name="Damaged">The bad ones. What follows a bad record is looked for and read too.</param>
public sealed record JournalVerification(
    int Segments, long Records, long Bytes, IReadOnlyList<DamagedRecord> Damaged);

/// <summary>What a look at all of the index found.</summary>
/// <param name="Entries">Keys that it has; null if it was not compared with the journal, because one of them is damaged.</param>
/// <param name="Damaged">What is wrong with it; at most 1,000 differences, every one is reported.</param>
public sealed record IndexVerification(long? Entries, IReadOnlyList<DamagedIndex> Damaged);
