using ObjectServer.Storage.Contents;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Versions;

/// <summary>
/// What one batch does to the versions of one key. All that it rests on is required of the batch, so the commit makes
/// the change that was judged, or none.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html</remarks>
internal sealed class KeyChange
{
    private readonly IMetadataStore _metadata;
    private readonly MetadataBatch _batch;
    private readonly ContentLedger _contents;
    private readonly BucketRecord _bucket;
    private readonly ObjectKey _key;

    private KeyChange(
        IMetadataStore metadata, MetadataBatch batch, ContentLedger contents, BucketRecord bucket, ObjectKey key)
    {
        _metadata = metadata;
        _batch = batch;
        _contents = contents;
        _bucket = bucket;
        _key = key;
    }

    /// <summary>The current version as it was read; null where the key has none.</summary>
    public FoundVersion? Head { get; private set; }

    /// <summary>Reads the key's current version and requires that it stands.</summary>
    /// <param name="metadata">Where the key is kept.</param>
    /// <param name="batch">The batch to add to.</param>
    /// <param name="contents">The batch's reference counts.</param>
    /// <param name="bucket">The bucket as the batch requires it.</param>
    /// <param name="key">The key to change.</param>
    /// <param name="withContent">Whether the caller needs the inline bytes of the current version.</param>
    /// <param name="cancellation">Ends the reads.</param>
    public static async ValueTask<KeyChange> BeginAsync(
        IMetadataStore metadata,
        MetadataBatch batch,
        ContentLedger contents,
        BucketRecord bucket,
        ObjectKey key,
        bool withContent,
        CancellationToken cancellation)
    {
        var change = new KeyChange(metadata, batch, contents, bucket, key);

        // Where versions are kept, the current one may have to move, and its inline bytes with it.
        withContent |= bucket.Versioning != VersioningState.Unversioned;
        var currentKey = MetadataKeys.Current(bucket.Id, key);
        var reading = withContent
            ? await metadata.ReadWithContentAsync(currentKey, cancellation)
            : await metadata.ReadAsync(currentKey, cancellation);
        batch.Require(reading);
        if (!reading.Exists && bucket.Versioning != VersioningState.Unversioned)
        {
            reading = await metadata.ReadAsync(MetadataKeys.Marker(bucket.Id, key), cancellation);
            batch.Require(reading);
        }

        if (reading.Exists)
        {
            change.Head = new FoundVersion(KeptVersion.Decode(key, reading, isLatest: true), reading);
        }

        return change;
    }

    /// <summary>A change of older versions alone: the current one is neither read nor required.</summary>
    public static KeyChange OfOlder(
        IMetadataStore metadata, MetadataBatch batch, ContentLedger contents, BucketRecord bucket, ObjectKey key) =>
        new(metadata, batch, contents, bucket, key);

    /// <summary>
    /// The name that the next version of the key gets: its sequence is the time, unless a version says it is later
    /// already; where versioning is enabled it gets an id of its own, else it is the null version.
    /// </summary>
    public (ulong Sequence, VersionId Id) NextVersion(DateTimeOffset now)
    {
        var sequence = Math.Max((ulong)now.UtcTicks, (Head?.Kept.Sequence ?? 0) + 1);
        return (sequence, _bucket.Versioning == VersioningState.Enabled
            ? VersionIds.Make(sequence, VersionIds.NewNonce())
            : VersionId.Null);
    }

    /// <summary>The version that a new object becomes; the bucket says what nobody asked for.</summary>
    /// <param name="written">The object.</param>
    /// <param name="size">Bytes of its content.</param>
    /// <param name="now">When.</param>
    public ObjectVersion Compose(NewObject written, long size, DateTimeOffset now)
    {
        var (sequence, id) = NextVersion(now);
        var modified = KeptTime.Of(now);
        return new ObjectVersion
        {
            Key = written.Key,
            VersionId = id,
            Sequence = sequence,
            LastModified = modified,
            IsLatest = true,
            Size = size,
            ETag = written.ETag,
            OwnerId = written.OwnerId,
            StorageClass = written.StorageClass,
            Metadata = written.Metadata,
            Tags = written.Tags,
            Acl = written.Acl,
            Retention = written.Retention ?? _bucket.DefaultRetention?.From(modified),
            LegalHold = written.LegalHold,
            Checksum = written.Checksum,
        };
    }

