using System.Diagnostics.CodeAnalysis;
using ObjectServer.Storage.Metadata;

namespace ObjectServer.Storage.Index;

/// <summary>
/// Committed entries that the index has not taken yet, in generations: one that grows, and frozen ones that the index
/// takes from the oldest on.
/// </summary>
/// <remarks>
/// What readers see is one immutable <see cref="PendingView"/>, exchanged whole: a batch appears in it at once or not
/// at all, and a generation leaves it only after the index holds everything it held. The journal writer edits,
/// publishes and freezes; the index flusher evicts; both exchange the view under a lock that readers never take.
/// </remarks>
internal sealed class PendingTable
{
    private readonly Lock _gate = new();
    private readonly Totals _totals;
    private TotalsChange _activeChange = new();
    private volatile PendingView _view;
    private ulong _applyingLsn;

    /// <summary>Begins empty, on top of an index.</summary>
    public PendingTable(IndexState applied)
    {
        _totals = applied.Totals.Clone();
        var active = new PendingGeneration(SortedTable.Empty, applied.Applied, 0, _activeChange);
        _view = new PendingView([active], applied.Applied.Lsn);
    }

    /// <summary>What is committed and not yet in the index. Take it before looking into the index.</summary>
    public PendingView View => _view;

    /// <summary>
    /// The index may hold, or be about to hold, commits up to here. A view that does not reach this far must not be
    /// merged with an index read after it: the index may be newer.
    /// </summary>
    public ulong ApplyingLsn => Volatile.Read(ref _applyingLsn);

    /// <summary>Begins a group of commits.</summary>
    public PendingEdit Edit() => new(_view);

    /// <summary>Shows a group of commits to everyone.</summary>
    /// <param name="edit">The group; made from this table, the last one that was made.</param>
    /// <param name="reached">The position after its last record.</param>
    public void Publish(PendingEdit edit, JournalPosition reached)
    {
        lock (_gate)
        {
            _activeChange.Merge(edit.Change);
            _totals.Apply(edit.Change);
            var generation = new PendingGeneration(
                edit.Entries.ToTable(), reached, _view.Active.Bytes + edit.AddedBytes, _activeChange);
            _view = new PendingView([generation, .. _view.Generations.AsSpan(1)], _view.AppliedLsn);
        }
    }

    /// <summary>Begins a new generation if the active one holds anything; only then is the old one flushed.</summary>
    public bool Freeze()
    {
        lock (_gate)
        {
            var active = _view.Active;
            if (active.Reached.Lsn == _view.PreviousLsn)
            {
                return false;
            }

            _activeChange = new TotalsChange();
            var next = new PendingGeneration(SortedTable.Empty, active.Reached, 0, _activeChange);
            _view = new PendingView([next, .. _view.Generations], _view.AppliedLsn);
            return true;
        }
    }

    /// <summary>
    /// Moves the oldest frozen generation into the index; false if there is none. One thread at a time.
    /// </summary>
    /// <exception cref="IndexDamagedException">The index took nothing; the generation stays.</exception>
    public bool MoveOldestInto(IIndex index)
    {
        var view = _view;
        if (view.Generations.Length == 1)
        {
            return false;
        }

        var generation = view.Generations[^1];
        Volatile.Write(ref _applyingLsn, generation.Reached.Lsn);
        var changes = new List<IndexChange>(generation.Table.Count);
        foreach (var entry in generation.Table.From(default))
        {
            changes.Add(new IndexChange(
                entry.Key,
                entry.IsRemoval ? null : new IndexEntry(entry.Location, entry.Revision, entry.Summary)));
        }

        var buried = new TotalsChange();
        var applied = index.State.Applied;

        // What lies further on was left by an apply that a crash cut short; this generation counts it, not the index.
        index.Apply(changes, Bury, () =>
        {
            var totals = index.State.Totals.Clone();
            totals.Apply(generation.Change);
            totals.Apply(buried);
            return new IndexState(generation.Reached, totals);
        });

        lock (_gate)
        {
            _totals.Apply(buried);
            _view = new PendingView(_view.Generations[..^1], generation.Reached.Lsn);
        }

        return true;

        void Bury(IndexEntry replaced)
        {
            if (applied.Covers(replaced.Location))
            {
                buried.Bury(replaced.Location);
            }
        }
    }

    /// <summary>The totals as of the view; a copy.</summary>
    public Totals CopyTotals()
    {
        lock (_gate)
        {
            return _totals.Clone();
        }
    }
}

/// <summary>A stretch of commits, each key with its last change.</summary>
/// <param name="Table">The changes.</param>
/// <param name="Reached">The position after the last commit.</param>
/// <param name="Bytes">About what the entries take in memory.</param>
/// <param name="Change">What the stretch changes in the totals. Grows until the generation is frozen.</param>
internal sealed record PendingGeneration(
    SortedTable Table, JournalPosition Reached, long Bytes, TotalsChange Change);

/// <summary>What is pending at one instant.</summary>
/// <param name="generations">Newest first; the first is the one that grows.</param>
/// <param name="appliedLsn">Up to here the index has everything and nothing is pending.</param>
internal sealed class PendingView(PendingGeneration[] generations, ulong appliedLsn)
{
    public PendingGeneration[] Generations { get; } = generations;

    public ulong AppliedLsn { get; } = appliedLsn;

    public PendingGeneration Active => Generations[0];

    /// <summary>The last commit that this view shows.</summary>
    public ulong Lsn => Active.Reached.Lsn;

