using System.Collections.Immutable;
using ObjectServer.Storage.Model;

namespace ObjectServer.Lifecycle;

/// <summary>
/// Says what the rules of a bucket do to a version. Where several are due, removing wins over moving and moving over
/// hiding; of several moves the one that is preferred, else the earliest, else the first rule. Pure.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-conflicts.html</remarks>
internal sealed class LifecycleJudge(
    LifecycleConfiguration configuration, VersioningState versioning, LifecycleCalendar calendar)
{
    private readonly ImmutableArray<LifecycleRule> _rules = [.. configuration.Rules.Where(rule => rule.IsEnabled)];

    /// <summary>Whether tags may decide.</summary>
    public bool LooksAtTags { get; } = configuration.Rules.Any(rule => rule.IsEnabled && rule.Filter.Tags.Length > 0);

    /// <summary>Whether any rule is about objects, and whether any is about uploads.</summary>
    public (bool Objects, bool Uploads) Concerns { get; } = (
        configuration.Rules.Any(rule => rule.IsEnabled && (rule with { AbortDays = null }).HasAction),
        configuration.Rules.Any(rule => rule is { IsEnabled: true, AbortDays: not null }));

    /// <summary>What every key begins with of which the rules say anything: no other needs to be looked at.</summary>
    public ReadOnlyMemory<byte> CommonPrefix { get; } = FindCommonPrefix(configuration);

    /// <summary>What is to be done now; null for nothing.</summary>
    /// <param name="walked">The version.</param>
    /// <param name="tags">Its tags; null where they are not known: rules that look at some are taken to fit then.</param>
    /// <param name="now">The time.</param>
    /// <param name="mayMove">To which classes versions can go now; null for all.</param>
    public LifecycleAction? FindDue(
        WalkedVersion walked, ImmutableArray<Tag>? tags, DateTimeOffset now, Predicate<string>? mayMove = null)
    {
        LifecycleAction? best = null;
        foreach (var rule in _rules)
        {
            if (!Fits(rule, walked.Version, tags))
            {
                continue;
            }

            foreach (var action in FindActions(rule, walked, latest: now))
            {
                if (action.StorageClass is { } storageClass && mayMove?.Invoke(storageClass) == false)
                {
                    continue;
                }

                best = best is null || Precedes(action, best) ? action : best;
            }
        }

        return best;
    }

    /// <summary>What will be done next, or is to be done now; null for nothing ever.</summary>
    /// <param name="walked">The version.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="now">The time.</param>
    public LifecycleAction? FindNext(WalkedVersion walked, ImmutableArray<Tag> tags, DateTimeOffset now)
    {
        if (FindDue(walked, tags, now) is { } due)
        {
            return due;
        }

        LifecycleAction? next = null;
        foreach (var rule in _rules)
        {
            if (!Fits(rule, walked.Version, tags))
            {
                continue;
            }

            foreach (var action in FindActions(rule, walked, latest: DateTimeOffset.MaxValue.AddTicks(-1)))
            {
                next = next is null || action.Due < next.Due || (action.Due == next.Due && Precedes(action, next))
                    ? action
                    : next;
            }
        }

        return next;
    }

    private static ReadOnlyMemory<byte> FindCommonPrefix(LifecycleConfiguration configuration)
    {
        ReadOnlyMemory<byte>? common = null;
        foreach (var rule in configuration.Rules)
        {
            if (rule.IsEnabled && (rule with { AbortDays = null }).HasAction)
            {
                var prefix = rule.Filter.PrefixBytes;
                common = common is { } soFar ? soFar[..soFar.Span.CommonPrefixLength(prefix.Span)] : prefix;
            }
        }

        return common ?? default;
    }

    private static bool Precedes(LifecycleAction one, LifecycleAction other)
    {
        if (one.Verb != other.Verb)
        {
            return one.Verb < other.Verb;
        }

        if (one.StorageClass is { } oneClass && other.StorageClass is { } otherClass && oneClass != otherClass)
        {
            return LifecycleClasses.PreferenceOf(oneClass) > LifecycleClasses.PreferenceOf(otherClass);
        }

        return one.Due < other.Due;
    }

    private static bool Fits(LifecycleRule rule, ListedVersion version, ImmutableArray<Tag>? tags) =>
        rule.Filter.Fits(version.Key, version.Size, version.IsDeleteMarker ? [] : tags);

    /// <summary>What a rule that fits does to a version up to a time, whatever others do.</summary>
    private IEnumerable<LifecycleAction> FindActions(LifecycleRule rule, WalkedVersion walked, DateTimeOffset latest)
    {
        var version = walked.Version;
        var ends = version.IsLatest ? EndOfCurrent(rule, walked) : EndOfOlder(rule, walked);
        if (ends is { } end && end.Due <= latest)
        {
            yield return new(rule, end.Verb, end.Due, StorageClass: null)
            {
                Newer = version.IsLatest ? 0 : rule.NoncurrentExpiration?.Kept ?? 0,
            };
        }

        if (version.IsDeleteMarker)
        {
            yield break;
        }

        var moves = version.IsLatest ? MovesOfCurrent(rule, walked) : MovesOfOlder(rule, walked);
        foreach (var (storageClass, due, newer) in moves)
        {
            if (due <= latest && CanMove(rule, version, storageClass) && !IsWantedBack(version, latest))
            {
                yield return new(rule, LifecycleVerb.Transition, due, storageClass) { Newer = newer };
            }
        }
    }

    private (LifecycleVerb Verb, DateTimeOffset Due)? EndOfCurrent(LifecycleRule rule, WalkedVersion walked)
    {
        if (rule.Expiration is not { } expiration)
        {
            return null;
        }

        var due = expiration.Date
            ?? (expiration.Days is { } days ? calendar.After(walked.Since, days) : (DateTimeOffset?)null);
        if (!walked.Version.IsDeleteMarker)
        {
            var verb = versioning == VersioningState.Unversioned ? LifecycleVerb.Remove : LifecycleVerb.Hide;
            return due is { } end ? (verb, end) : null;
        }

        // A marker that hides nothing goes once it is as old as an object must be, or at once where that is asked for.
        return !walked.IsAlone ? null
            : expiration.LoneMarkers == true ? (LifecycleVerb.Remove, walked.Since)
            : due is { } age ? (LifecycleVerb.Remove, age)
            : null;
    }

    private (LifecycleVerb Verb, DateTimeOffset Due)? EndOfOlder(LifecycleRule rule, WalkedVersion walked) =>
        rule.NoncurrentExpiration is { } expiration && walked.Newer >= (expiration.Kept ?? 0)
            ? (LifecycleVerb.Remove, calendar.After(walked.Since, expiration.Days))
            : null;

    private IEnumerable<(string StorageClass, DateTimeOffset Due, int Newer)> MovesOfCurrent(
        LifecycleRule rule, WalkedVersion walked) =>
        rule.Transitions.Select(transition => (
            transition.StorageClass, transition.Date ?? calendar.After(walked.Since, transition.Days ?? 0), 0));

    private IEnumerable<(string StorageClass, DateTimeOffset Due, int Newer)> MovesOfOlder(
        LifecycleRule rule, WalkedVersion walked) => rule.NoncurrentTransitions
        .Where(transition => walked.Newer >= (transition.Kept ?? 0))
        .Select(transition => (
            transition.StorageClass, calendar.After(walked.Since, transition.Days), transition.Kept ?? 0));

    /// <summary>Whoever asked for a copy from an archive has it, or gets it, for as long as was asked.</summary>
    private static bool IsWantedBack(ListedVersion version, DateTimeOffset now) =>
        LifecycleClasses.IsArchive(version.StorageClass) && version.Storage.Restore?.IsOver(now) == false;

    /// <summary>Whether the class is a way down from the version's, and the version large enough for it.</summary>
    private bool CanMove(LifecycleRule rule, ListedVersion version, string storageClass) =>
        LifecycleClasses.CanGo(version.StorageClass, storageClass)
        && (version.Size >= LifecycleClasses.MinBytes
            || rule.Filter.HasSizes
            || (configuration.Minimum == TransitionMinimum.VariesByStorageClass
                && LifecycleClasses.IsArchive(storageClass)));
}
