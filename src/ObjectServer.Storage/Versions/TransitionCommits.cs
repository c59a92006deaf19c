using ObjectServer.Storage.Contents;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Versions;

/// <summary>
/// Moves versions that were found to be due for it to another storage class, one at a time. Their bytes are written
/// where those of the class lie, while everybody else goes on; then one commit exchanges them. It requires the version
/// and its bytes to be what was judged, and the bucket to have the versioning and the lifecycle rules by which it was
/// judged; what changed beside the bytes meanwhile is kept.
/// </summary>
internal sealed class TransitionCommits(
    BucketCache buckets, IMetadataStore metadata, ContentStore contents, KeyTurns turns, TimeProvider time)
{
    private readonly VersionReader _reader = new(metadata);
    private readonly ContentMoves _moves = new(metadata, contents, time);

    /// <summary>Moves a version, and copies its bytes once at most.</summary>
    /// <param name="judged">On what it rests that the version is to move.</param>
    /// <param name="storageClass">The class to move it to.</param>
    /// <param name="copied">Told of bytes as they are copied, and waited for; null for nobody.</param>
    /// <param name="cancellation">Ends it before the commit; nothing is left then.</param>
    public async ValueTask<TransitionOutcome> TransitionAsync(
        RuleJudgement judged,
        string storageClass,
        Func<int, CancellationToken, ValueTask>? copied,
        CancellationToken cancellation)
    {
        var (key, sequence) = (judged.Version.Key, judged.Version.Sequence);
        var state = NewState(storageClass);
        var missing = 0UL;
        while (await buckets.ReadAsync(judged.Bucket.Name, cancellation) is { Bucket: var bucket })
        {
            var found = await _reader.FindAsync(bucket, key, sequence, withContent: false, cancellation);
            if (found is null or { Version.IsDeleteMarker: true })
            {
                return TransitionOutcome.Gone;
            }

            if (!judged.Stands(bucket, found.Version))
            {
                return TransitionOutcome.Changed;
            }

            await using var moved = await _moves.WriteAsync(
                bucket, found, state.Class, isCopy: false, copied, cancellation);
            if (moved is null && found.Version.StorageClass == state.Class)
            {
                return TransitionOutcome.AlreadyThere;
            }

            if (moved is { IsSourceMissing: true })
            {
                found.DemandChanged(ref missing);
                continue;
            }

            using var turn = await turns.TakeAsync(bucket.Id, key, cancellation);
            return await CommitAsync(judged, bucket, found, state, moved, cancellation);
        }

        return TransitionOutcome.Gone;
    }

    /// <summary>The state of a version that has just come into a class.</summary>
    private StorageState NewState(string storageClass)
    {
        var state = StorageState.Of(storageClass);

        // Nobody knows when it was read in the class before: it counts as read now.
        return state.Class == StorageState.IntelligentTieringClass
            ? state with { AccessedUntil = KeptTime.Of(time.GetUtcNow()) }
            : state;
    }

    /// <summary>
    /// Commits a transition, however often the record changes beside its bytes: tags, locks and marks that came
    /// meanwhile are kept. The caller has the key's turn.
    /// </summary>
    private async ValueTask<TransitionOutcome> CommitAsync(
        RuleJudgement judged,
        BucketRecord bucket,
        FoundVersion found,
        StorageState state,
        MovedContent? moved,
        CancellationToken cancellation)
    {
        while (await Attempt.BeginAsync(buckets, metadata, contents, bucket, cancellation) is { } attempt)
        {
            // Inline bytes that stay are put again with the record.
            var now = await _reader.FindAsync(
                bucket, found.Version.Key, found.Version.Sequence, withContent: moved is null, cancellation);
            if (now is null
                || now.Kept.Content != found.Kept.Content
                || now.Version.StorageClass != found.Version.StorageClass
                || !await StandsAsync(judged, attempt, now.Version, cancellation))
            {
                return TransitionOutcome.Changed;
            }

            attempt.Batch.Require(now.Reading);
            var content = now.Kept.Content;
            if (moved is not null)
            {
                moved.Begin(attempt.Batch, attempt.Contents);
                attempt.Contents.Release(content, now.Version.Size);
                content = moved.Reference;
            }

            // Bytes that follow their class take the state of the version along.
            var storage = now.Version.StorageClass == state.Class ? now.Version.Storage : state;
            var kept = new KeptVersion(now.Version with { Storage = storage }, content);
            attempt.Batch.Put(
                now.Reading.Key, kept.EncodeSummary(), kept.EncodeRecord(), moved?.Inline ?? now.Content);
            if (await attempt.CommitAsync(moved, cancellation))
            {
                return TransitionOutcome.Moved;
            }
        }

        return TransitionOutcome.Changed;
    }

    /// <summary>Whether a version is what rules judged; the attempt requires all of it then.</summary>
    private async ValueTask<bool> StandsAsync(
        RuleJudgement judged, Attempt attempt, ObjectVersion version, CancellationToken cancellation) =>
        judged.Stands(attempt.Bucket, version)
        && await new NewerVersions(metadata, attempt).RequireAsync(
            version.Key, version.Sequence, judged.Version.Newer, cancellation);
}