    /// <summary>The last commit before the active generation.</summary>
    public ulong PreviousLsn => Generations.Length > 1 ? Generations[1].Reached.Lsn : AppliedLsn;

    public long Bytes => Generations.Sum(generation => generation.Bytes);

    public int Count => Generations.Sum(generation => generation.Table.Count);

    public bool TryGet(ReadOnlySpan<byte> key, [NotNullWhen(true)] out PendingEntry? entry)
    {
        foreach (var generation in Generations)
        {
            if (generation.Table.TryGet(key, out entry))
            {
                return true;
            }
        }

        entry = null;
        return false;
    }

    /// <summary>This view, with the active generation's table exchanged for one that no reader sees yet.</summary>
    public PendingView With(SortedTable active) =>
        new([Active with { Table = active }, .. Generations.AsSpan(1)], AppliedLsn);

    /// <summary>
    /// The first rows of a range, as pending and index together have them: of a key in several places the newest
    /// change counts, and removed keys are left out.
    /// </summary>
    public List<IndexRow> Scan(IIndex index, MetadataRange range, int limit)
    {
        var rows = new List<IndexRow>(Math.Min(limit, 1024));
        using var pending = Merge(range).GetEnumerator();
        var hasPending = pending.MoveNext();
        var start = range.Start;
        while (rows.Count < limit)
        {
            var wanted = limit - rows.Count;
            var page = index.Scan(range with { Start = start }, wanted);
            foreach (var row in page)
            {
                var order = -1;
                while (hasPending && (order = pending.Current.Key.AsSpan().SequenceCompareTo(row.Key)) < 0)
                {
                    Add(rows, pending.Current);
                    hasPending = pending.MoveNext();
                }

                if (hasPending && order == 0)
                {
                    Add(rows, pending.Current);
                    hasPending = pending.MoveNext();
                }
                else
                {
                    rows.Add(row);
                }
            }

            if (page.Count < wanted)
            {
                for (; hasPending && rows.Count < limit; hasPending = pending.MoveNext())
                {
                    Add(rows, pending.Current);
                }

                break;
            }

            start = (byte[])[.. page[^1].Key, 0];
        }

        if (rows.Count > limit)
        {
            rows.RemoveRange(limit, rows.Count - limit);
        }

        return rows;
    }

    private static void Add(List<IndexRow> rows, PendingEntry entry)
    {
        if (!entry.IsRemoval)
        {
            rows.Add(new IndexRow(entry.Key, new IndexEntry(entry.Location, entry.Revision, entry.Summary)));
        }
    }

    /// <summary>All generations' changes of a range in byte order, of each key the newest.</summary>
    private IEnumerable<PendingEntry> Merge(MetadataRange range)
    {
        var merged = Generations[^1].Table.From(range.Start);
        for (var older = Generations.Length - 2; older >= 0; older--)
        {
            if (Generations[older].Table.Count > 0)
            {
                merged = Merge(Generations[older].Table.From(range.Start), merged);
            }
        }

        return range.End.IsEmpty
            ? merged
            : merged.TakeWhile(entry => entry.Key.AsSpan().SequenceCompareTo(range.End.Span) < 0);
    }

    private static IEnumerable<PendingEntry> Merge(IEnumerable<PendingEntry> newer, IEnumerable<PendingEntry> older)
    {
        using var left = newer.GetEnumerator();
        using var right = older.GetEnumerator();
        var (hasLeft, hasRight) = (left.MoveNext(), right.MoveNext());
        while (hasLeft || hasRight)
        {
            var order = !hasLeft ? 1
                : !hasRight ? -1
                : left.Current.Key.AsSpan().SequenceCompareTo(right.Current.Key);
            yield return order <= 0 ? left.Current : right.Current;
            hasLeft = order <= 0 ? left.MoveNext() : hasLeft;
            hasRight = order >= 0 ? right.MoveNext() : hasRight;
        }
    }
}

/// <summary>A group of commits that nobody sees yet. One thread.</summary>
internal sealed class PendingEdit
{
    /// <summary>
    /// About what an entry takes besides its key and summary: the objects, and its share of the tree.
    /// </summary>
    private const int EntryOverheadBytes = 160;

    private readonly PendingView _view;

    public PendingEdit(PendingView view)
    {
        _view = view;
        Entries = view.Active.Table.Edit();
    }

    public SortedTable.Editor Entries { get; }

    /// <summary>What the group changes in the totals.</summary>
    public TotalsChange Change { get; } = new();

    /// <summary>About what the group adds to memory.</summary>
    public long AddedBytes { get; private set; }

    /// <summary>Looks a key up in all generations, the group included.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, [NotNullWhen(true)] out PendingEntry? entry)
    {
        if (Entries.TryGet(key, out entry))
        {
            return true;
        }

        foreach (var generation in _view.Generations.AsSpan(1))
        {
            if (generation.Table.TryGet(key, out entry))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The group so far, as a view to scan.</summary>
    public PendingView ToView() => _view.With(Entries.ToTable());

    /// <summary>Puts a change, which replaces an earlier one.</summary>
    public void Put(PendingEntry entry)
    {
        var replaced = Entries.Put(entry);
        if (replaced is null)
        {
            AddedBytes += EntryOverheadBytes + entry.Key.Length + entry.Summary.Length;
        }
        else
        {
            AddedBytes += entry.Summary.Length - replaced.Summary.Length;
            if (!replaced.IsRemoval)
            {
                Change.Bury(replaced.Location);
            }
        }
    }
}
