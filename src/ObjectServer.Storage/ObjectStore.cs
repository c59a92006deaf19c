using ObjectServer.Storage.Contents;
using ObjectServer.Storage.Listing;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;
using ObjectServer.Storage.Versions;

namespace ObjectServer.Storage;

/// <summary>Objects and their versions, as S3 defines them.</summary>
/// <remarks>
/// A mutation reads what it depends on, judges it, and commits a batch that requires all those readings; a commit that
/// finds one of them changed makes it read and judge again. Nothing is decided outside a commit, and no lock is needed
/// for correctness. The bucket that callers pass is a hint: the commit requires the one that is there.
/// </remarks>
public sealed class ObjectStore
{
    private readonly BucketCache _buckets;
    private readonly IMetadataStore _metadata;
    private readonly ContentStore _contents;
    private readonly KeyTurns _turns;
    private readonly TimeProvider _time;
    private readonly VersionReader _reader;
    private readonly CopyCommits _copies;
    private readonly TransitionCommits _transitions;
    private readonly ExpiryCommits _expiries;

    internal ObjectStore(
        BucketCache buckets, IMetadataStore metadata, ContentStore contents, KeyTurns turns, TimeProvider time)
    {
        _buckets = buckets;
        _metadata = metadata;
        _contents = contents;
        _turns = turns;
        _time = time;
        _reader = new VersionReader(metadata);
        _copies = new CopyCommits(buckets, metadata, contents, turns, time);
        _transitions = new TransitionCommits(buckets, metadata, contents, turns, time);
        _expiries = new ExpiryCommits(buckets, metadata, contents, time);
    }

    /// <summary>Whether classes have directories of their own: a transition may copy bytes then.</summary>
    public bool CopiesBytes => _contents.Blobs.AreMany;

    /// <summary>
    /// Whether a version of this id could ever have been made here: the null version, or a well-formed id.
    /// </summary>
    public static bool CouldExist(VersionId versionId) =>
        versionId.IsNull || VersionIds.TryRead(versionId, out _, out _);

    /// <summary>
    /// The current version, or the named one; a delete marker is found as such. Null: no such version, or no such key.
    /// </summary>
    public async ValueTask<ObjectVersion?> FindAsync(
        BucketRecord bucket, ObjectKey key, VersionId? versionId, CancellationToken cancellation) =>
        (await _reader.FindAsync(bucket, key, versionId, withContent: false, cancellation))?.Version;

    /// <summary>
    /// As <see cref="FindAsync"/>, ready to be read; the bytes stay readable whatever happens to the key meanwhile.
    /// </summary>
    /// <exception cref="CorruptDataException">The version is there and its bytes are not.</exception>
    public async ValueTask<StoredObject?> OpenAsync(
        BucketRecord bucket, ObjectKey key, VersionId? versionId, CancellationToken cancellation)
    {
        var missing = 0UL;
        while (await _reader.FindAsync(bucket, key, versionId, withContent: true, cancellation) is { } found)
        {
            if (!found.Kept.Content.IsCounted)
            {
                return new StoredObject(found.Version, found.Content, null);
            }

            if (await _contents.OpenAsync(found.Kept.Content, cancellation) is { } blobs)
            {
                return new StoredObject(found.Version, default, blobs);
            }

            found.DemandChanged(ref missing);
        }

        return null;
    }

    /// <summary>Begins the content of a new object or part of the usual class.</summary>
    /// <param name="expectedLength">Bytes to come, where known.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public ValueTask<NewContent> BeginContentAsync(long? expectedLength, CancellationToken cancellation) =>
        BeginContentAsync(StorageState.StandardClass, expectedLength, cancellation);

