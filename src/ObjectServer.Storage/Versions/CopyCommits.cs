using ObjectServer.Storage.Contents;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Versions;

/// <summary>
/// Makes copies of versions. The commit requires the source to be what was found; it shares the source's bytes, or
/// names those that were written before where the copy's class lies.
/// </summary>
internal sealed class CopyCommits(
    BucketCache buckets, IMetadataStore metadata, ContentStore contents, KeyTurns turns, TimeProvider time)
{
    private readonly VersionReader _reader = new(metadata);
    private readonly ContentMoves _moves = new(metadata, contents, time);

    /// <summary>Makes a copy of a version the current version of a key.</summary>
    /// <param name="sourceBucket">The bucket of <paramref name="source"/>.</param>
    /// <param name="source">As found.</param>
    /// <param name="bucket">The destination.</param>
    /// <param name="written">The new object.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async ValueTask<WriteOutcome> CopyAsync(
        BucketRecord sourceBucket,
        ObjectVersion source,
        BucketRecord bucket,
        NewObject written,
        CancellationToken cancellation)
    {
        while (true)
        {
            var (from, copied) = _moves.ArePossible
                ? await MoveAsync(sourceBucket, source, written.StorageClass, cancellation)
                : default;
            await using var moved = copied;
            if (await TryCopyAsync(sourceBucket, source, from, bucket, written, moved, cancellation) is { } outcome)
            {
                return outcome;
            }
        }
    }

    /// <summary>
    /// Writes the bytes of the source where those of the copy's class lie, outside the turn of the copy's key: it may
    /// take as long as the bytes do. Says which content it looked at.
    /// </summary>
    private async ValueTask<(ContentReference From, MovedContent? Moved)> MoveAsync(
        BucketRecord bucket, ObjectVersion source, string storageClass, CancellationToken cancellation)
    {
        var missing = 0UL;
        while (await _reader.FindAsync(bucket, source.Key, source.Sequence, withContent: false, cancellation)
            is { } found)
        {
            var moved = await _moves.WriteAsync(
                bucket, found, storageClass, isCopy: true, copied: null, cancellation);
            if (moved is not { IsSourceMissing: true })
            {
                return (found.Kept.Content, moved);
            }

            found.DemandChanged(ref missing);
        }

        return default;
    }

    /// <summary>
    /// Null: the bytes were to be shared, and no longer lie where they did when they were looked at.
    /// </summary>
    private async ValueTask<WriteOutcome?> TryCopyAsync(
        BucketRecord sourceBucket,
        ObjectVersion source,
        ContentReference from,
        BucketRecord bucket,
        NewObject written,
        MovedContent? moved,
        CancellationToken cancellation)
    {
        using var turn = await turns.TakeAsync(bucket.Id, written.Key, cancellation);
        while (await Attempt.BeginAsync(buckets, metadata, contents, bucket, cancellation) is { } attempt)
        {
            var found = await _reader.FindAsync(
                sourceBucket, source.Key, source.VersionId, withContent: true, cancellation);
            if (found is null || found.Version.IsDeleteMarker || found.Version.Sequence != source.Sequence)
            {
                return new WriteOutcome.SourceChanged();
            }

            var (content, inline) = (found.Kept.Content, found.Content);
            if (_moves.ArePossible && moved is null && content != from)
            {
                return null;
            }

            attempt.Batch.Require(found.Reading);
            var change = await attempt.ChangeAsync(written.Key, withContent: false, cancellation);
            if (WriteJudgement.Judge(written.Conditions, change.Head?.Version) is { } refusal)
            {
                return refusal;
            }

            var version = change.Compose(written, found.Version.Size, time.GetUtcNow());
            if (moved is null)
            {
                attempt.Contents.Acquire(content, version.Size);
            }
            else
            {
                moved.Begin(attempt.Batch, attempt.Contents);
                (content, inline) = (moved.Reference, moved.Inline);
            }

            await change.PushAsync(new KeptVersion(version, content), inline, cancellation);
            if (await attempt.CommitAsync(moved, cancellation))
            {
                return new WriteOutcome.Written(version);
            }
        }

        return new WriteOutcome.NoSuchBucket();
    }
}
