using System.Globalization;
using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Lifecycle;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Archives;

/// <summary>Which objects are archived, and which of them are back for a while: always judged by the clock.</summary>
/// <param name="calendar">How long a day lasts.</param>
/// <param name="delays">How long a restore takes.</param>
/// <param name="accesses">Where reads are remembered.</param>
/// <remarks>
/// Nothing moves and nothing expires by itself. A version of class GLACIER or DEEP_ARCHIVE says what was asked for, and
/// that says at any moment whether it can be read; one of INTELLIGENT_TIERING is in an archive tier from the moment on
/// at which it was not read for as long as a configuration says. So a restart, or a clock set by a test, changes nothing.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html
/// </remarks>
internal sealed class ArchiveRules(LifecycleCalendar calendar, RestoreDelays delays, AccessMarks accesses)
{
    /// <summary>Smaller objects of INTELLIGENT_TIERING always can be read.</summary>
    public const long MinTieredBytes = 128 * 1024;

    /// <summary>Whether the object cannot be read now, and the refusal that says so.</summary>
    /// <param name="version">The object; no delete marker.</param>
    /// <param name="bucket">Its bucket.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null: it can be read.</returns>
    public S3Error? Judge(ObjectVersion version, BucketRecord bucket, DateTimeOffset now)
    {
        if (LifecycleClasses.IsArchive(version.StorageClass))
        {
            return version.Storage.Restore?.IsThere(now) == true ? null : InvalidState(version);
        }

        return TierOf(version, bucket, now) is { } tier
            ? InvalidState(version).With("AccessTier", TieringDocument.NameOf(tier))
            : null;
    }

    /// <summary>The archive tier of an object of INTELLIGENT_TIERING; null where it can be read, and for all others.</summary>
    public ArchiveTier? TierOf(ObjectVersion version, BucketRecord bucket, DateTimeOffset now)
    {
        if (version.StorageClass != StorageClasses.IntelligentTiering || version.Size < MinTieredBytes)
        {
            return null;
        }

        ArchiveTier? deepest = null;
        var read = LastRead(version, now);
        foreach (var configuration in TieringConfiguration.AllOf(bucket))
        {
            if (!configuration.Covers(version))
            {
                continue;
            }

            foreach (var (tier, days) in configuration.Tierings)
            {
                if (calendar.After(read, days) <= now && !(deepest > tier))
                {
                    deepest = tier;
                }
            }
        }

        return deepest;
    }

    /// <summary>The value of <c>x-amz-restore</c>; null where there is nothing to say.</summary>
    public string? Describe(ObjectVersion version, BucketRecord bucket, DateTimeOffset now)
    {
        if (version.Storage.Restore is not { } restore || restore.IsOver(now))
        {
            return null;
        }

        if (restore.IsOngoing(now))
        {
            return "ongoing-request=\"true\"";
        }

        return restore.Expires is { } expires
            ? $"ongoing-request=\"false\", expiry-date=\"{HttpDates.Format(expires)}\""
            : TierOf(version, bucket, now) is null ? "ongoing-request=\"false\"" : null;
    }