    /// <summary>Begins the content of a new object or part, where the bytes of its class lie.</summary>
    /// <param name="storageClass">That of the object.</param>
    /// <param name="expectedLength">Bytes to come, where known.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public ValueTask<NewContent> BeginContentAsync(
        string storageClass, long? expectedLength, CancellationToken cancellation) =>
        NewContent.BeginAsync(_contents, _contents.Blobs.Of(storageClass), expectedLength, cancellation);

    /// <summary>Seals the content and makes it the key's current version.</summary>
    public async ValueTask<WriteOutcome> PutAsync(
        BucketRecord bucket, NewObject written, NewContent content, CancellationToken cancellation)
    {
        var (reference, inline) = await content.SealAsync(cancellation);
        using var turn = await _turns.TakeAsync(bucket.Id, written.Key, cancellation);
        while (await BeginAsync(bucket, cancellation) is { } attempt)
        {
            var change = await attempt.ChangeAsync(written.Key, withContent: false, cancellation);
            if (WriteJudgement.Judge(written.Conditions, change.Head?.Version) is { } refusal)
            {
                return refusal;
            }

            var version = change.Compose(written, content.Length, _time.GetUtcNow());
            attempt.Contents.Begin(reference, version.Size);
            await change.PushAsync(new KeptVersion(version, reference), inline, cancellation);
            if (await attempt.CommitAsync(content, cancellation))
            {
                return new WriteOutcome.Written(version);
            }
        }

        return new WriteOutcome.NoSuchBucket();
    }

    /// <summary>
    /// Makes a copy of a version that was found earlier the current version of a key. The bytes are shared, unless
    /// those of the copy's class lie elsewhere.
    /// </summary>
    /// <param name="source">
    /// As found; if it is gone meanwhile, the outcome is <see cref="WriteOutcome.SourceChanged"/>.
    /// </param>
    /// <param name="sourceBucket">The bucket of <paramref name="source"/>.</param>
    /// <param name="bucket">The destination.</param>
    /// <param name="written">The new object; its ETag and checksum are the caller's decision.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public ValueTask<WriteOutcome> CopyAsync(
        BucketRecord sourceBucket,
        ObjectVersion source,
        BucketRecord bucket,
        NewObject written,
        CancellationToken cancellation) =>
        _copies.CopyAsync(sourceBucket, source, bucket, written, cancellation);

    /// <summary>Moves a current object to another key in one commit; what the destination held is replaced.</summary>
    /// <param name="bucket">The bucket of both keys.</param>
    /// <param name="source">As found; it must still be the current version.</param>
    /// <param name="destination">The new key.</param>
    /// <param name="conditions">Judged against what the destination holds.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <remarks>
    /// Everything but the key stays, the time of the last modification too, and the lock: it is on both, the version
    /// that was moved and the one that is there now. Where the bucket keeps versions, the source gets a delete marker.
    /// https://docs.aws.amazon.com/AmazonS3/latest/API/API_RenameObject.html
    /// </remarks>
    public async ValueTask<WriteOutcome> RenameAsync(
        BucketRecord bucket,
        ObjectVersion source,
        ObjectKey destination,
        WriteConditions conditions,
        CancellationToken cancellation)
    {
        using var turn = await _turns.TakeAsync(bucket.Id, destination, cancellation);
        while (await BeginAsync(bucket, cancellation) is { } attempt)
        {
            var leaving = await attempt.ChangeAsync(source.Key, withContent: true, cancellation);
            if (leaving.Head is not { Version.IsDeleteMarker: false } found
                || found.Version.Sequence != source.Sequence)
            {
                return new WriteOutcome.SourceChanged();
            }

            if (source.Key == destination)
            {
                return WriteJudgement.Judge(conditions, found.Version)
                    ?? new WriteOutcome.Written(found.Version);
            }

            var arriving = await attempt.ChangeAsync(destination, withContent: false, cancellation);
            if (WriteJudgement.Judge(conditions, arriving.Head?.Version) is { } refusal)
            {
                return refusal;
            }

            var now = _time.GetUtcNow();
            var (sequence, id) = arriving.NextVersion(now);
            var version = found.Version with
            {
                Key = destination,
                VersionId = id,
                Sequence = sequence,
                Retention = found.Version.Retention ?? attempt.Bucket.DefaultRetention?.From(KeptTime.Of(now)),
            };
            attempt.Contents.Acquire(found.Kept.Content, version.Size);
            await arriving.PushAsync(new KeptVersion(version, found.Kept.Content), found.Content, cancellation);
            if (attempt.Bucket.Versioning == VersioningState.Unversioned)
            {
                await leaving.RemoveHeadAsync(cancellation);
            }
            else
            {
                await leaving.PushMarkerAsync(source.OwnerId, _time.GetUtcNow(), cancellation);
            }

            if (await attempt.CommitAsync(null, cancellation))
            {
                return new WriteOutcome.Written(version);
            }
        }

        return new WriteOutcome.NoSuchBucket();
    }

    /// <summary>
    /// Without a version: removes the object, or in a versioned bucket writes a delete marker. With one: removes it
    /// for good, unless its lock forbids that; the next older version becomes current.
    /// </summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="key">The key.</param>
    /// <param name="versionId">Null for the current version.</param>
    /// <param name="callerId">Canonical id of the account that owns a new delete marker.</param>
    /// <param name="conditions">Judged against the version that would be removed or hidden.</param>
    /// <param name="bypassesGovernance">Whether retention in governance mode shall not count.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async ValueTask<DeleteOutcome> DeleteAsync(
        BucketRecord bucket,
        ObjectKey key,
        VersionId? versionId,
        string callerId,
        WriteConditions conditions,
        bool bypassesGovernance,
        CancellationToken cancellation)
    {
        using var turn = await _turns.TakeAsync(bucket.Id, key, cancellation);
        while (await BeginAsync(bucket, cancellation) is { } attempt)
        {
            var outcome = versionId is { } named
                ? await DeleteVersionAsync(attempt, key, named, conditions, bypassesGovernance, cancellation)
                : await DeleteCurrentAsync(attempt, key, callerId, conditions, cancellation);
            if (outcome is not null)
            {
                return outcome;
            }
        }

        return new DeleteOutcome.NoSuchBucket();
    }

    /// <summary>
    /// Changes what is kept beside a version's bytes (its tags, its ACL): key, version, size, content and lock stay.
    /// Null: no such version.
    /// </summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="key">The key.</param>
    /// <param name="versionId">Null for the current version.</param>
    /// <param name="change">
    /// Pure: it may run more than once. A delete marker is passed in and must be returned unchanged.
    /// </param>
    /// <param name="cancellation">Ends the wait.</param>
    public async ValueTask<ObjectVersion?> UpdateAsync(
        BucketRecord bucket,
        ObjectKey key,
        VersionId? versionId,
        Func<ObjectVersion, ObjectVersion> change,
        CancellationToken cancellation)
    {
        using var turn = await _turns.TakeAsync(bucket.Id, key, cancellation);
        while (await BeginAsync(bucket, cancellation) is { } attempt)
        {
            var found = await _reader.FindAsync(attempt.Bucket, key, versionId, withContent: true, cancellation);
            if (found is null)
            {
                return null;
            }

            var old = found.Version;
            var changed = change(old);
            if (ReferenceEquals(changed, old))
            {
                return old;
            }

            changed = changed with
            {
                Key = old.Key,
                VersionId = old.VersionId,
                Sequence = old.Sequence,
                LastModified = old.LastModified,
                IsLatest = old.IsLatest,
                IsDeleteMarker = old.IsDeleteMarker,
                Size = old.Size,
                PartCount = old.PartCount,
                Retention = old.Retention,
                LegalHold = old.LegalHold,
            };
            Replace(attempt, found, changed);
            if (await attempt.CommitAsync(null, cancellation))
            {
                return changed;
            }
        }

        return null;
    }

    /// <summary>
    /// Gives a version that lifecycle rules found to move another storage class, only if it still is what was judged.
    /// Its bytes are written where those of the class lie, and synced, before one commit exchanges them; all else of
    /// the version stays as it is.
    /// </summary>
    /// <param name="bucket">As it was when the version was judged: its versioning and its rules must stand.</param>
    /// <param name="version">What was judged.</param>
    /// <param name="storageClass">The class to move it to.</param>
    /// <param name="copied">Told of bytes as they are copied, and waited for; null for nobody.</param>
    /// <param name="cancellation">Ends it before the commit; nothing is left then.</param>
    /// <exception cref="StoreUnavailableException">No room where the bytes are to lie, or no writes at all.</exception>
    /// <exception cref="CorruptDataException">The stored bytes fail their checksum.</exception>
    public ValueTask<TransitionOutcome> TransitionAsync(
        BucketRecord bucket,
        TransitionedVersion version,
        string storageClass,
        Func<int, CancellationToken, ValueTask>? copied,
        CancellationToken cancellation) =>
        _transitions.TransitionAsync(new(bucket, version), storageClass, copied, cancellation);

    /// <summary>Keeps up to when a version counts as read, unless it counts as read for longer.</summary>
    internal async ValueTask MarkAccessAsync(
        string bucket, ObjectKey key, ulong sequence, DateTimeOffset until, CancellationToken cancellation)
    {
        while (await _buckets.ReadAsync(bucket, cancellation) is { Bucket: var present })
        {
            using var turn = await _turns.TakeAsync(present.Id, key, cancellation);
            if (await BeginAsync(present, cancellation) is not { } attempt)
            {
                continue;
            }

            var found = await _reader.FindAsync(present, key, sequence, withContent: true, cancellation);
            if (found is null || found.Version.Storage.AccessedUntil >= until)
            {
                return;
            }

            var storage = found.Version.Storage with { AccessedUntil = until };
            Replace(attempt, found, found.Version with { Storage = storage });
            if (await attempt.CommitAsync(null, cancellation))
            {
                return;
            }
        }
    }

    /// <summary>Replaces the retention of a version, as far as the one in force allows it.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="key">The key.</param>
    /// <param name="versionId">Null for the current version.</param>
    /// <param name="retention">Null to end it.</param>
    /// <param name="bypassesGovernance">Whether retention in governance mode shall not count.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public ValueTask<LockOutcome> RetainAsync(
        BucketRecord bucket,
        ObjectKey key,
        VersionId? versionId,
        Retention? retention,
        bool bypassesGovernance,
        CancellationToken cancellation) =>
        LockAsync(
            bucket,
            key,
            versionId,
            version => version.Retention?.MayBecome(retention, _time.GetUtcNow(), bypassesGovernance) ?? true
                ? version with { Retention = retention }
                : null,
            cancellation);

    /// <summary>Puts a version under a legal hold, or lifts it.</summary>
    public ValueTask<LockOutcome> HoldAsync(
        BucketRecord bucket, ObjectKey key, VersionId? versionId, bool isOn, CancellationToken cancellation) =>
        LockAsync(bucket, key, versionId, version => version with { LegalHold = isOn }, cancellation);

    /// <summary>
    /// Ends versions that lifecycle rules found to be over, many in one commit, each only if it still is what was
    /// judged. Locks hold; nothing bypasses them.
    /// </summary>
    /// <param name="bucket">As it was when they were judged: its versioning and its rules must stand.</param>
    /// <param name="versions">In listing order, each at most once.</param>
    /// <param name="cancellation">Ends it between two commits; what was committed stays.</param>
    /// <returns>An outcome for each, in their order.</returns>
    public ValueTask<ExpiryOutcome[]> ExpireAsync(
        BucketRecord bucket, IReadOnlyList<ExpiredVersion> versions, CancellationToken cancellation) =>
        _expiries.ExpireAsync(bucket, versions, cancellation);

    /// <summary>A page of current objects.</summary>
    public ValueTask<ObjectPage> ListAsync(
        BucketRecord bucket, ObjectListing listing, CancellationToken cancellation) =>
        ObjectLister.ListAsync(_metadata, bucket, listing, cancellation);

    /// <summary>A page of all versions.</summary>
    public ValueTask<VersionPage> ListVersionsAsync(
        BucketRecord bucket, VersionListing listing, CancellationToken cancellation) =>
        VersionLister.ListAsync(_metadata, _reader, bucket, listing, cancellation);

    private ValueTask<Attempt?> BeginAsync(BucketRecord bucket, CancellationToken cancellation) =>
        Attempt.BeginAsync(_buckets, _metadata, _contents, bucket, cancellation);

    /// <summary>Null: the store changed meanwhile.</summary>
    private async ValueTask<DeleteOutcome?> DeleteCurrentAsync(
        Attempt attempt, ObjectKey key, string callerId, WriteConditions conditions, CancellationToken cancellation)
    {
        var change = await attempt.ChangeAsync(key, withContent: false, cancellation);
        if (WriteJudgement.JudgeDeletion(conditions, change.Head?.Version) is { } refusal)
        {
            return refusal;
        }

        if (attempt.Bucket.Versioning != VersioningState.Unversioned)
        {
            var marker = await change.PushMarkerAsync(callerId, _time.GetUtcNow(), cancellation);
            return await attempt.CommitAsync(null, cancellation)
                ? new DeleteOutcome.Deleted(marker.VersionId, IsDeleteMarker: true)
                : null;
        }

        if (change.Head is null)
        {
            return new DeleteOutcome.Deleted(null, IsDeleteMarker: false);
        }

        await change.RemoveHeadAsync(cancellation);
        return await attempt.CommitAsync(null, cancellation)
            ? new DeleteOutcome.Deleted(null, IsDeleteMarker: false)
            : null;
    }

    /// <summary>Null: the store changed meanwhile.</summary>
    private async ValueTask<DeleteOutcome?> DeleteVersionAsync(
        Attempt attempt,
        ObjectKey key,
        VersionId named,
        WriteConditions conditions,
        bool bypassesGovernance,
        CancellationToken cancellation)
    {
        var found = await _reader.FindAsync(attempt.Bucket, key, named, withContent: false, cancellation);
        if (WriteJudgement.JudgeDeletion(conditions, found?.Version) is { } refusal)
        {
            return refusal;
        }

        if (found is null)
        {
            return new DeleteOutcome.Deleted(named, IsDeleteMarker: false);
        }

        if (found.Version.IsProtected(_time.GetUtcNow(), bypassesGovernance))
        {
            return new DeleteOutcome.Protected();
        }

        var change = await attempt.ChangeAsync(key, withContent: false, cancellation);
        if (!found.Version.IsLatest)
        {
            change.RemoveOlder(found);
        }
        else if (change.Head?.Reading.Revision == found.Reading.Revision)
        {
            await change.RemoveHeadAsync(cancellation);
        }
        else
        {
            return null;
        }

        return await attempt.CommitAsync(null, cancellation)
            ? new DeleteOutcome.Deleted(named, found.Version.IsDeleteMarker)
            : null;
    }

    /// <param name="bucket">The bucket.</param>
    /// <param name="key">The key.</param>
    /// <param name="versionId">Null for the current version.</param>
    /// <param name="change">Null: the lock in force forbids it.</param>
    /// <param name="cancellation">Ends the wait.</param>
    private async ValueTask<LockOutcome> LockAsync(
        BucketRecord bucket,
        ObjectKey key,
        VersionId? versionId,
        Func<ObjectVersion, ObjectVersion?> change,
        CancellationToken cancellation)
    {
        using var turn = await _turns.TakeAsync(bucket.Id, key, cancellation);
        while (await BeginAsync(bucket, cancellation) is { } attempt)
        {
            if (!attempt.Bucket.ObjectLockEnabled)
            {
                return new LockOutcome.NoObjectLock();
            }

            var found = await _reader.FindAsync(attempt.Bucket, key, versionId, withContent: true, cancellation);
            if (found is null or { Version.IsDeleteMarker: true })
            {
                return new LockOutcome.NoObject(found?.Version);
            }

            if (change(found.Version) is not { } changed)
            {
                return new LockOutcome.Protected();
            }

            Replace(attempt, found, changed);
            if (await attempt.CommitAsync(null, cancellation))
            {
                return new LockOutcome.Changed(changed);
            }
        }

        return new LockOutcome.NoSuchBucket();
    }

    /// <summary>Puts a version where it lies with something changed beside its bytes.</summary>
    private static void Replace(Attempt attempt, FoundVersion found, ObjectVersion changed)
    {
        var kept = new KeptVersion(changed, found.Kept.Content);
        attempt.Batch.Require(found.Reading).Put(
            found.Reading.Key, kept.EncodeSummary(), kept.EncodeRecord(), found.Content);
    }
}
