using ObjectServer.Storage.Metadata;

namespace ObjectServer.Storage.Index;

/// <summary>
/// An ordered map from keys to where their records lie, and to what a listing shows. Derived from the journal: it
/// promises to hold everything up to <see cref="State"/>'s position, and may be lost.
/// </summary>
/// <remarks>Reads may come from any thread, also while one thread applies.</remarks>
internal interface IIndex : IDisposable
{
    /// <summary>How far the index reaches, as of the last apply that completed.</summary>
    IndexState State { get; }

    /// <summary>Looks one key up.</summary>
    /// <exception cref="IndexDamagedException">The index cannot be read.</exception>
    bool TryGet(ReadOnlySpan<byte> key, out IndexEntry entry);

    /// <summary>The first <paramref name="limit"/> rows of a range, in byte order; fewer only at its end.</summary>
    /// <exception cref="IndexDamagedException">The index cannot be read.</exception>
    IReadOnlyList<IndexRow> Scan(MetadataRange range, int limit);

    /// <summary>
    /// Makes changes, and once all of them are in place the state that they lead to. Interrupted, it may have made some
    /// of them, and the state says nothing of it: the same changes come again and replace themselves. One caller at a
    /// time.
    /// </summary>
    /// <param name="changes">One change per key, in byte order.</param>
    /// <param name="replaced">Told of every other entry that a change replaces or removes, before <paramref
    /// name="state"/>.</param>
    /// <param name="state">Asked for the state once every change is in place.</param>
    /// <exception cref="IndexDamagedException">The index cannot be written; its state is what it was.</exception>
    void Apply(IReadOnlyList<IndexChange> changes, Action<IndexEntry> replaced, Func<IndexState> state);

    /// <summary>Makes everything applied so far survive a power loss.</summary>
    void Settle();

    /// <summary>Reads all of it from the disk and verifies its checksums.</summary>
    /// <param name="damaged">Told of each damage, as a sentence that names its place.</param>
    /// <param name="cancellation">Ends it between two pages.</param>
    void Verify(Action<string> damaged, CancellationToken cancellation);
}

/// <summary>What the index keeps for a key.</summary>
/// <param name="Location">Where the record lies.</param>
/// <param name="Revision">The commit that wrote it.</param>
/// <param name="Summary">What scans return.</param>
internal readonly record struct IndexEntry(RecordLocation Location, ulong Revision, ReadOnlyMemory<byte> Summary);

/// <summary>One key and its entry.</summary>
internal readonly record struct IndexRow(byte[] Key, IndexEntry Entry);

/// <summary>What to do with a key: put an entry, or remove it if <paramref name="Entry"/> is null.</summary>
internal readonly record struct IndexChange(byte[] Key, IndexEntry? Entry);

/// <summary>What the index knows of the journal besides its entries.</summary>
/// <param name="Applied">Everything up to here is in the index.</param>
/// <param name="Totals">Tallies and the use of each segment, as of <paramref name="Applied"/>.</param>
internal sealed record IndexState(JournalPosition Applied, Totals Totals);

/// <summary>The index cannot be trusted: it has to be made anew from the journal.</summary>
internal sealed class IndexDamagedException(string message, Exception? cause = null) : IOException(message, cause);
