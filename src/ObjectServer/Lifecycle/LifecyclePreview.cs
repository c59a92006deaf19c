using System.Runtime.CompilerServices;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Lifecycle;

/// <summary>What a rule will do to a version or an upload.</summary>
/// <param name="Rule">The rule's id.</param>
/// <param name="Action">E.g. <c>remove</c>, <c>hide</c>, <c>abort upload</c>, <c>transition to GLACIER</c>.</param>
/// <param name="Key">The key.</param>
/// <param name="Version">The version's id, or the upload's.</param>
/// <param name="Due">From when on.</param>
/// <param name="IsDue">Whether the next pass does it.</param>
/// <param name="IsProtected">Whether a lock keeps it from that as things are.</param>
internal sealed record PreviewedAction(
    string Rule, string Action, string Key, string Version, DateTimeOffset Due, bool IsDue, bool IsProtected)
{
    /// <summary>An action in words.</summary>
    public static string NameOf(LifecycleAction action) => action.Verb switch
    {
        LifecycleVerb.Remove => "remove",
        LifecycleVerb.Hide => "hide",
        LifecycleVerb.Abort => "abort upload",
        _ => $"transition to {action.StorageClass}",
    };
}

/// <summary>What the rules of a bucket would do, of each version the next thing; nothing is changed.</summary>
internal sealed class LifecyclePreview(
    ObjectStore objects, UploadStore uploads, LifecycleCalendar calendar, TimeProvider time)
{
    private const int UploadPage = 1000;

    /// <summary>Lists it in the order of keys: versions, then uploads. None where the bucket has no rules.</summary>
    public async IAsyncEnumerable<PreviewedAction> ListAsync(
        BucketRecord bucket, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (LifecycleConfiguration.Find(bucket) is not { } configuration)
        {
            yield break;
        }

        var now = time.GetUtcNow();
        var judge = new LifecycleJudge(configuration, bucket.Versioning, calendar);
        await foreach (var walked in VersionWalk.WalkAsync(
            objects, bucket, judge.CommonPrefix, after: default, cancellation))
        {
            if (await FindNextAsync(bucket, judge, walked, now, cancellation) is { } next)
            {
                yield return next;
            }
        }

        await foreach (var upload in ListUploadsAsync(bucket, cancellation))
        {
            if (configuration.FindAbort(upload, calendar) is { } abort)
            {
                yield return new(
                    abort.Rule.Id,
                    PreviewedAction.NameOf(new(abort.Rule, LifecycleVerb.Abort, abort.Time, StorageClass: null)),
                    upload.Key.ToString(),
                    upload.UploadId,
                    abort.Time,
                    abort.Time <= now,
                    IsProtected: false);
            }
        }
    }

    private async ValueTask<PreviewedAction?> FindNextAsync(
        BucketRecord bucket,
        LifecycleJudge judge,
        WalkedVersion walked,
        DateTimeOffset now,
        CancellationToken cancellation)
    {
        var version = walked.Version;
        var found = judge.LooksAtTags || bucket.ObjectLockEnabled
            ? await objects.FindAsync(bucket, version.Key, version.VersionId, cancellation)
            : null;
        if (judge.FindNext(walked, found?.Tags ?? [], now) is not { } action)
        {
            return null;
        }

        var isProtected = action.Verb == LifecycleVerb.Remove
            && found?.IsProtected(action.Due > now ? action.Due : now, bypassesGovernance: false) == true;
        return new(
            action.Rule.Id,
            PreviewedAction.NameOf(action),
            version.Key.ToString(),
            version.VersionId.ToString(),
            action.Due,
            action.Due <= now,
            isProtected);
    }

    private async IAsyncEnumerable<UploadRecord> ListUploadsAsync(
        BucketRecord bucket, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var listing = new UploadListing(default, default, default, "", UploadPage);
        while (true)
        {
            var page = await uploads.ListAsync(bucket, listing, cancellation);
            foreach (var upload in page.Uploads)
            {
                yield return upload;
            }

            if (!page.IsTruncated)
            {
                yield break;
            }

            listing = listing with { KeyMarker = page.NextKeyMarker, UploadIdMarker = page.NextUploadIdMarker };
        }
    }
}
