using System.Collections.Immutable;
using ObjectServer.Storage.Blobs;

namespace ObjectServer.Storage.Contents;

/// <summary>
/// What in this process still needs blobs that no record names: contents sealed but not committed yet, and objects of
/// many parts that were deleted while someone reads them.
/// </summary>
/// <remarks>
/// A blob that is open stays readable after its removal, but an object of ten thousand parts opens them one at a time;
/// so the removal of a manifest's blobs waits for its last reader. A crash forgets all this: the orphan sweep of the
/// next start removes what was waiting.
/// </remarks>
internal sealed class ContentPins
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, int> _readers = [];
    private readonly Dictionary<Guid, ImmutableArray<BlobId>> _waiting = [];
    private readonly HashSet<BlobId> _kept = [];

    /// <summary>Keeps a manifest's blobs from being removed until <see cref="Unpin"/>.</summary>
    public void Pin(Guid manifestId)
    {
        lock (_gate)
        {
            _readers[manifestId] = _readers.GetValueOrDefault(manifestId) + 1;
        }
    }

    /// <summary>Ends a reader; returns the blobs to remove if it was the last one of a removed manifest.</summary>
    public ImmutableArray<BlobId> Unpin(Guid manifestId)
    {
        lock (_gate)
        {
            var readers = _readers[manifestId] - 1;
            if (readers > 0)
            {
                _readers[manifestId] = readers;
                return [];
            }

            _readers.Remove(manifestId);
            if (!_waiting.Remove(manifestId, out var blobs))
            {
                return [];
            }

            _kept.ExceptWith(blobs);
            return blobs;
        }
    }

    /// <summary>Leaves the removal of a manifest's blobs to its last reader; false if it has none.</summary>
    public bool TryPostpone(Guid manifestId, ImmutableArray<BlobId> blobs)
    {
        lock (_gate)
        {
            if (!_readers.ContainsKey(manifestId))
            {
                return false;
            }

            _waiting[manifestId] = blobs;
            _kept.UnionWith(blobs);
            return true;
        }
    }

    /// <summary>Marks a blob whose record is on its way.</summary>
    public void Keep(BlobId id)
    {
        lock (_gate)
        {
            _kept.Add(id);
        }
    }

    public void Unkeep(BlobId id)
    {
        lock (_gate)
        {
            _kept.Remove(id);
        }
    }

    /// <summary>Whether a blob is needed although no record names it.</summary>
    public bool IsKept(BlobId id)
    {
        lock (_gate)
        {
            return _kept.Contains(id);
        }
    }
}
