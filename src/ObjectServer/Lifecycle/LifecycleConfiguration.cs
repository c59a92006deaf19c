using System.Collections.Immutable;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;

namespace ObjectServer.Lifecycle;

/// <summary>Which small objects keep their class though a rule that says nothing of sizes would move them.</summary>
internal enum TransitionMinimum
{
    /// <summary>All with less than 128 KiB.</summary>
    AllStorageClasses128K,

    /// <summary>Those with less than 128 KiB, but for the archives GLACIER and DEEP_ARCHIVE, which take any.</summary>
    VariesByStorageClass,
}

/// <summary>What a bucket does by itself: its rules in order.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html</remarks>
internal sealed class LifecycleConfiguration(ImmutableArray<LifecycleRule> rules, TransitionMinimum minimum)
{
    public const string MinimumHeader = "x-amz-transition-default-minimum-object-size";

    public const string AllClassesName = "all_storage_classes_128K";

    public const string VariesName = "varies_by_storage_class";

    public ImmutableArray<LifecycleRule> Rules { get; } =
        [.. rules.Select(rule => rule with { Filter = rule.Filter.Ready() })];

    public TransitionMinimum Minimum { get; } = minimum;

    public string MinimumName => Minimum == TransitionMinimum.VariesByStorageClass ? VariesName : AllClassesName;

    /// <summary>The bucket's, read once; null where it has none.</summary>
    /// <exception cref="CorruptDataException">What is kept is no such document.</exception>
    public static LifecycleConfiguration? Find(BucketRecord bucket)
    {
        try
        {
            return bucket.Settings.Find(BucketSetting.Lifecycle)?.Read(LifecycleDocument.ReadKept);
        }
        catch (S3Exception malformed)
        {
            throw new CorruptDataException($"The lifecycle rules of bucket {bucket.Name} are malformed.", malformed);
        }
    }

    /// <summary>Reads what <see cref="MinimumHeader"/> or a kept document says; null for neither.</summary>
    public static TransitionMinimum? ParseMinimum(string name) => name switch
    {
        AllClassesName => TransitionMinimum.AllStorageClasses128K,
        VariesName => TransitionMinimum.VariesByStorageClass,
        _ => null,
    };

    /// <summary>When a current object will expire, and by which rule, the first of several. Null: never.</summary>
    public (DateTimeOffset Time, LifecycleRule Rule)? FindExpiration(ObjectVersion version, LifecycleCalendar calendar)
    {
        (DateTimeOffset Time, LifecycleRule Rule)? first = null;
        foreach (var rule in Rules)
        {
            if (rule is { IsEnabled: true, Expiration: { } expiration }
                && rule.Filter.FitsKey(version.Key)
                && (expiration.Date ?? (expiration.Days is { } days ? calendar.After(version.LastModified, days) : null))
                    is { } time
                && (first is null || time < first.Value.Time)
                && rule.Filter.Fits(version.Key, version.Size, version.Tags))
            {
                first = (time, rule);
            }
        }

        return first;
    }

    /// <summary>When an upload will be aborted, and by which rule, the first of several. Null: never.</summary>
    public (DateTimeOffset Time, LifecycleRule Rule)? FindAbort(UploadRecord upload, LifecycleCalendar calendar)
    {
        LifecycleRule? first = null;
        foreach (var rule in Rules)
        {
            if (rule is { IsEnabled: true, AbortDays: { } days }
                && (first is null || days < first.AbortDays)
                && rule.Filter.FitsKey(upload.Key))
            {
                first = rule;
            }
        }

        return first is { AbortDays: { } after } ? (calendar.After(upload.Initiated, after), first) : null;
    }
}
