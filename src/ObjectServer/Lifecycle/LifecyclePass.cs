using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ObjectServer.Observability;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Lifecycle;

/// <summary>
/// One pass over a store: every bucket that has rules, its versions in the order of the index, then its uploads. It holds
/// a page of versions and a batch of changes, says now and then how far it is, and can be cut short anywhere: what it
/// changes is conditional on being what was judged, so that whoever goes on, from wherever, comes to the same end.
/// </summary>
internal sealed class LifecyclePass(
    LocalStore store,
    LifecycleCalendar calendar,
    LifecyclePace pace,
    LifecycleCounts counts,
    TimeProvider time,
    ILogger log)
{
    /// <summary>Versions that wait to be ended in one commit.</summary>
    private const int BatchVersions = 128;

    /// <summary>Transitions and aborts at a time; their commits share the journal's syncs.</summary>
    private const int ChangesAtATime = 8;

    private const int BucketPage = 100;
    private const int UploadPage = 1000;
    private const int MaxLoggedFailures = 10;

    /// <summary>How often the position is kept while a pass runs.</summary>
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(5);

    /// <summary>Versions after which the pass rests, and moves its position to the next end of a key.</summary>
    public int LooksBetweenRests { get; init; } = 500;

    private readonly List<(ExpiredVersion Version, LifecycleAction Action)> _ending = new(BatchVersions);
    private readonly List<(WalkedVersion Walked, LifecycleAction Action)> _moving = new(ChangesAtATime);
    private LifecyclePosition _position = LifecyclePosition.Begin(DateTimeOffset.UnixEpoch);
    private long _saved;

    /// <summary>Makes a pass, or goes on with one.</summary>
    /// <param name="position">Where.</param>
    /// <param name="moved">Told how far it has come, before that is kept.</param>
    /// <param name="cancellation">Ends it; the position that was kept last is gone on with.</param>
    /// <returns>Its end.</returns>
    public async Task<LifecyclePosition> RunAsync(
        LifecyclePosition position, Action<LifecyclePosition> moved, CancellationToken cancellation)
    {
        _position = position;
        _saved = time.GetTimestamp();
        if (position.Bucket.Length > 0)
        {
            await PassBucketAsync(position.Bucket, moved, cancellation);
        }

        while (true)
        {
            var page = await store.Buckets.ListAsync("", _position.Bucket, BucketPage, cancellation);
            foreach (var bucket in page.Buckets)
            {
                _position = _position with { Bucket = bucket.Name, After = [] };
                await PassBucketAsync(bucket.Name, moved, cancellation);
            }

            if (!page.IsTruncated || page.Buckets.IsEmpty)
            {
                return _position with { IsOver = true };
            }
        }
    }

    private async Task PassBucketAsync(string name, Action<LifecyclePosition> moved, CancellationToken cancellation)
    {
        // Rules that change while the pass is in the bucket hold from then on, and it goes on where it is.
        while (await store.Buckets.FindAsync(name, cancellation) is { } bucket
            && FindRules(bucket) is { } configuration)
        {
            var judge = new LifecycleJudge(configuration, bucket.Versioning, calendar);
            var isThrough = (!judge.Concerns.Objects || await PassObjectsAsync(bucket, judge, moved, cancellation))
                && (!judge.Concerns.Uploads || await PassUploadsAsync(bucket, configuration, moved, cancellation));
            if (isThrough)
            {
                return;
            }
        }
    }

    /// <summary>Rules that cannot be read are nobody's; the other buckets need not wait for them.</summary>
    private LifecycleConfiguration? FindRules(BucketRecord bucket)
    {
        try
        {
            return LifecycleConfiguration.Find(bucket);
        }
        catch (CorruptDataException damage)
        {
            counts.CountFailure();
            LifecycleLog.RulesUnreadable(log, damage, bucket.Name);
            return null;
        }
    }

    /// <summary>False: the bucket was changed, and the rest is to be judged by what it is now.</summary>
    private async Task<bool> PassObjectsAsync(
        BucketRecord bucket, LifecycleJudge judge, Action<LifecyclePosition> moved, CancellationToken cancellation)
    {
        var (looks, hasRested) = (0, false);
        await foreach (var walked in VersionWalk.WalkAsync(
            store.Objects, bucket, judge.CommonPrefix, _position.After, cancellation))
        {
            counts.CountLook();
            looks++;
            if (await FindDueAsync(bucket, judge, walked, cancellation) is { } action)
            {
                looks += LifecyclePace.ChangeCost;
                await AddAsync(bucket, walked, action, cancellation);
            }

            if (looks >= LooksBetweenRests)
            {
                await FlushAsync(bucket, cancellation);
                await pace.RestAsync(looks, cancellation);
                (looks, hasRested) = (0, true);
            }

            // What older versions are counts from the first of their key on: a pass that is gone on with begins with one.
            if (hasRested && walked.EndsKey)
            {
                await FlushAsync(bucket, cancellation);
                await MoveAsync(walked.Version.Key, moved, cancellation);
                hasRested = false;
                if (!await StandsAsync(bucket, cancellation))
                {
                    return false;
                }
            }
        }

        await FlushAsync(bucket, cancellation);
        await pace.RestAsync(looks, cancellation);
        return await StandsAsync(bucket, cancellation);
    }

    /// <summary>What is due, decided without its tags where no rule that is due looks at any.</summary>
    private async ValueTask<(LifecycleAction Action, ImmutableArray<Tag>? Tags)?> FindDueAsync(
        BucketRecord bucket, LifecycleJudge judge, WalkedVersion walked, CancellationToken cancellation)
    {
        var version = walked.Version;
        if (judge.FindDue(walked, tags: null, _position.Began) is not { } due)
        {
            return null;
        }

        if (!judge.LooksAtTags || version.IsDeleteMarker)
        {
            return (due, null);
        }

        try
        {
            var found = await store.Objects.FindAsync(bucket, version.Key, version.VersionId, cancellation);
            return found?.Sequence == version.Sequence
                && judge.FindDue(walked, found.Tags, _position.Began) is { } decided
                    ? (decided, found.Tags)
                    : null;
        }
        catch (CorruptDataException damage)
        {
            Fail(bucket, version.Key, damage);
            return null;
        }
    }

    private async ValueTask AddAsync(
        BucketRecord bucket,
        WalkedVersion walked,
        (LifecycleAction Action, ImmutableArray<Tag>? Tags) due,
        CancellationToken cancellation)
    {
        if (due.Action.Verb == LifecycleVerb.Transition)
        {
            _moving.Add((walked, due.Action));
            if (_moving.Count == ChangesAtATime)
            {
                await MoveVersionsAsync(bucket, cancellation);
            }

            return;
        }

        var version = walked.Version;
        var expiry = !version.IsLatest ? Expiry.Noncurrent
            : version.IsDeleteMarker ? Expiry.LoneMarker
            : Expiry.Current;
        _ending.Add((new(version.Key, version.Sequence, expiry, due.Tags), due.Action));
        if (_ending.Count == BatchVersions)
        {
            await EndVersionsAsync(bucket, cancellation);
        }
    }

    private async ValueTask FlushAsync(BucketRecord bucket, CancellationToken cancellation)
    {
        await EndVersionsAsync(bucket, cancellation);
        await MoveVersionsAsync(bucket, cancellation);
    }

    private async ValueTask EndVersionsAsync(BucketRecord bucket, CancellationToken cancellation)
    {
        if (_ending.Count == 0)
        {
            return;
        }

        try
        {
            await EndAsync(bucket, [.. _ending], cancellation);
        }
        catch (Exception fault) when (IsOfOne(fault) && _ending.Count > 1)
        {
            // The others need not stay because one has to.
            foreach (var one in _ending)
            {
                await EndAloneAsync(bucket, one, cancellation);
            }
        }
        catch (Exception fault) when (IsOfOne(fault))
        {
            Fail(bucket, _ending[0].Version.Key, fault);
        }

        _ending.Clear();
    }

    private async ValueTask EndAloneAsync(
        BucketRecord bucket, (ExpiredVersion Version, LifecycleAction Action) one, CancellationToken cancellation)
    {
        try
        {
            await EndAsync(bucket, [one], cancellation);
        }
        catch (Exception fault) when (IsOfOne(fault))
        {
            Fail(bucket, one.Version.Key, fault);
        }
    }

    private async ValueTask EndAsync(
        BucketRecord bucket,
        ImmutableArray<(ExpiredVersion Version, LifecycleAction Action)> ending,
        CancellationToken cancellation)
    {
        var outcomes = await store.Objects.ExpireAsync(
            bucket, [.. ending.Select(one => one.Version)], cancellation);
        for (var at = 0; at < outcomes.Length; at++)
        {
            counts.Count(outcomes[at]);
            if (outcomes[at] is ExpiryOutcome.Removed or ExpiryOutcome.Hidden)
            {
                LifecycleLog.Acted(log, ending[at].Action, bucket.Name, ending[at].Version.Key);
            }
        }
    }

    private async ValueTask MoveVersionsAsync(BucketRecord bucket, CancellationToken cancellation)
    {
        await Task.WhenAll(_moving.Select(moving => MoveVersionAsync(bucket, moving.Walked, moving.Action, cancellation)));
        _moving.Clear();
    }

    private async Task MoveVersionAsync(
        BucketRecord bucket, WalkedVersion walked, LifecycleAction action, CancellationToken cancellation)
    {
        var version = walked.Version;
        try
        {
            var outcome = await store.Objects.TransitionAsync(
                bucket.Name, version.Key, version.Sequence, action.StorageClass!, cancellation);
            if (outcome == TransitionOutcome.Moved)
            {
                lock (counts)
                {
                    counts.CountTransition();
                }

                LifecycleLog.Acted(log, action, bucket.Name, version.Key);
            }
        }
        catch (Exception fault) when (IsOfOne(fault))
        {
            lock (counts)
            {
                Fail(bucket, version.Key, fault);
            }
        }
    }

    /// <summary>Uploads come after all keys, from the first one on: those that are due are few.</summary>
    private async Task<bool> PassUploadsAsync(
        BucketRecord bucket,
        LifecycleConfiguration configuration,
        Action<LifecyclePosition> moved,
        CancellationToken cancellation)
    {
        var listing = new UploadListing(default, default, default, "", UploadPage);
        while (true)
        {
            var page = await store.Uploads.ListAsync(bucket, listing, cancellation);
            var aborted = 0;
            foreach (var upload in page.Uploads)
            {
                counts.CountLook();
                if (configuration.FindAbort(upload, calendar) is { } abort && abort.Time <= _position.Began)
                {
                    aborted++;
                    await AbortAsync(bucket, upload, abort.Rule, cancellation);
                }
            }

            await pace.RestAsync(page.Uploads.Length + (aborted * LifecyclePace.ChangeCost), cancellation);
            if (!page.IsTruncated)
            {
                return true;
            }

            await SaveAsync(moved, cancellation);
            if (!await StandsAsync(bucket, cancellation))
            {
                return false;
            }

            listing = listing with { KeyMarker = page.NextKeyMarker, UploadIdMarker = page.NextUploadIdMarker };
        }
    }

    private async ValueTask AbortAsync(
        BucketRecord bucket, UploadRecord upload, LifecycleRule rule, CancellationToken cancellation)
    {
        var outcome = await store.Uploads.AbortAsync(
            bucket, upload.Key, upload.UploadId, ifInitiated: null, cancellation);
        if (outcome == AbortOutcome.Aborted)
        {
            counts.CountAbort();
            LifecycleLog.Acted(
                log, new(rule, LifecycleVerb.Abort, _position.Began, StorageClass: null), bucket.Name, upload.Key);
        }
    }

    /// <summary>Whether the bucket is still the one by whose rules and versioning the pass judges.</summary>
    private async ValueTask<bool> StandsAsync(BucketRecord bucket, CancellationToken cancellation)
    {
        var now = await store.Buckets.FindAsync(bucket.Name, cancellation);
        return now?.Id == bucket.Id
            && now.Versioning == bucket.Versioning
            && now.Settings.Find(BucketSetting.Lifecycle) is { } rules
            && rules.Bytes.Span.SequenceEqual(bucket.Settings.Find(BucketSetting.Lifecycle)!.Bytes.Span);
    }

    private ValueTask MoveAsync(ObjectKey key, Action<LifecyclePosition> moved, CancellationToken cancellation)
    {
        _position = _position with { After = key.Utf8.ToArray() };
        return SaveAsync(moved, cancellation);
    }

    private async ValueTask SaveAsync(Action<LifecyclePosition> moved, CancellationToken cancellation)
    {
        moved(_position);
        if (time.GetElapsedTime(_saved) >= SaveInterval)
        {
            await _position.SaveAsync(store.Documents, cancellation);
            _saved = time.GetTimestamp();
        }
    }

    /// <summary>
    /// Whether a fault says nothing of other versions: bytes that fail their checksum, or no room where they are to lie.
    /// </summary>
    private static bool IsOfOne(Exception fault) => fault
        is CorruptDataException or StoreUnavailableException { Reason: UnavailableReason.DiskNearlyFull };

    /// <summary>What could not be done is tried again by the next pass. A full disk would fill a log, too.</summary>
    private void Fail(BucketRecord bucket, ObjectKey key, Exception fault)
    {
        counts.CountFailure();
        if (counts.Failed <= MaxLoggedFailures)
        {
            LifecycleLog.NotDone(log, fault, bucket.Name, LogText.OneLine(key.ToString()));
        }
    }
}
