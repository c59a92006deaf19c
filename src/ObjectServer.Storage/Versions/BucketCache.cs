namespace ObjectServer.Storage.Versions;

/// <summary>
/// Bucket readings that every request needs. It is only a cache: a write requires the reading it rests on, and this
/// process forgets what it changes before it answers. Absences are not kept.
/// </summary>
internal sealed class BucketCache
{
    private const int MaxBuckets = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, BucketReading> _known = new(StringComparer.Ordinal);
    private long _changes;

    /// <summary>Grows whenever something is forgotten: what was read before may be of no use after.</summary>
    public long Changes => Volatile.Read(ref _changes);

    public BucketReading? Find(string name)
    {
        lock (_gate)
        {
            return _known.GetValueOrDefault(name);
        }
    }

    /// <summary>Keeps a reading that began when <see cref="Changes"/> was <paramref name="changes"/>.</summary>
    public void Keep(BucketReading reading, long changes)
    {
        lock (_gate)
        {
            if (_changes != changes)
            {
                return;
            }

            if (_known.Count >= MaxBuckets)
            {
                _known.Clear();
            }

            _known[reading.Bucket.Name] = reading;
        }
    }

    /// <summary>Notes that a reading was still true at a later commit, which spares the store a look-up.</summary>
    public void Confirm(BucketReading reading, ulong asOf)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(reading.Bucket.Name, out var known)
                && known.Reading.Revision == reading.Reading.Revision
                && known.Reading.AsOf < asOf)
            {
                _known[reading.Bucket.Name] = known with { Reading = known.Reading with { AsOf = asOf } };
            }
        }
    }

    public void Forget(string name)
    {
        lock (_gate)
        {
            _changes++;
            _known.Remove(name);
        }
    }
}
