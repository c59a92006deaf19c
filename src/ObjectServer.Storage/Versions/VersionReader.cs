using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Versions;

/// <summary>A version, and the reading that found it.</summary>
internal sealed record FoundVersion(KeptVersion Kept, MetadataReading Reading)
{
    public ObjectVersion Version => Kept.Version;

    /// <summary>The bytes that were committed with the record, where the reading asked for them.</summary>
    public ReadOnlyMemory<byte> Content => Reading.Content;

    /// <summary>
    /// The content of the version was not there: an overwrite may have won between the two reads. A record that still
    /// stands at the second look lost its bytes.
    /// </summary>
    /// <param name="missing">
    /// The revision of the record at the last look that missed its content; 0 before the first.
    /// </param>
    public void DemandChanged(ref ulong missing)
    {
        if (missing == Reading.Revision)
        {
            throw new CorruptDataException($"{Kept.Content.Kind} {Kept.Content.Id:N} of a version is missing.");
        }

        missing = Reading.Revision;
    }
}

/// <summary>Finds a version by one to three point reads.</summary>
/// <remarks>
/// A commit may move a version between the spaces while it is looked for, so an absence is believed only if the key's
/// current version stood still meanwhile: versions move only when it changes.
/// </remarks>
internal sealed class VersionReader(IMetadataStore metadata)
{
    /// <summary>The current version, or the named one; null if there is none.</summary>
    public async ValueTask<FoundVersion?> FindAsync(
        BucketRecord bucket, ObjectKey key, VersionId? versionId, bool withContent, CancellationToken cancellation)
    {
        var head = await FindHeadAsync(bucket, key, withContent, cancellation);
        if (versionId is not { } named)
        {
            return head;
        }

        while (true)
        {
            if (head?.Version.VersionId == named)
            {
                return head;
            }

            if (await FindOlderAsync(bucket.Id, key, named, withContent, cancellation) is { } older)
            {
                return older;
            }

            var again = await FindHeadAsync(bucket, key, withContent, cancellation);
            if (again?.Reading.Revision == head?.Reading.Revision)
            {
                return null;
            }

            head = again;
        }
    }

    /// <summary>The version of this sequence, wherever it lies; null if there is none.</summary>
    public async ValueTask<FoundVersion?> FindAsync(
        BucketRecord bucket, ObjectKey key, ulong sequence, bool withContent, CancellationToken cancellation)
    {
        var head = await FindHeadAsync(bucket, key, withContent, cancellation);
        while (true)
        {
            if (head?.Version.Sequence == sequence)
            {
                return head;
            }

            var older = await ReadAsync(MetadataKeys.Older(bucket.Id, key, sequence), withContent, cancellation);
            if (older.Exists)
            {
                return new FoundVersion(KeptVersion.Decode(key, older, isLatest: false), older);
            }

            var again = await FindHeadAsync(bucket, key, withContent, cancellation);
            if (again?.Reading.Revision == head?.Reading.Revision)
            {
                return null;
            }

            head = again;
        }
    }

    /// <summary>The current version: an object or a delete marker; null if the key has none.</summary>
    public async ValueTask<FoundVersion?> FindHeadAsync(
        BucketRecord bucket, ObjectKey key, bool withContent, CancellationToken cancellation)
    {
        var currentKey = MetadataKeys.Current(bucket.Id, key);
        var current = await ReadAsync(currentKey, withContent, cancellation);

        // Delete markers exist only where versioning was configured at some time.
        while (!current.Exists && bucket.Versioning != VersioningState.Unversioned)
        {
            var marker = await metadata.ReadAsync(MetadataKeys.Marker(bucket.Id, key), cancellation);
            if (marker.Exists)
            {
                return new FoundVersion(KeptVersion.Decode(key, marker, isLatest: true), marker);
            }

            if (marker.AsOf == current.AsOf)
            {
                return null;
            }

            // Something was committed between the two reads. If it was an object in the place of the marker, the
            // second look finds it; if it was not, two absences in a row are the answer.
            current = await ReadAsync(currentKey, withContent, cancellation);
            if (!current.Exists)
            {
                marker = await metadata.ReadAsync(marker.Key, cancellation);
                return marker.Exists
                    ? new FoundVersion(KeptVersion.Decode(key, marker, isLatest: true), marker)
                    : null;
            }
        }

        return current.Exists
            ? new FoundVersion(KeptVersion.Decode(key, current, isLatest: true), current)
            : null;
    }

    private async ValueTask<FoundVersion?> FindOlderAsync(
        ulong bucketId, ObjectKey key, VersionId named, bool withContent, CancellationToken cancellation)
    {
        if (!VersionIds.TryRead(named, out var sequence, out _))
        {
            if (!named.IsNull)
            {
                return null;
            }

            var pointer = await metadata.ReadAsync(MetadataKeys.Null(bucketId, key), cancellation);
            if (!pointer.Exists)
            {
                return null;
            }

            sequence = NullPointer.Decode(pointer);
        }

        var reading = await ReadAsync(MetadataKeys.Older(bucketId, key, sequence), withContent, cancellation);
        if (!reading.Exists)
        {
            return null;
        }

        var found = new FoundVersion(KeptVersion.Decode(key, reading, isLatest: false), reading);
        return found.Version.VersionId == named ? found : null;
    }

    private ValueTask<MetadataReading> ReadAsync(
        ReadOnlyMemory<byte> key, bool withContent, CancellationToken cancellation) => withContent
        ? metadata.ReadWithContentAsync(key, cancellation)
        : metadata.ReadAsync(key, cancellation);
}
