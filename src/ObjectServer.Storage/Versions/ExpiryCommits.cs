using ObjectServer.Storage.Contents;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Versions;

/// <summary>
/// Ends versions that were found to be over, many in one commit. The commit requires each version to be what was judged,
/// and the bucket to have the versioning and the lifecycle rules by which it was judged: what a client changed meanwhile
/// stays. No lock is ever bypassed.
/// </summary>
internal sealed class ExpiryCommits(
    BucketCache buckets, IMetadataStore metadata, ContentStore contents, TimeProvider time)
{
    /// <summary>Each costs some of the journal's time at once, for which writers wait.</summary>
    private const int MaxVersions = 128;

    /// <summary>Inline bytes that move with a version when a delete marker takes its place.</summary>
    private const int MaxContentBytes = 1 << 20;

    /// <summary>Where one of many versions is written again and again, the others must not wait for it.</summary>
    private const int MaxAttemptsTogether = 3;

    /// <summary>Ends the versions, in their order.</summary>
    /// <param name="bucket">As it was when the versions were judged.</param>
    /// <param name="versions">Each at most once, those of a key together.</param>
    /// <param name="cancellation">Ends it between two commits.</param>
    /// <returns>An outcome for each.</returns>
    public async ValueTask<ExpiryOutcome[]> ExpireAsync(
        BucketRecord bucket, IReadOnlyList<ExpiredVersion> versions, CancellationToken cancellation)
    {
        var outcomes = new ExpiryOutcome[versions.Count];
        var (done, failures) = (0, 0);
        while (done < versions.Count
            && await Attempt.BeginAsync(buckets, metadata, contents, bucket, cancellation) is { } attempt
            && RuleJudgement.Stands(attempt.Bucket, bucket))
        {
            var limit = failures < MaxAttemptsTogether ? MaxVersions : 1;
            var taken = await TakeAsync(attempt, versions, done, limit, outcomes, cancellation);
            if (attempt.Batch.Changes.Count == 0 || await attempt.CommitAsync(null, cancellation))
            {
                done += taken;
                failures = 0;
            }
            else
            {
                failures++;
            }
        }

        Array.Fill(outcomes, ExpiryOutcome.Changed, done, versions.Count - done);
        return outcomes;
    }

    /// <summary>Adds to the batch as many of the versions as may be in it.</summary>
    /// <returns>How many of them are done with once the batch is committed.</returns>
    private async ValueTask<int> TakeAsync(
        Attempt attempt,
        IReadOnlyList<ExpiredVersion> versions,
        int first,
        int limit,
        ExpiryOutcome[] outcomes,
        CancellationToken cancellation)
    {
        var newer = new NewerVersions(metadata, attempt);
        var contentBytes = 0;
        var at = first;
        while (at < versions.Count && at - first < limit && contentBytes < MaxContentBytes)
        {
            // A null delete marker takes an older null version of its key away, which may be the next to go.
            if (at > first
                && attempt.Bucket.Versioning == VersioningState.Suspended
                && versions[at].Key == versions[at - 1].Key
                && versions[at - 1].Expiry == Expiry.Current)
            {
                break;
            }

            var (outcome, moved) = versions[at].Expiry switch
            {
                Expiry.Noncurrent => (await RemoveOlderAsync(attempt, newer, versions[at], cancellation), 0),
                Expiry.LoneMarker => (await RemoveMarkerAsync(attempt, versions[at], cancellation), 0),
                _ => await EndCurrentAsync(attempt, versions[at], cancellation),
            };
            outcomes[at++] = outcome;
            contentBytes += moved;
        }

        return at - first;
    }

    private async ValueTask<ExpiryOutcome> RemoveOlderAsync(
        Attempt attempt, NewerVersions newer, ExpiredVersion expired, CancellationToken cancellation)
    {
        var reading = await metadata.ReadAsync(
            MetadataKeys.Older(attempt.Bucket.Id, expired.Key, expired.Sequence), cancellation);
        if (!reading.Exists)
        {
            return ExpiryOutcome.Changed;
        }

        var found = new FoundVersion(KeptVersion.Decode(expired.Key, reading, isLatest: false), reading);
        if (Judge(found, expired) is { } kept)
        {
            return kept;
        }

        if (!await newer.RequireAsync(expired.Key, expired.Sequence, expired.Newer, cancellation))
        {
            return ExpiryOutcome.Changed;
        }

        attempt.ChangeOlder(expired.Key).RemoveOlder(found);
        return ExpiryOutcome.Removed;
    }

    private async ValueTask<ExpiryOutcome> RemoveMarkerAsync(
        Attempt attempt, ExpiredVersion expired, CancellationToken cancellation)
    {
        var change = await attempt.ChangeAsync(expired.Key, withContent: false, cancellation);
        if (change.Head is not { Version.IsDeleteMarker: true } head || Judge(head, expired) is not null)
        {
            return ExpiryOutcome.Changed;
        }

        // Nothing becomes an older version unless the current one changes, and that is required to stand.
        var older = await metadata.ScanAsync(
            MetadataRange.WithPrefix(MetadataKeys.OlderOf(attempt.Bucket.Id, expired.Key)), 1, cancellation);
        if (older.Count > 0)
        {
            return ExpiryOutcome.Changed;
        }

        await change.RemoveHeadAsync(cancellation);
        return ExpiryOutcome.Removed;
    }

    private async ValueTask<(ExpiryOutcome Outcome, int MovedBytes)> EndCurrentAsync(
        Attempt attempt, ExpiredVersion expired, CancellationToken cancellation)
    {
        var change = await attempt.ChangeAsync(expired.Key, withContent: false, cancellation);
        if (change.Head is not { Version.IsDeleteMarker: false } head)
        {
            return (ExpiryOutcome.Changed, 0);
        }

        // What only moves behind a delete marker is not removed, and its lock has nothing against that.
        var moves = attempt.Bucket.Versioning == VersioningState.Enabled || !head.Version.VersionId.IsNull;
        var kept = Judge(head, expired);
        if (kept is not null && !(kept == ExpiryOutcome.Protected && moves))
        {
            return (kept.Value, 0);
        }

        if (attempt.Bucket.Versioning == VersioningState.Unversioned)
        {
            await change.RemoveHeadAsync(cancellation);
            return (ExpiryOutcome.Removed, 0);
        }

        await change.PushMarkerAsync(attempt.Bucket.OwnerId, time.GetUtcNow(), cancellation);
        return (ExpiryOutcome.Hidden, head.Content.Length);
    }

    /// <summary>Why a version is left as it is; null where it may go.</summary>
    private ExpiryOutcome? Judge(FoundVersion found, ExpiredVersion expired) =>
        found.Version.Sequence != expired.Sequence
        || (expired.Revision != 0 && expired.Revision != found.Reading.Revision)
        || (expired.Tags is { } tags && !tags.AsSpan().SequenceEqual(found.Version.Tags.AsSpan())) ? ExpiryOutcome.Changed
        : found.Version.IsProtected(time.GetUtcNow(), bypassesGovernance: false) ? ExpiryOutcome.Protected
        : null;
}