    /// <summary>Judges what was asked for.</summary>
    /// <param name="version">The object; no delete marker.</param>
    /// <param name="bucket">Its bucket.</param>
    /// <param name="wanted">What was asked for.</param>
    /// <param name="now">The time.</param>
    public RestoreDecision Decide(ObjectVersion version, BucketRecord bucket, RestoreRequest wanted, DateTimeOffset now)
    {
        // What is kept has whole milliseconds.
        now = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        var isTiered = version.StorageClass == StorageClasses.IntelligentTiering;
        var tier = TierOf(version, bucket, now);
        if (!isTiered && !LifecycleClasses.IsArchive(version.StorageClass))
        {
            return new(InvalidState(version).Saying("Restore is not allowed for the object's current storage class"));
        }

        if (isTiered && tier is null)
        {
            return new(S3Errors.ObjectAlreadyInActiveTierError);
        }

        if (isTiered != wanted.Days is null)
        {
            return new(isTiered
                ? S3Errors.InvalidArgument
                    .Saying("Days is not supported for objects in the INTELLIGENT_TIERING storage class")
                    .With("ArgumentName", "Days")
                    .With("ArgumentValue", wanted.Days!.Value.ToString(CultureInfo.InvariantCulture))
                : S3Errors.MalformedXML);
        }

        var isDeep = version.StorageClass == StorageClasses.DeepArchive || tier == ArchiveTier.DeepArchiveAccess;
        if (isDeep && wanted.Tier == RetrievalTier.Expedited)
        {
            return new(S3Errors.InvalidArgument
                .Saying("Retrieval option is not supported by this storage class")
                .With("ArgumentName", "Tier")
                .With("ArgumentValue", nameof(RetrievalTier.Expedited)));
        }

        return version.Storage.Restore switch
        {
            { } earlier when earlier.IsOngoing(now) => Hasten(earlier, wanted, now),
            { Expires: not null } earlier when earlier.IsThere(now) =>
                new(200, earlier with { Expires = calendar.After(now, wanted.Days!.Value) }),
            _ => Begin(wanted, now),
        };
    }

    /// <summary>Remembers that the bytes of a version were read, where its class asks for that.</summary>
    public ValueTask NoteAccessAsync(ObjectVersion version, BucketRecord bucket, DateTimeOffset now) =>
        version.StorageClass == StorageClasses.IntelligentTiering
        && version.Size >= MinTieredBytes
        && !(version.Storage.AccessedUntil >= now)
            ? accesses.NoteAsync(bucket, version, calendar.After(now, calendar.IsRounded ? 0 : 1))
            : ValueTask.CompletedTask;

    private RestoreDecision Begin(RestoreRequest wanted, DateTimeOffset now)
    {
        var ready = now + delays.Of(wanted.Tier);
        return new(202, new(now, ready, wanted.Days is { } days ? calendar.After(ready, days) : null, wanted.Tier));
    }

    /// <summary>A faster tier takes over from a slower one, and the days that were asked for stay.</summary>
    private RestoreDecision Hasten(Restoration earlier, RestoreRequest wanted, DateTimeOffset now)
    {
        if (wanted.Tier >= earlier.Tier)
        {
            return new(S3Errors.RestoreAlreadyInProgress);
        }

        var ready = now + delays.Of(wanted.Tier);
        return new(202, earlier with { Ready = ready < earlier.Ready ? ready : earlier.Ready, Tier = wanted.Tier });
    }

    /// <summary>When it was written, read, or brought back, whichever was last.</summary>
    private static DateTimeOffset LastRead(ObjectVersion version, DateTimeOffset now)
    {
        var read = version.LastModified;
        if (version.Storage.AccessedUntil is { } accessed && accessed > read)
        {
            read = accessed;
        }

        return version.Storage.Restore is { Ready: var ready } && ready <= now && ready > read ? ready : read;
    }

    private static S3Error InvalidState(ObjectVersion version) =>
        S3Errors.InvalidObjectState.With("StorageClass", version.StorageClass);
}

/// <summary>What a request to restore asks for.</summary>
/// <param name="Days">How long the copy is wanted; null where the object shall be back for good.</param>
/// <param name="Tier">How fast.</param>
internal sealed record RestoreRequest(int? Days, RetrievalTier Tier);

/// <summary>What becomes of a request to restore: a status and what to keep of it, or a refusal.</summary>
internal sealed record RestoreDecision(int StatusCode, Restoration? Restore)
{
    public RestoreDecision(S3Error refusal)
        : this(refusal.StatusCode, Restore: null) => Refusal = refusal;

    /// <summary>Null where it is granted.</summary>
    public S3Error? Refusal { get; }
}
