using System.Globalization;
using ObjectServer.Lifecycle;
using ObjectServer.Storage.Model;

namespace ObjectServer.Seeding;

/// <summary>Reads lifecycle rules: AWS's names in camel case, and lists where AWS repeats an element.</summary>
internal static class SeedLifecycle
{
    /// <summary>The field of a bucket.</summary>
    public const string Field = "lifecycle";

    private static readonly SeedRule Id = new("1 to 255 characters", text => text.Length is >= 1 and <= 255);

    private static readonly SeedRule Date = new(
        "a date such as 2030-01-31", text => TryReadDate(text, out _));

    private static readonly SeedRule Size = new(
        "a count of bytes", text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _));

    /// <summary>Reads the rules; null where the field is not there.</summary>
    public static LifecycleConfiguration? Read(SeedFields bucket) => bucket.Mapping(Field, lifecycle =>
    {
        var minimum = lifecycle.OneOf(
            "transitionDefaultMinimumObjectSize",
            LifecycleConfiguration.AllClassesName,
            LifecycleConfiguration.VariesName);
        var configuration = new LifecycleConfiguration(
            lifecycle.List("rules", ReadRule, rule => rule.Id, StringComparer.Ordinal),
            minimum is null
                ? TransitionMinimum.AllStorageClasses128K
                : LifecycleConfiguration.ParseMinimum(minimum) ?? TransitionMinimum.AllStorageClasses128K);
        if (LifecycleChecks.FindMistake(configuration) is { } mistake)
        {
            lifecycle.Mistake("rules", mistake.Message);
        }

        return configuration;
    });

    private static LifecycleRule ReadRule(SeedFields rule)
    {
        var prefix = rule.Text("prefix", SeedRule.Anything);
        var filter = rule.Mapping("filter", ReadFilter);
        if (prefix is not null && filter is not null)
        {
            rule.Mistake("prefix", "A rule has a prefix or a filter.");
        }

        return new()
        {
            Id = rule.RequiredText("id", Id),
            IsEnabled = rule.OneOf("status", "Enabled", "Disabled") != "Disabled",
            Filter = prefix is null ? filter ?? new(FilterForm.Single) : new(FilterForm.RulePrefix) { Prefix = prefix },
            Expiration = rule.Mapping("expiration", ReadExpiration),
            Transitions = rule.List("transitions", ReadTransition),
            NoncurrentExpiration = rule.Mapping("noncurrentVersionExpiration", ReadNoncurrentExpiration),
            NoncurrentTransitions = rule.List("noncurrentVersionTransitions", ReadNoncurrentTransition),
            AbortDays = rule.Mapping("abortIncompleteMultipartUpload", ReadAbort)?.Days,
        };
    }

    /// <summary>All conditions together; how many there are says whether AWS's And stands around them.</summary>
    private static LifecycleFilter ReadFilter(SeedFields filter)
    {
        var read = new LifecycleFilter(FilterForm.Single)
        {
            Prefix = filter.Text("prefix", SeedRule.Anything),
            Tags = [.. filter.List("tags", ReadTag, tag => tag.Key, StringComparer.Ordinal)
                .Select(tag => new Tag(tag.Key, tag.Value))],
            LargerThan = Long(filter, "objectSizeGreaterThan"),
            SmallerThan = Long(filter, "objectSizeLessThan"),
        };
        var conditions = (read.Prefix is null ? 0 : 1)
            + read.Tags.Length
            + (read.LargerThan is null ? 0 : 1)
            + (read.SmallerThan is null ? 0 : 1);
        return conditions > 1 ? read with { Form = FilterForm.And } : read;
    }

    private static FilterTag ReadTag(SeedFields tag) => new(
        tag.RequiredText("key", SeedRule.Anything), tag.RequiredText("value", SeedRule.Anything));

    private static LifecycleExpiration ReadExpiration(SeedFields expiration)
    {
        var read = new LifecycleExpiration
        {
            Days = Days(expiration, "days"),
            Date = Time(expiration, "date"),
            LoneMarkers = expiration.Flag("expiredObjectDeleteMarker"),
        };
        var count = (read.Days is null ? 0 : 1) + (read.Date is null ? 0 : 1) + (read.LoneMarkers is null ? 0 : 1);
        if (count != 1)
        {
            expiration.Mistake("days", "An expiration has one of days, date and expiredObjectDeleteMarker.");
        }

        return read;
    }

    private static LifecycleTransition ReadTransition(SeedFields transition)
    {
        var read = new LifecycleTransition(ReadClass(transition))
        {
            Days = Days(transition, "days"),
            Date = Time(transition, "date"),
        };
        if (read.Days is null == read.Date is null)
        {
            transition.Mistake("days", "A transition has days or a date.");
        }

        return read;
    }

    private static NoncurrentExpiration ReadNoncurrentExpiration(SeedFields expiration) =>
        new(RequiredDays(expiration, "noncurrentDays"), Days(expiration, "newerNoncurrentVersions"));

    private static NoncurrentTransition ReadNoncurrentTransition(SeedFields transition) => new(
        ReadClass(transition),
        RequiredDays(transition, "noncurrentDays"),
        Days(transition, "newerNoncurrentVersions"));

    private static Abort ReadAbort(SeedFields abort) => new(RequiredDays(abort, "daysAfterInitiation"));

    private static string ReadClass(SeedFields transition)
    {
        const string Name = "storageClass";
        if (transition.OneOf(Name, [.. LifecycleClasses.All]) is { } named && LifecycleClasses.All.Contains(named))
        {
            return named;
        }

        transition.Mistake(Name, $"A transition names one of {string.Join(", ", LifecycleClasses.All)}.");
        return LifecycleClasses.All[0];
    }

    private static int? Days(SeedFields fields, string name) => fields.Number(name, 0, int.MaxValue);

    private static int RequiredDays(SeedFields fields, string name)
    {
        if (Days(fields, name) is { } days)
        {
            return days;
        }

        fields.Mistake(name, $"The field {name} is missing.");
        return 1;
    }

    private static long? Long(SeedFields fields, string name) =>
        fields.Text(name, Size) is { } text
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? size
            : null;

    private static DateTimeOffset? Time(SeedFields fields, string name) =>
        fields.Text(name, Date) is { } text && TryReadDate(text, out var date) ? date : null;

    private static bool TryReadDate(string text, out DateTimeOffset date) => DateTimeOffset.TryParseExact(
        text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out date);

    private sealed record Abort(int Days);

    private sealed record FilterTag(string Key, string Value);
}