    /// <summary>
    /// Makes a version the current one. A current version with an id of its own becomes an older one; a null version
    /// does so too where versioning is enabled, and is replaced where it is not, wherever it lies.
    /// </summary>
    /// <param name="version">Named by <see cref="NextVersion"/>.</param>
    /// <param name="content">Its bytes, where they are inline.</param>
    /// <param name="cancellation">Ends the reads.</param>
    public async ValueTask PushAsync(
        KeptVersion version, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var space = SpaceOf(version);
        if (Head is { } head)
        {
            if (head.Reading.Key.Span[0] != space)
            {
                _batch.Remove(head.Reading.Key);
            }

            var isReplaced = head.Version.VersionId.IsNull && version.Version.VersionId.IsNull;
            if (isReplaced)
            {
                Forget(head);
            }
            else
            {
                Demote(head, version.Sequence);
            }

            if (!isReplaced && version.Version.VersionId.IsNull)
            {
                await RemoveOlderNullAsync(cancellation);
            }
        }

        _batch.Put(
            MetadataKeys.InBucket(space, _bucket.Id, _key.Utf8),
            version.EncodeSummary(),
            version.EncodeRecord(),
            content);
        _batch.Tally(_bucket.Id, 1, version.Version.Size);
    }

    /// <summary>Makes a new delete marker the current version.</summary>
    /// <param name="ownerId">Canonical id of the account that it belongs to.</param>
    /// <param name="now">When.</param>
    /// <param name="cancellation">Ends the reads.</param>
    /// <returns>The marker.</returns>
    public async ValueTask<ObjectVersion> PushMarkerAsync(
        string ownerId, DateTimeOffset now, CancellationToken cancellation)
    {
        var (sequence, id) = NextVersion(now);
        var marker = new ObjectVersion
        {
            Key = _key,
            VersionId = id,
            Sequence = sequence,
            LastModified = KeptTime.Of(now),
            IsLatest = true,
            IsDeleteMarker = true,
            OwnerId = ownerId,
        };
        await PushAsync(new KeptVersion(marker, default), default, cancellation);
        return marker;
    }

    /// <summary>Removes the current version for good; the newest of the older ones becomes current.</summary>
    public async ValueTask RemoveHeadAsync(CancellationToken cancellation)
    {
        var head = Head!;
        _batch.Remove(head.Reading.Key);
        Forget(head);
        if (_bucket.Versioning == VersioningState.Unversioned)
        {
            return;
        }

        var older = await _metadata.ScanAsync(
            MetadataRange.WithPrefix(MetadataKeys.OlderOf(_bucket.Id, _key)), 1, cancellation);
        if (older is not [var newest])
        {
            return;
        }

        _batch.Require(newest);
        var reading = await _metadata.ReadWithContentAsync(newest.Key, cancellation);
        if (!reading.Exists)
        {
            // Removed since the scan, which the batch requires: it will not commit.
            return;
        }

        var promoted = KeptVersion.Decode(_key, reading, isLatest: true);
        _batch.Remove(reading.Key);
        _batch.Put(
            MetadataKeys.InBucket(SpaceOf(promoted), _bucket.Id, _key.Utf8),
            (promoted with { Version = promoted.Version with { Successor = 0 } }).EncodeSummary(),
            reading.Record,
            reading.Content);
        if (promoted.Version.VersionId.IsNull)
        {
            _batch.Remove(MetadataKeys.Null(_bucket.Id, _key));
        }
    }

    /// <summary>Removes an older version for good.</summary>
    public void RemoveOlder(FoundVersion older)
    {
        _batch.Require(older.Reading);
        _batch.Remove(older.Reading.Key);
        if (older.Version.VersionId.IsNull)
        {
            _batch.Remove(MetadataKeys.Null(_bucket.Id, _key));
        }

        Forget(older);
    }

    private void Demote(FoundVersion head, ulong successor)
    {
        _batch.Put(
            MetadataKeys.Older(_bucket.Id, _key, head.Kept.Sequence),
            (head.Kept with { Version = head.Version with { Successor = successor } }).EncodeSummary(),
            head.Reading.Record,
            head.Reading.Content);
        if (head.Version.VersionId.IsNull)
        {
            _batch.Put(
                MetadataKeys.Null(_bucket.Id, _key), default, NullPointer.Encode(head.Kept.Sequence));
        }
    }

    private async ValueTask RemoveOlderNullAsync(CancellationToken cancellation)
    {
        var pointer = await _metadata.ReadAsync(MetadataKeys.Null(_bucket.Id, _key), cancellation);
        _batch.Require(pointer);
        if (!pointer.Exists)
        {
            return;
        }

        var reading = await _metadata.ReadAsync(
            MetadataKeys.Older(_bucket.Id, _key, NullPointer.Decode(pointer)), cancellation);
        if (reading.Exists)
        {
            RemoveOlder(new FoundVersion(KeptVersion.Decode(_key, reading, isLatest: false), reading));
        }
        else
        {
            _batch.Require(reading).Remove(pointer.Key);
        }
    }

    /// <summary>Takes a version out of the sums and gives its content back.</summary>
    private void Forget(FoundVersion version)
    {
        _contents.Release(version.Kept.Content, version.Version.Size);
        _batch.Tally(_bucket.Id, -1, -version.Version.Size);
    }

    private static byte SpaceOf(KeptVersion version) =>
        version.Version.IsDeleteMarker ? MetadataKeys.MarkerSpace : MetadataKeys.ObjectSpace;
}
