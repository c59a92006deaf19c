namespace ObjectServer.Storage;

/// <summary>Multipart uploads.</summary>
public sealed class UploadStore
{
    /// <summary>Begins an upload; its id and time are the store's. Null: the bucket was deleted meanwhile.</summary>
    public ValueTask<UploadRecord?> CreateAsync(
        BucketRecord bucket, NewUpload upload, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>The upload, or null.</summary>
    public ValueTask<UploadRecord?> FindAsync(
        BucketRecord bucket, ObjectKey key, string uploadId, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>Seals the content and makes it the part of this number, replacing an earlier one.</summary>
    public ValueTask<PartOutcome> PutPartAsync(
        BucketRecord bucket,
        UploadRecord upload,
        int number,
        string eTag,
        ObjectChecksum? checksum,
        NewContent content,
        CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>Parts with a number above <paramref name="after"/>.</summary>
    public ValueTask<PartPage> ListPartsAsync(
        BucketRecord bucket, UploadRecord upload, int after, int limit, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>Makes the chosen parts the key's current version and ends the upload; copies nothing.</summary>
    public ValueTask<WriteOutcome> CompleteAsync(
        BucketRecord bucket, UploadCompletion completion, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>What an upload was completed to, for a client that asks again; null if unknown. Kept for a day.</summary>
    public ValueTask<ObjectVersion?> FindCompletedAsync(
        BucketRecord bucket, ObjectKey key, string uploadId, CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>Removes an upload and its parts; false if there is no such upload.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="key">The key.</param>
    /// <param name="uploadId">The upload.</param>
    /// <param name="ifInitiated">The time, to the second, at which it must have been begun; null for any.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public ValueTask<AbortOutcome> AbortAsync(
        BucketRecord bucket,
        ObjectKey key,
        string uploadId,
        DateTimeOffset? ifInitiated,
        CancellationToken cancellation) =>
        throw new NotImplementedException();

    /// <summary>A page of uploads in progress.</summary>
    public ValueTask<UploadPage> ListAsync(
        BucketRecord bucket, UploadListing listing, CancellationToken cancellation) =>
        throw new NotImplementedException();
}

/// <summary>How an abort ended.</summary>
public enum AbortOutcome
{
    Aborted,
    NoSuchUpload,
    PreconditionFailed,
}
