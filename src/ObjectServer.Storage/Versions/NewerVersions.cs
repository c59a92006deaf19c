using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Versions;

/// <summary>
/// Requires in one attempt that enough of a key's older versions are newer than one that is to change. Those of a key are
/// asked for one after another, and rest on the same newest ones.
/// </summary>
internal sealed class NewerVersions(IMetadataStore metadata, Attempt attempt)
{
    private ObjectKey _key;
    private IReadOnlyList<MetadataReading> _newest = [];

    /// <summary>Whether so many are newer; the attempt requires them then.</summary>
    /// <param name="key">The key.</param>
    /// <param name="sequence">Of the version.</param>
    /// <param name="count">How many, 0 for none.</param>
    /// <param name="cancellation">Ends the reads.</param>
    public async ValueTask<bool> RequireAsync(
        ObjectKey key, ulong sequence, int count, CancellationToken cancellation)
    {
        if (count == 0)
        {
            return true;
        }

        if (_key != key || _newest.Count < count)
        {
            _key = key;
            _newest = await metadata.ScanAsync(
                MetadataRange.WithPrefix(MetadataKeys.OlderOf(attempt.Bucket.Id, key)), count, cancellation);
            foreach (var reading in _newest)
            {
                attempt.Batch.Require(reading);
            }
        }

        return _newest.Count >= count
            && _newest[count - 1].Key.Span.SequenceCompareTo(
                MetadataKeys.Older(attempt.Bucket.Id, key, sequence)) < 0;
    }
}
