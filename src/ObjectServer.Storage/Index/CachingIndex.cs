using ObjectServer.Storage.Caching;
using ObjectServer.Storage.Metadata;

namespace ObjectServer.Storage.Index;

/// <summary>
/// An index in front of another one that remembers what was lately looked up there, absences too. Scans pass through.
/// </summary>
/// <param name="inner">The index; disposed of together with this one.</param>
/// <param name="maxBytes">What may be remembered.</param>
internal sealed class CachingIndex(IIndex inner, long maxBytes) : IIndex
{
    private readonly KeyCache<IndexEntry?> _known = new(maxBytes);

    public IndexState State => inner.State;

    public bool TryGet(ReadOnlySpan<byte> key, out IndexEntry entry)
    {
        if (!_known.TryGet(key, out var known))
        {
            var changes = _known.Changes;
            known = inner.TryGet(key, out entry) ? entry : null;
            _known.Keep(key, known, SizeOf(known), changes);
        }

        entry = known.GetValueOrDefault();
        return known.HasValue;
    }

    public IReadOnlyList<IndexRow> Scan(MetadataRange range, int limit) => inner.Scan(range, limit);

    public void Apply(IReadOnlyList<IndexChange> changes, Action<IndexEntry> replaced, Func<IndexState> state)
    {
        inner.Apply(changes, replaced, state);

        // Whoever looks from here on finds the change below; what was found before it is not kept any more. Until this
        // returns the changes are pending, so nobody asks for them here.
        _known.BeginChange();
        foreach (var change in changes)
        {
            _known.Replace(change.Key, change.Entry, SizeOf(change.Entry));
        }
    }

    public void Settle() => inner.Settle();

    public void Verify(Action<string> damaged, CancellationToken cancellation) => inner.Verify(damaged, cancellation);

    public void Dispose() => inner.Dispose();

    private static int SizeOf(IndexEntry? entry) => entry?.Summary.Length ?? 0;
}
