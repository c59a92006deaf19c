using ObjectServer.Storage.Metadata;

namespace ObjectServer.Storage.Index;

/// <summary>An index in front of another one that tells when a look into it meets damage; whoever looked is told too.</summary>
/// <param name="inner">The index; disposed of together with this one.</param>
/// <param name="damaged">Told each time. What an apply meets is its caller's to tell.</param>
internal sealed class WatchedIndex(IIndex inner, Action<IndexDamagedException> damaged) : IIndex
{
    public IndexState State => inner.State;

    public bool TryGet(ReadOnlySpan<byte> key, out IndexEntry entry)
    {
        try
        {
            return inner.TryGet(key, out entry);
        }
        catch (IndexDamagedException damage)
        {
            damaged(damage);
            throw;
        }
    }

    public IReadOnlyList<IndexRow> Scan(MetadataRange range, int limit)
    {
        try
        {
            return inner.Scan(range, limit);
        }
        catch (IndexDamagedException damage)
        {
            damaged(damage);
            throw;
        }
    }

    public void Apply(IReadOnlyList<IndexChange> changes, Action<IndexEntry> replaced, Func<IndexState> state) =>
        inner.Apply(changes, replaced, state);

    public void Settle() => inner.Settle();

    public void Verify(Action<string> damaged, CancellationToken cancellation) => inner.Verify(damaged, cancellation);

    public void Dispose() => inner.Dispose();
}
