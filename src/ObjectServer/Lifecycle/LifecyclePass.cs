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

    /// <summary>Transitions at a time; their commits share the journal's syncs.</summary>
    private const int MovesAtATime = 8;

    /// <summary>As many where they may copy bytes, which requests want to read and write as well.</summary>
    private const int CopiesAtATime = 2;

    /// <summary>
    /// Failures in a row after which a class is given up for the rest of the pass: fewer may be those of a few versions.
    /// </summary>
    private const int FailuresOfAClass = 5;

    /// <summary>What it costs to read the tags of a version, in versions that are only looked at.</summary>
    private const int TagCost = 1;

    private const int BucketPage = 100;
    private const int UploadPage = 1000;
    private const int MaxLoggedFailures = 10;

    /// <summary>How often the position is kept while a pass runs.</summary>
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(5);

    /// <summary>
    /// What may be done before the pass rests, and moves its position to the next end of a key: a batch, where all that is
    /// looked at is ended.
    /// </summary>
    public int LooksBetweenRests { get; init; } = BatchVersions * (1 + LifecyclePace.ChangeCost);

    private readonly List<(ExpiredVersion Version, LifecycleAction Action)> _ending = new(BatchVersions);
    private readonly List<(WalkedVersion Walked, LifecycleAction Action, ImmutableArray<Tag>? Tags)> _moving = new(MovesAtATime);
    private readonly Dictionary<string, int> _failuresOfClasses = [];
    private LifecyclePosition _position = LifecyclePosition.Begin(DateTimeOffset.UnixEpoch);
    private (ObjectKey Key, int Versions) _endingOlder;
    private int _looks;
    private long _saved;

    /// <summary>What is due by then is done: never by a time that has not come, however the clock stood when the pass began.</summary>
    private DateTimeOffset JudgedBy => time.GetUtcNow() is var now && now < _position.Began ? now : _position.Began;

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
            var page = await store.Buckets.ListNamesAsync("", _position.Bucket, BucketPage, cancellation);
            foreach (var name in page.Names)
            {
                _position = _position with { Bucket = name, BucketId = 0, After = [] };
                await PassBucketAsync(name, moved, cancellation);
            }

            if (!page.IsTruncated)
            {
                return _position with { IsOver = true };
            }
        }
    }

    private async Task PassBucketAsync(string name, Action<LifecyclePosition> moved, CancellationToken cancellation)
    {
        // Rules that change while the pass is in the bucket hold from then on, and it goes on where it is.
        while (await FindBucketAsync(name, cancellation) is { } bucket && FindRules(bucket) is { } configuration)
        {
            if (bucket.Id != _position.BucketId)
            {
                _position = _position with { BucketId = bucket.Id, After = [] };
            }

            var judge = new LifecycleJudge(configuration, bucket.Versioning, calendar);
            var isThrough = (!judge.Concerns.Objects || await PassObjectsAsync(bucket, judge, moved, cancellation))
                && (!judge.Concerns.Uploads || await PassUploadsAsync(bucket, configuration, moved, cancellation));
            if (isThrough)
            {
                return;
            }
        }
    }

    /// <summary>Null, too, where its record cannot be read: the others need not wait for it.</summary>
    private async ValueTask<BucketRecord?> FindBucketAsync(string name, CancellationToken cancellation)
    {
        try
        {
            return await store.Buckets.FindAsync(name, cancellation);
        }
        catch (Exception damage) when (IsOfOne(damage))
        {
            FailBucket(name, damage);
            return null;
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
        var isThrough = true;
        try
        {
            isThrough = await WalkAsync(bucket, judge, moved, cancellation);
        }
        catch (Exception damage) when (IsOfOne(damage))
        {
            FailBucket(bucket.Name, damage);
        }

        await FlushAsync(bucket, judge, cancellation);
        await RestAsync(cancellation);
        return isThrough;
    }

    private async Task<bool> WalkAsync(
        BucketRecord bucket, LifecycleJudge judge, Action<LifecyclePosition> moved, CancellationToken cancellation)
    {
        var hasRested = false;
        await foreach (var walked in VersionWalk.WalkAsync(
            store.Objects, bucket, judge.CommonPrefix, _position.After, cancellation))
        {
            counts.CountLook();
            _looks++;
            if (await FindDueAsync(bucket, judge, walked, cancellation) is { } action)
            {
                _looks += LifecyclePace.ChangeCost;
                await AddAsync(bucket, judge, walked, action, cancellation);
            }

            if (_looks >= LooksBetweenRests)
            {
                await FlushAsync(bucket, judge, cancellation);
                await RestAsync(cancellation);
                hasRested = true;
            }

            // What older versions are counts from the first of their key on: a pass that is gone on with begins with one.
            if (hasRested && walked.EndsKey)
            {
                await FlushAsync(bucket, judge, cancellation);
                await MoveAsync(walked.Version.Key, moved, cancellation);
                hasRested = false;
                if (!await StandsAsync(bucket, cancellation))
                {
                    return false;
                }
            }
        }

        await FlushAsync(bucket, judge, cancellation);
        return await StandsAsync(bucket, cancellation);
    }

    private ValueTask RestAsync(CancellationToken cancellation)
    {
        var looks = _looks;
        _looks = 0;
        return pace.RestAsync(looks, cancellation);
    }

    /// <summary>What is due, decided without its tags where no rule that is due looks at any.</summary>
    private async ValueTask<(LifecycleAction Action, ImmutableArray<Tag>? Tags)?> FindDueAsync(
        BucketRecord bucket, LifecycleJudge judge, WalkedVersion walked, CancellationToken cancellation)
    {
        var version = walked.Version;
        var now = JudgedBy;
        if (judge.FindDue(walked, tags: null, now, MayMove) is not { } due)
        {
            return null;
        }

        if (!judge.LooksAtTags || version.IsDeleteMarker)
        {
            return (due, null);
        }

        try
        {
            _looks += TagCost;
            var found = await store.Objects.FindAsync(bucket, version.Key, version.VersionId, cancellation);
            return found?.Sequence == version.Sequence
                && judge.FindDue(walked, found.Tags, now, MayMove) is { } decided
                    ? (decided, found.Tags)
                    : null;
        }
        catch (Exception damage) when (IsOfOne(damage))
        {
            Fail(bucket, version.Key, damage);
            return null;
        }
    }

    private bool MayMove(string storageClass) =>
        _failuresOfClasses.GetValueOrDefault(storageClass) < FailuresOfAClass;

    private async ValueTask AddAsync(
        BucketRecord bucket,
        LifecycleJudge judge,
        WalkedVersion walked,
        (LifecycleAction Action, ImmutableArray<Tag>? Tags) due,
        CancellationToken cancellation)
    {
        if (due.Action.Verb == LifecycleVerb.Transition)
        {
            _moving.Add((walked, due.Action, due.Tags));
            if (_moving.Count >= (store.Objects.CopiesBytes ? CopiesAtATime : MovesAtATime))
            {
                await MoveVersionsAsync(bucket, judge, cancellation);
            }

            return;
        }

        _ending.Add((Expired(walked, due.Action, due.Tags), due.Action));
        if (_ending.Count == BatchVersions)
        {
            await EndVersionsAsync(bucket, cancellation);
        }
    }

    private ExpiredVersion Expired(WalkedVersion walked, LifecycleAction action, ImmutableArray<Tag>? tags)
    {
        var version = walked.Version;
        if (version.IsLatest)
        {
            return new(version.Key, version.Sequence, version.IsDeleteMarker ? Expiry.LoneMarker : Expiry.Current, tags)
            {
                Revision = version.Revision,
            };
        }

        // Those that this pass ends itself count as they did when the version was judged.
        var ended = _endingOlder.Key == version.Key ? _endingOlder.Versions : 0;
        _endingOlder = (version.Key, ended + 1);
        return new(version.Key, version.Sequence, Expiry.Noncurrent, tags)
        {
            Revision = version.Revision,
            Newer = Math.Max(0, action.Newer - ended),
        };
    }

    private async ValueTask FlushAsync(BucketRecord bucket, LifecycleJudge judge, CancellationToken cancellation)
    {
        await EndVersionsAsync(bucket, cancellation);
        await MoveVersionsAsync(bucket, judge, cancellation);
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

    private async ValueTask MoveVersionsAsync(
        BucketRecord bucket, LifecycleJudge judge, CancellationToken cancellation)
    {
        if (_moving.Count == 0)
        {
            return;
        }

        var moving = _moving.ToArray();
        _moving.Clear();
        var faults = await Task.WhenAll(moving.Select(
            one => MoveVersionAsync(bucket, one.Walked, one.Action, one.Tags, cancellation)));
        foreach (var ((walked, action, tags), fault) in moving.Zip(faults))
        {
            if (fault is null)
            {
                _failuresOfClasses.Remove(action.StorageClass!);
                continue;
            }

            Fail(bucket, walked.Version.Key, fault);
            CountFailureOf(action.StorageClass!, fault);

            // What cannot move is hidden all the same where that is due. It comes late for the batch, which is in order.
            if (judge.FindDue(walked, tags, JudgedBy, mayMove: _ => false) is { } instead)
            {
                await EndVersionsAsync(bucket, cancellation);
                await EndAloneAsync(bucket, (Expired(walked, instead, tags), instead), cancellation);
            }
        }
    }

    /// <summary>Why it failed; null where it did not.</summary>
    private async Task<Exception?> MoveVersionAsync(
        BucketRecord bucket,
        WalkedVersion walked,
        LifecycleAction action,
        ImmutableArray<Tag>? tags,
        CancellationToken cancellation)
    {
        var version = walked.Version;
        try
        {
            var outcome = await store.Objects.TransitionAsync(
                bucket,
                new(version.Key, version.Sequence, version.IsLatest, tags) { Newer = action.Newer },
                action.StorageClass!,
                (bytes, ended) => pace.RestAsync((double)bytes / LifecyclePace.BytesPerLook, ended),
                cancellation);
            if (outcome == TransitionOutcome.Moved)
            {
                lock (counts)
                {
                    counts.CountTransition();
                }

                LifecycleLog.Acted(log, action, bucket.Name, version.Key);
            }

            return null;
        }
        catch (Exception fault) when (IsOfOne(fault))
        {
            return fault;
        }
    }

    /// <summary>Damage is the version's own. Anything else may be the directory of the class.</summary>
    private void CountFailureOf(string storageClass, Exception fault)
    {
        if (fault is CorruptDataException || !MayMove(storageClass))
        {
            return;
        }

        _failuresOfClasses[storageClass] = _failuresOfClasses.GetValueOrDefault(storageClass) + 1;
        if (!MayMove(storageClass))
        {
            LifecycleLog.ClassGivenUp(log, fault, storageClass);
        }
    }

    /// <summary>Uploads come after all keys, from the first one on: those that are due are few.</summary>
    private async Task<bool> PassUploadsAsync(
        BucketRecord bucket,
        LifecycleConfiguration configuration,
        Action<LifecyclePosition> moved,
        CancellationToken cancellation)
    {
        try
        {
            return await WalkUploadsAsync(bucket, configuration, moved, cancellation);
        }
        catch (Exception damage) when (IsOfOne(damage))
        {
            FailBucket(bucket.Name, damage);
            return true;
        }
    }

    private async Task<bool> WalkUploadsAsync(
        BucketRecord bucket,
        LifecycleConfiguration configuration,
        Action<LifecyclePosition> moved,
        CancellationToken cancellation)
    {
        var listing = new UploadListing(default, default, default, "", UploadPage);
        while (true)
        {
            var page = await store.Uploads.ListAsync(bucket, listing, cancellation);
            foreach (var upload in page.Uploads)
            {
                counts.CountLook();
                _looks++;
                if (configuration.FindAbort(upload, calendar) is { } abort && abort.Time <= JudgedBy)
                {
                    _looks += LifecyclePace.ChangeCost;
                    await AbortAsync(bucket, upload, abort.Rule, cancellation);
                }
            }

            await RestAsync(cancellation);
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
        try
        {
            if (await store.Uploads.ExpireAsync(bucket, upload, cancellation))
            {
                counts.CountAbort();
                LifecycleLog.Acted(
                    log, new(rule, LifecycleVerb.Abort, _position.Began, StorageClass: null), bucket.Name, upload.Key);
            }
        }
        catch (Exception fault) when (IsOfOne(fault))
        {
            Fail(bucket, upload.Key, fault);
        }
    }

    /// <summary>Whether the bucket is still the one by whose rules and versioning the pass judges.</summary>
    private async ValueTask<bool> StandsAsync(BucketRecord bucket, CancellationToken cancellation)
    {
        var now = await FindBucketAsync(bucket.Name, cancellation);
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
            await _position.TrySaveAsync(store.Documents, cancellation);
            _saved = time.GetTimestamp();
        }
    }

    /// <summary>
    /// Whether a fault says nothing of other versions: anything but that the store takes no writes at all, or too many.
    /// </summary>
    private static bool IsOfOne(Exception fault) => fault switch
    {
        StoreUnavailableException unavailable => unavailable.Reason == UnavailableReason.DiskNearlyFull,
        _ => fault is IOException or UnauthorizedAccessException,
    };

    private void FailBucket(string name, Exception damage)
    {
        counts.CountFailure();
        LifecycleLog.BucketUnreadable(log, damage, name);
    }

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
