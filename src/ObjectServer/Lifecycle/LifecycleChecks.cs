using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ObjectServer.Errors;

namespace ObjectServer.Lifecycle;

/// <summary>What AWS refuses of rules that its schema allows, in its words.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html</remarks>
internal static class LifecycleChecks
{
    public const int MaxRules = 1000;

    private const int MaxIdLength = 255;
    private const int MaxPrefixBytes = 1024;
    private const int MaxNewerVersions = 100;
    private const int MaxTagKeyLength = 128;
    private const int MaxTagValueLength = 256;
    private const long MaxSize = 1_099_511_627_776_000;

    /// <summary>The first thing that is wrong with the rules, or null.</summary>
    public static S3Error? FindMistake(LifecycleConfiguration configuration)
    {
        var rules = configuration.Rules;
        return rules.Length switch
        {
            0 => S3Errors.MalformedXML,
            > MaxRules => Request($"The number of lifecycle rules must not exceed the allowed limit of {MaxRules} rules."),
            _ => FindIdMistake(rules)
                ?? FindFormMistake(rules)
                ?? FirstOf(rules, FindMistake)
                ?? FindOverlap(rules),
        };
    }

    private static S3Error? FindIdMistake(ImmutableArray<LifecycleRule> rules)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        return FirstOf(rules, rule =>
            rule.Id.Length > MaxIdLength
                ? Argument("ID", rule.Id, $"ID length should not exceed allowed limit of {MaxIdLength}")
            : !ids.Add(rule.Id)
                ? Argument("ID", rule.Id, "Rule ID must be unique. Found same ID for more than one rule")
            : null);
    }

    /// <summary>The rules of a bucket have all a prefix of their own, or all a filter.</summary>
    private static S3Error? FindFormMistake(ImmutableArray<LifecycleRule> rules)
    {
        var hasPrefixes = rules[0].Filter.Form == FilterForm.RulePrefix;
        return FirstOf(rules, rule => (hasPrefixes, rule.Filter.Form == FilterForm.RulePrefix) switch
        {
            (true, false) => Request("Filter element can only be used in Lifecycle V2."),
            (false, true) => Request(
                "Base level prefix cannot be used in Lifecycle V2, prefixes are only supported in the Filter."),
            (true, true) when rule.NoncurrentExpiration?.Kept is not null
                || rule.NoncurrentTransitions.Any(transition => transition.Kept is not null) =>
                Request("NewerNoncurrentVersions element can only be used in Lifecycle V2."),
            _ => null,
        });
    }

    private static S3Error? FindMistake(LifecycleRule rule) => !rule.HasAction
        ? Request("At least one action needs to be specified in a rule")
        : FindFilterMistake(rule.Filter)
            ?? FindExpirationMistake(rule)
            ?? FindNoncurrentMistake(rule)
            ?? FindAbortMistake(rule)
            ?? FindTransitionMistake(rule)
            ?? FindNoncurrentTransitionMistake(rule);

    private static S3Error? FindFilterMistake(LifecycleFilter filter)
    {
        if (Encoding.UTF8.GetByteCount(filter.Prefix ?? "") > MaxPrefixBytes)
        {
            return Argument(
                "Prefix", filter.Prefix!, $"The maximum size of a prefix is {MaxPrefixBytes}.");
        }

        foreach (var tag in filter.Tags)
        {
            if (tag.Key.Length > MaxTagKeyLength || tag.Value.Length > MaxTagValueLength)
            {
                return S3Errors.InvalidTag
                    .Saying(tag.Key.Length > MaxTagKeyLength
                        ? "The TagKey you have provided is invalid"
                        : "The TagValue you have provided is invalid")
                    .With("TagKey", tag.Key);
            }
        }

        if (filter.Tags.DistinctBy(tag => tag.Key).Count() < filter.Tags.Length)
        {
            return Request("Duplicate Tag Keys are not allowed.");
        }

        return filter.LargerThan is < 0 or > MaxSize
                ? Request($"'ObjectSizeGreaterThan' should be between 0 and {MaxSize}.")
            : filter.SmallerThan is < 1 or > MaxSize
                ? Request($"'ObjectSizeLessThan' should be between 1 and {MaxSize}.")
            : filter.LargerThan >= filter.SmallerThan
                ? Request("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.")
            : null;
    }

    private static S3Error? FindExpirationMistake(LifecycleRule rule) => rule.Expiration switch
    {
        { Days: < 1 } expiration => NotPositive("Days", "Expiration", expiration.Days.Value),
        { Date: { } date } => FindDateMistake(date),
        { LoneMarkers: not null } => FindLimitedMistake(rule.Filter, "ExpiredObjectDeleteMarker"),
        _ => null,
    };

    private static S3Error? FindNoncurrentMistake(LifecycleRule rule) => rule.NoncurrentExpiration switch
    {
        { Days: < 1 } expiration => NotPositive("NoncurrentDays", "NoncurrentVersionExpiration", expiration.Days),
        { Kept: { } kept } => FindKeptMistake("NoncurrentVersionExpiration", kept),
        _ => null,
    };

    private static S3Error? FindKeptMistake(string action, int kept)
    {
        const string Name = "NewerNoncurrentVersions";
        return kept < 1 ? NotPositive(Name, action, kept)
            : kept > MaxNewerVersions
                ? Argument(Name, Text(kept), $"'{Name}' for {action} action must be less than or equal to {MaxNewerVersions}")
            : null;
    }

    private static S3Error? FindAbortMistake(LifecycleRule rule) => rule.AbortDays switch
    {
        null => null,
        < 1 => NotPositive("DaysAfterInitiation", "AbortIncompleteMultipartUpload", rule.AbortDays.Value),
        _ => FindLimitedMistake(rule.Filter, "AbortIncompleteMultipartUpload"),
    };

    /// <summary>What is no object has neither tags nor a size.</summary>
    private static S3Error? FindLimitedMistake(LifecycleFilter filter, string action) =>
        filter.Tags.Length > 0 ? Request($"{action} cannot be specified with Tags.")
        : filter.HasSizes ? Request($"{action} cannot be specified with Object Size.")
        : null;

    private static S3Error? FindTransitionMistake(LifecycleRule rule)
    {
        var moves = rule.Transitions
            .Select(transition => new Move(transition.StorageClass, transition.Days, transition.Date))
            .ToImmutableArray();
        return FirstOf(moves, move => move.Date is { } date ? FindDateMistake(date) : null)
            ?? FindMixedTimes(rule, moves)
            ?? FindMoveMistake("Transition", "Days", rule.Filter, moves)
            ?? FindEarlyExpiration(rule, moves);
    }

    private static S3Error? FindMixedTimes(LifecycleRule rule, ImmutableArray<Move> moves)
    {
        var hasDates = moves.Any(move => move.Date is not null);
        var hasDays = moves.Any(move => move.Days is not null);
        var about = Describe(rule.Filter);
        return hasDates && hasDays
                ? Request($"Found mixed 'Date' and 'Days' based Transition actions in lifecycle rule for {about}")
            : (hasDates && rule.Expiration?.Days is not null) || (hasDays && rule.Expiration?.Date is not null)
                ? Request(
                    $"Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for {about}")
            : null;
    }

    private static S3Error? FindEarlyExpiration(LifecycleRule rule, ImmutableArray<Move> moves)
    {
        var about = Describe(rule.Filter);
        return rule.Expiration?.Days is { } days && moves.Any(move => move.Days >= days)
                ? Argument(
                    "Days",
                    Text(days),
                    $"'Days' in the Expiration action for {about} must be greater than 'Days' in the Transition action")
            : rule.Expiration?.Date is { } date && moves.Any(move => move.Date >= date)
                ? Argument(
                    "Date",
                    Text(date),
                    $"'Date' in the Expiration action for {about} must be later than 'Date' in the Transition action")
            : null;
    }

    private static S3Error? FindNoncurrentTransitionMistake(LifecycleRule rule)
    {
        const string Name = "NoncurrentVersionTransition";
        var moves = rule.NoncurrentTransitions
            .Select(transition => new Move(transition.StorageClass, transition.Days, Date: null))
            .ToImmutableArray();
        return FirstOf(
                rule.NoncurrentTransitions,
                transition => transition.Kept is { } kept ? FindKeptMistake(Name, kept) : null)
            ?? FindMoveMistake(Name, "NoncurrentDays", rule.Filter, moves)
            ?? (rule.NoncurrentExpiration is { } expiration && moves.Any(move => move.Days >= expiration.Days)
                ? Argument(
                    "NoncurrentDays",
                    Text(expiration.Days),
                    $"'NoncurrentDays' in the NoncurrentVersionExpiration action for {Describe(rule.Filter)} must be "
                    + $"greater than 'NoncurrentDays' in the {Name} action")
                : null);
    }

    /// <summary>Each class once, none too early, and each later than those from which it takes over.</summary>
    private static S3Error? FindMoveMistake(
        string action, string unit, LifecycleFilter filter, ImmutableArray<Move> moves)
    {
        var about = Describe(filter);
        if (moves.DistinctBy(move => move.StorageClass).Count() < moves.Length)
        {
            return Request($"'StorageClass' must be different for '{action}' actions in same 'Rule' with {about}");
        }

        foreach (var move in moves)
        {
            if (move.Days is < 0)
            {
                return Argument(unit, Text(move.Days.Value), $"'{unit}' in {action} action must be nonnegative");
            }

            if (move.Days < LifecycleClasses.MinInfrequentDays && LifecycleClasses.IsInfrequent(move.StorageClass))
            {
                return Argument(
                    unit,
                    Text(move.Days.Value),
                    $"'{unit}' in {action} action must be greater than or equal to {LifecycleClasses.MinInfrequentDays} "
                    + $"for storageClass '{move.StorageClass}'");
            }
        }

        var ordered = moves.Sort((one, other) =>
            LifecycleClasses.RankOf(one.StorageClass).CompareTo(LifecycleClasses.RankOf(other.StorageClass)));
        for (var at = 1; at < ordered.Length; at++)
        {
            if (FindGapMistake(action, unit, about, ordered[at - 1], ordered[at]) is { } mistake)
            {
                return mistake;
            }
        }

        return null;
    }

    private static S3Error? FindGapMistake(string action, string unit, string about, Move earlier, Move later)
    {
        var gap = LifecycleClasses.MinDaysIn(earlier.StorageClass);
        if (later.Date is { } date && earlier.Date is { } before)
        {
            return date - before >= TimeSpan.FromDays(Math.Max(1, gap)) ? null : Complain("Date", Text(date));
        }

        return later.Days >= earlier.Days + (long)Math.Max(1, gap) ? null : Complain(unit, Text(later.Days ?? 0));

        S3Error Complain(string element, string value) => Argument(
            element,
            value,
            gap == 0
                ? $"'{element}' in the '{action}' action for StorageClass '{later.StorageClass}' for {about} must be greater "
                    + $"than '{element}' in the '{action}' action for StorageClass '{earlier.StorageClass}' for {about}"
                : $"'{element}' in the '{action}' action for StorageClass '{later.StorageClass}' for {about} must be {gap} "
                    + $"days more than '{about}' in the '{action}' action for StorageClass '{earlier.StorageClass}'");
    }

    /// <summary>Before there were filters, two rules of one kind could not be for the same keys.</summary>
    private static S3Error? FindOverlap(ImmutableArray<LifecycleRule> rules)
    {
        if (rules[0].Filter.Form != FilterForm.RulePrefix)
        {
            return null;
        }

        var same = rules.GroupBy(rule => rule.Filter.Prefix!, StringComparer.Ordinal).FirstOrDefault(of => of.Count() > 1);
        if (same is not null)
        {
            return Request($"Found two rules with same prefix '{same.Key}'");
        }

        foreach (var (kind, isOf) in Kinds)
        {
            // In order, what begins with a prefix follows it at once.
            var prefixes = rules.Where(isOf).Select(rule => rule.Filter.Prefix!).Order(StringComparer.Ordinal).ToArray();
            for (var at = 1; at < prefixes.Length; at++)
            {
                if (prefixes[at].StartsWith(prefixes[at - 1], StringComparison.Ordinal))
                {
                    return Request(
                        $"Found overlapping prefixes '{prefixes[at - 1]}' and '{prefixes[at]}' for same action type '{kind}'");
                }
            }
        }

        return null;
    }

    private static ImmutableArray<(string Kind, Func<LifecycleRule, bool> IsOf)> Kinds { get; } =
    [
        ("Expiration", rule => rule.Expiration is not null),
        ("Transition", rule => rule.Transitions.Length > 0),
        ("NoncurrentVersionExpiration", rule => rule.NoncurrentExpiration is not null),
        ("NoncurrentVersionTransition", rule => rule.NoncurrentTransitions.Length > 0),
        ("AbortIncompleteMultipartUpload", rule => rule.AbortDays is not null),
    ];

    private static S3Error? FindDateMistake(DateTimeOffset date) => date.UtcTicks % TimeSpan.TicksPerDay == 0
        ? null
        : Argument("Date", Text(date), "'Date' must be at midnight GMT");

    /// <summary>As AWS's messages name a rule: by what it is for.</summary>
    private static string Describe(LifecycleFilter filter)
    {
        if (filter.Form == FilterForm.RulePrefix)
        {
            return $"prefix '{filter.Prefix}'";
        }

        List<string> conditions = [];
        if (filter.Prefix is { } prefix)
        {
            conditions.Add($"prefix={prefix}");
        }

        conditions.AddRange(filter.Tags.Select(tag => $"tag: key={tag.Key}, value={tag.Value}"));
        if (filter.LargerThan is { } larger)
        {
            conditions.Add($"objectsizegreaterthan={Text(larger)}");
        }

        if (filter.SmallerThan is { } smaller)
        {
            conditions.Add($"objectsizelessthan={Text(smaller)}");
        }

        return $"filter '({string.Join(" and ", conditions)})'";
    }

    private static S3Error? FirstOf<T>(ImmutableArray<T> all, Func<T, S3Error?> findMistake)
    {
        foreach (var one in all)
        {
            if (findMistake(one) is { } mistake)
            {
                return mistake;
            }
        }

        return null;
    }

    private static S3Error NotPositive(string element, string action, int value) =>
        Argument(element, Text(value), $"'{element}' for {action} action must be a positive integer");

    private static S3Error Argument(string name, string value, string message) => S3Errors.InvalidArgument
        .Saying(message)
        .With("ArgumentName", name)
        .With("ArgumentValue", value);

    private static S3Error Request(string message) => S3Errors.InvalidRequest.Saying(message);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(DateTimeOffset date) =>
        date.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>One transition of a rule, of whichever kind.</summary>
    private readonly record struct Move(string StorageClass, int? Days, DateTimeOffset? Date);
}
