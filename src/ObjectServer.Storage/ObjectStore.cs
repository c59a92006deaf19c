namespace ObjectServer.Storage;

/// <summary>Objects and their versions, as S3 defines them.</summary>
public sealed class ObjectStore
{
    /// <summary>
    /// The current version, or the named one; a delete marker is found as such. Null: no such version, or no such key.
    /// </summary>
    public ValueTask<ObjectVersion?> FindAsync(
        BucketRecord bucket, ObjectKey key, VersionId? versionId, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>As <see cref="FindAsync"/>, ready to be read; the bytes stay readable whatever happens to the key meanwhile.</summary>
    public ValueTask<StoredObject?> OpenAsync(
        BucketRecord bucket, ObjectKey key, VersionId? versionId, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>Begins the content of a new object or part.</summary>
    /// <param name="expectedLength">Bytes to come, where known.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public ValueTask<NewContent> BeginContentAsync(long? expectedLength, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>Seals the content and makes it the key's current version.</summary>
    public ValueTask<WriteOutcome> PutAsync(
        BucketRecord bucket, NewObject written, NewContent content, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>Makes a copy of a version that was found earlier the current version of a key; the bytes are shared.</summary>
    /// <param name="source">As found; if it is gone meanwhile, the outcome is <see cref="WriteOutcome.SourceChanged"/>.</param>
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
        throw new NotImplementedException();

    /// <summary>Moves a current object to another key in one commit; what the destination held is replaced.</summary>
    /// <param name="bucket">The bucket of both keys.</param>
    /// <param name="source">As found; it must still be the current version.</param>
    /// <param name="destination">The new key.</param>
    /// <param name="conditions">Judged against what the destination holds.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public ValueTask<WriteOutcome> RenameAsync(
        BucketRecord bucket,
        ObjectVersion source,
        ObjectKey destination,
        WriteConditions conditions,
        CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>
    /// Without a version: removes the object, or in a versioned bucket writes a delete marker. With one: removes it
    /// for good; the next older version becomes current.
    /// </summary>
    public ValueTask<DeleteOutcome> DeleteAsync(
        BucketRecord bucket,
        ObjectKey key,
        VersionId? versionId,
        string callerId,
        WriteConditions conditions,
        CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>
    /// Changes what is kept beside a version's bytes (tags today): key, version, size and content stay. Null: no such version.
    /// </summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="key">The key.</param>
    /// <param name="versionId">Null for the current version.</param>
    /// <param name="change">Pure: it may run more than once. A delete marker is passed in and must be returned unchanged.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public ValueTask<ObjectVersion?> UpdateAsync(
        BucketRecord bucket,
        ObjectKey key,
        VersionId? versionId,
        Func<ObjectVersion, ObjectVersion> change,
        CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>A page of current objects.</summary>
    public ValueTask<ObjectPage> ListAsync(
        BucketRecord bucket, ObjectListing listing, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>A page of all versions.</summary>
    public ValueTask<VersionPage> ListVersionsAsync(
        BucketRecord bucket, VersionListing listing, CancellationToken cancellation) =>
        throw new NotImplementedException();
}

/// <summary>An object that is being read.</summary>
public sealed class StoredObject : IAsyncDisposable
{
    /// <summary>What was found; a delete marker has no content.</summary>
    public ObjectVersion Version => throw new NotImplementedException();

    /// <summary>Fills <paramref name="buffer"/> from <paramref name="offset"/> on; less only at the object's end.</summary>
    /// <exception cref="CorruptDataException">The stored bytes fail their checksum.</exception>
    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>The parts that the object was completed from, in order; empty for an object that was put whole.</summary>
    public ValueTask<IReadOnlyList<ObjectPart>> ReadPartsAsync(CancellationToken cancellation) =>
        throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

/// <summary>The bytes of a new object or part, on their way. Disposed before they are put, they leave nothing.</summary>
public sealed class NewContent : IAsyncDisposable
{
    /// <summary>Bytes written so far.</summary>
    public long Length => throw new NotImplementedException();

    /// <summary>Appends bytes; the memory may be reused once this completes.</summary>
    /// <exception cref="StoreUnavailableException">The disk is nearly full, or the store is read-only.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
