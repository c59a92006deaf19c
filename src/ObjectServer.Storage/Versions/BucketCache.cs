using System.Text;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Versions;

/// <summary>A bucket, and the reading that found it.</summary>
internal sealed record BucketReading(BucketRecord Bucket, MetadataReading Reading);

/// <summary>
/// Buckets by name, which every request needs. It is only a cache: a write requires the reading it rests on, and this
/// process forgets what it changes before it answers. Absences are not kept.
/// </summary>
internal sealed class BucketCache(IMetadataStore metadata)
{
    private const int MaxBuckets = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, BucketReading> _known = new(StringComparer.Ordinal);
    private long _changes;

    /// <summary>The key of a bucket's record.</summary>
    public static byte[] KeyOf(string name) => MetadataKeys.Bucket(Encoding.UTF8.GetBytes(name));

    /// <summary>The bucket and a reading to require; null if there is none of this name.</summary>
    public ValueTask<BucketReading?> ReadAsync(string name, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(name, out var known))
            {
                return ValueTask.FromResult<BucketReading?>(known);
            }
        }

        return LookUpAsync(name, cancellation);
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

    /// <summary>Notes that a commit may have changed the bucket, or found it changed.</summary>
    public void Forget(string name)
    {
        lock (_gate)
        {
            _changes++;
            _known.Remove(name);
        }
    }

    private async ValueTask<BucketReading?> LookUpAsync(string name, CancellationToken cancellation)
    {
        // What was read before something was forgotten may be what had to be forgotten: it is not kept.
        var changes = Volatile.Read(ref _changes);
        var reading = await metadata.ReadAsync(KeyOf(name), cancellation);
        if (!reading.Exists)
        {
            return null;
        }

        var found = new BucketReading(KeptBucket.Decode(reading), reading);
        lock (_gate)
        {
            if (_changes == changes)
            {
                if (_known.Count >= MaxBuckets)
                {
                    _known.Clear();
                }

                _known[name] = found;
            }
        }

        return found;
    }
}
