using System.Collections.Immutable;
using System.Text;
using ObjectServer.Lifecycle;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.Lifecycle;

public sealed class LifecycleJudgeTests
{
    private const long Large = 200 * 1024;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 10, 0, 0, TimeSpan.Zero);

    private static readonly LifecycleFilter Everything = new(FilterForm.Single);

    [Theory]
    [InlineData(VersioningState.Unversioned, LifecycleVerb.Remove)]
    [InlineData(VersioningState.Enabled, LifecycleVerb.Hide)]
    [InlineData(VersioningState.Suspended, LifecycleVerb.Hide)]
    internal void A_current_object_ends_as_by_a_delete(VersioningState versioning, LifecycleVerb verb)
    {
        var rule = Rule() with { Expiration = new() { Days = 3 } };
        Assert.Null(Judge(versioning, rule).FindDue(Current(), [], Start.AddDays(3)));
        var due = Judge(versioning, rule).FindDue(Current(), [], new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal((verb, new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero)), (due!.Verb, due.Due));
    }

    [Fact]
    public void Removing_wins_over_moving_and_moving_over_hiding()
    {
        var rules = (LifecycleRule[])
        [
            Rule("ends") with { Expiration = new() { Days = 1 } },
            Rule("moves") with { Transitions = [new("GLACIER") { Days = 0 }] },
        ];
        var later = Start.AddDays(10);
        Assert.Equal("ends", Judge(VersioningState.Unversioned, rules).FindDue(Current(), [], later)!.Rule.Id);
        Assert.Equal("moves", Judge(VersioningState.Enabled, rules).FindDue(Current(), [], later)!.Rule.Id);

        // What has been moved is hidden by the pass after that.
        Assert.Equal(
            LifecycleVerb.Hide,
            Judge(VersioningState.Enabled, rules).FindDue(Current(storageClass: "GLACIER"), [], later)!.Verb);
    }

    [Theory]
    [InlineData("DEEP_ARCHIVE", "GLACIER", "DEEP_ARCHIVE", "STANDARD_IA")]
    [InlineData("GLACIER", "STANDARD_IA", "GLACIER", "ONEZONE_IA")]
    [InlineData("INTELLIGENT_TIERING", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING")]
    [InlineData("INTELLIGENT_TIERING", "INTELLIGENT_TIERING", "GLACIER_IR")]
    [InlineData("GLACIER_IR", "STANDARD_IA", "GLACIER_IR")]
    public void Of_several_classes_the_one_that_AWS_prefers_is_taken(string expected, params string[] classes) => Assert.Equal(
        expected,
        Judge(
            VersioningState.Enabled,
            [.. classes.Select(storageClass => Rule() with { Transitions = [new(storageClass) { Days = 30 }] })])
            .FindDue(Current(), [], Start.AddDays(40))!.StorageClass);

    [Theory]
    [InlineData("STANDARD", "STANDARD_IA", true)]
    [InlineData("REDUCED_REDUNDANCY", "STANDARD_IA", true)]
    [InlineData("STANDARD_IA", "INTELLIGENT_TIERING", true)]
    [InlineData("INTELLIGENT_TIERING", "STANDARD_IA", false)]
    [InlineData("INTELLIGENT_TIERING", "ONEZONE_IA", true)]
    [InlineData("ONEZONE_IA", "GLACIER_IR", false)]
    [InlineData("ONEZONE_IA", "INTELLIGENT_TIERING", false)]
    [InlineData("ONEZONE_IA", "GLACIER", true)]
    [InlineData("GLACIER_IR", "GLACIER", true)]
    [InlineData("GLACIER", "GLACIER_IR", false)]
    [InlineData("GLACIER", "DEEP_ARCHIVE", true)]
    [InlineData("DEEP_ARCHIVE", "GLACIER", false)]
    [InlineData("GLACIER", "GLACIER", false)]
    public void Objects_only_go_downwards(string from, string to, bool goes) => Assert.Equal(
        goes,
        Judge(VersioningState.Enabled, Rule() with { Transitions = [new(to) { Days = 30 }] })
            .FindDue(Current(storageClass: from), [], Start.AddDays(40)) is not null);

    [Theory]
    [InlineData(false, "GLACIER", null, false)]
    [InlineData(false, "STANDARD_IA", null, false)]
    [InlineData(true, "GLACIER", null, true)]
    [InlineData(true, "DEEP_ARCHIVE", null, true)]
    [InlineData(true, "GLACIER_IR", null, false)]
    [InlineData(true, "STANDARD_IA", null, false)]
    [InlineData(false, "GLACIER_IR", 1L, true)]
    public void Small_objects_stay_unless_the_bucket_or_the_filter_says_otherwise(
        bool varies, string storageClass, long? largerThan, bool goes)
    {
        var rule = Rule() with
        {
            Filter = Everything with { LargerThan = largerThan },
            Transitions = [new(storageClass) { Days = 30 }],
        };
        var judge = new LifecycleJudge(
            new([rule], varies ? TransitionMinimum.VariesByStorageClass : TransitionMinimum.AllStorageClasses128K),
            VersioningState.Enabled,
            new(TimeSpan.FromDays(1)));
        var later = Start.AddDays(40);
        Assert.Equal(goes, judge.FindDue(Current(size: LifecycleClasses.MinBytes - 1), [], later) is not null);
        Assert.NotNull(judge.FindDue(Current(size: LifecycleClasses.MinBytes), [], later));
    }

    [Fact]
    public void An_older_version_goes_when_it_is_old_enough_and_enough_are_newer()
    {
        var judge = Judge(VersioningState.Enabled, Rule() with { NoncurrentExpiration = new(2, Kept: 3) });
        Assert.Null(judge.FindDue(Older(newer: 2), [], Start.AddDays(10)));
        Assert.Null(judge.FindDue(Older(newer: 3), [], Start.AddDays(2)));
        Assert.Equal(LifecycleVerb.Remove, judge.FindDue(Older(newer: 3), [], Start.AddDays(10))!.Verb);
        Assert.Equal(LifecycleVerb.Remove, judge.FindDue(Older(newer: 3, isMarker: true), [], Start.AddDays(10))!.Verb);
        Assert.Null(judge.FindDue(Current(), [], Start.AddDays(10)));
    }

    [Fact]
    public void What_cannot_move_now_is_hidden_where_that_is_due()
    {
        var judge = Judge(
            VersioningState.Enabled,
            Rule("moves") with { Transitions = [new("GLACIER") { Days = 0 }] },
            Rule("ends") with { Expiration = new() { Days = 1 } });
        var later = Start.AddDays(10);
        Assert.Equal("moves", judge.FindDue(Current(), [], later, storageClass => storageClass == "GLACIER")!.Rule.Id);
        Assert.Equal("ends", judge.FindDue(Current(), [], later, _ => false)!.Rule.Id);
    }

    [Fact]
    public void An_object_stays_in_its_archive_while_it_is_wanted_back()
    {
        var judge = Judge(VersioningState.Enabled, Rule() with { Transitions = [new("DEEP_ARCHIVE") { Days = 0 }] });
        var restore = new Restoration(Start.AddDays(1), Start.AddDays(2), Start.AddDays(5), RetrievalTier.Standard);
        var walked = Current(storageClass: "GLACIER");
        walked = walked with
        {
            Version = walked.Version with { Storage = walked.Version.Storage with { Restore = restore } },
        };
        Assert.Null(judge.FindDue(walked, [], Start.AddDays(4)));
        Assert.NotNull(judge.FindDue(walked, [], Start.AddDays(5)));
    }

    [Fact]
    public void Removing_an_older_version_wins_over_moving_it()
    {
        var judge = Judge(
            VersioningState.Enabled,
            Rule() with { NoncurrentTransitions = [new("GLACIER", 1, Kept: null)] },
            Rule() with { NoncurrentExpiration = new(3, Kept: null) });
        Assert.Equal(LifecycleVerb.Transition, judge.FindDue(Older(newer: 0), [], Start.AddDays(2.5))!.Verb);
        Assert.Equal(LifecycleVerb.Remove, judge.FindDue(Older(newer: 0), [], Start.AddDays(10))!.Verb);
        Assert.Null(judge.FindDue(Older(newer: 0, isMarker: true), [], Start.AddDays(2.5)));
    }

    [Fact]
    public void A_delete_marker_goes_only_where_it_hides_nothing()
    {
        var atOnce = Judge(VersioningState.Enabled, Rule() with { Expiration = new() { LoneMarkers = true } });
        var aged = Judge(VersioningState.Enabled, Rule() with { Expiration = new() { Days = 5 } });
        var never = Judge(VersioningState.Enabled, Rule() with { Expiration = new() { LoneMarkers = false } });
        Assert.Null(atOnce.FindDue(Marker(isAlone: false), [], Start.AddDays(10)));
        Assert.Equal(LifecycleVerb.Remove, atOnce.FindDue(Marker(isAlone: true), [], Start)!.Verb);
        Assert.Null(aged.FindDue(Marker(isAlone: true), [], Start.AddDays(5)));
        Assert.Equal(LifecycleVerb.Remove, aged.FindDue(Marker(isAlone: true), [], Start.AddDays(6))!.Verb);
        Assert.Null(aged.FindDue(Marker(isAlone: false), [], Start.AddDays(6)));
        Assert.Null(never.FindDue(Marker(isAlone: true), [], Start.AddDays(10)));
        Assert.Null(atOnce.FindDue(Current(), [], Start.AddDays(10)));
    }

    [Fact]
    public void A_date_that_is_past_holds_for_all_that_come_later()
    {
        var judge = Judge(VersioningState.Enabled, Rule() with { Expiration = new() { Date = Start.AddYears(-1) } });
        Assert.Equal(LifecycleVerb.Hide, judge.FindDue(Current(), [], Start)!.Verb);
    }

    [Fact]
    public void Rules_that_are_disabled_do_nothing() => Assert.Null(
        Judge(VersioningState.Enabled, Rule() with { IsEnabled = false, Expiration = new() { Days = 1 } })
            .FindDue(Current(), [], Start.AddDays(10)));

    [Fact]
    public void A_rule_fits_what_meets_all_of_its_conditions()
    {
        var judge = Judge(VersioningState.Enabled, Rule() with
        {
            Filter = new(FilterForm.And)
            {
                Prefix = "ke",
                Tags = [new("a", "1"), new("b", "2")],
                LargerThan = 10,
                SmallerThan = 20,
            },
            Expiration = new() { Days = 1 },
        });
        var later = Start.AddDays(10);
        ImmutableArray<Tag> both = [new("b", "2"), new("c", "3"), new("a", "1")];
        Assert.True(judge.LooksAtTags);
        Assert.NotNull(judge.FindDue(Current(size: 11), both, later));
        Assert.NotNull(judge.FindDue(Current(size: 11), null, later));
        Assert.Null(judge.FindDue(Current(size: 11), [new("a", "1")], later));
        Assert.Null(judge.FindDue(Current(size: 11), [new("a", "1"), new("b", "3")], later));
        Assert.Null(judge.FindDue(Current(size: 10), both, later));
        Assert.Null(judge.FindDue(Current(size: 20), both, later));
        Assert.Null(judge.FindDue(Current("other", size: 11), both, later));
    }

    [Theory]
    [InlineData("", "logs/a", "")]
    [InlineData("logs/a", "logs/b", "logs/")]
    [InlineData("logs/", "logs/b", "logs/")]
    [InlineData("a", "b", "")]
    public void Only_keys_that_some_rule_is_for_are_looked_at(string one, string other, string common)
    {
        var judge = Judge(
            VersioningState.Enabled,
            Rule() with { Filter = Everything with { Prefix = one }, Expiration = new() { Days = 1 } },
            Rule() with { Filter = Everything with { Prefix = other }, Transitions = [new("GLACIER") { Days = 1 }] },
            Rule() with { Filter = Everything with { Prefix = "off" }, IsEnabled = false, Expiration = new() { Days = 1 } },
            Rule() with { Filter = Everything with { Prefix = "upload" }, AbortDays = 1 });
        Assert.Equal(common, Encoding.UTF8.GetString(judge.CommonPrefix.Span));
    }

    [Fact]
    public void What_comes_next_is_the_earliest_of_all()
    {
        var judge = Judge(
            VersioningState.Enabled,
            Rule("ends") with { Expiration = new() { Days = 50 } },
            Rule("moves") with { Transitions = [new("GLACIER") { Days = 40 }] });
        Assert.Equal("moves", judge.FindNext(Current(), [], Start)!.Rule.Id);
        Assert.Equal("ends", judge.FindNext(Current(storageClass: "GLACIER"), [], Start)!.Rule.Id);
        Assert.Null(judge.FindNext(Older(newer: 0), [], Start));
    }

    [Fact]
    public void Of_expirations_the_earliest_is_announced_and_of_those_the_first_rule()
    {
        var version = new ObjectVersion
        {
            Key = ObjectKey.Parse("key"),
            VersionId = VersionId.Null,
            LastModified = Start,
            IsLatest = true,
            OwnerId = "owner",
        };
        var configuration = new LifecycleConfiguration(
            [
                Rule("late") with { Expiration = new() { Days = 9 } },
                Rule("first") with { Expiration = new() { Days = 7 } },
                Rule("second") with { Expiration = new() { Days = 7 } },
                Rule("marker") with { Expiration = new() { LoneMarkers = true } },
                Rule("off") with { IsEnabled = false, Expiration = new() { Days = 1 } },
            ],
            TransitionMinimum.AllStorageClasses128K);
        var (time, rule) = configuration.FindExpiration(version, new(TimeSpan.FromDays(1)))!.Value;
        Assert.Equal(("first", new DateTimeOffset(2026, 1, 9, 0, 0, 0, TimeSpan.Zero)), (rule.Id, time));
    }

    private static LifecycleRule Rule(string id = "rule") => new() { Id = id, IsEnabled = true, Filter = Everything };

    private static LifecycleJudge Judge(VersioningState versioning, params LifecycleRule[] rules) => new(
        new([.. rules], TransitionMinimum.AllStorageClasses128K), versioning, new(TimeSpan.FromDays(1)));

    private static WalkedVersion Current(string key = "key", long size = Large, string storageClass = "STANDARD") =>
        new(Listed(key, isLatest: true, isMarker: false, size, storageClass), Start, Newer: 0, IsAlone: true, EndsKey: true);

    private static WalkedVersion Marker(bool isAlone) =>
        new(Listed("key", isLatest: true, isMarker: true, 0), Start, Newer: 0, isAlone, EndsKey: true);

    private static WalkedVersion Older(int newer, bool isMarker = false) =>
        new(Listed("key", isLatest: false, isMarker, isMarker ? 0 : Large), Start, newer, IsAlone: false, EndsKey: true);

    private static ListedVersion Listed(
        string key, bool isLatest, bool isMarker, long size, string storageClass = "STANDARD") => new()
        {
            Key = ObjectKey.Parse(key),
            VersionId = VersionId.Null,
            LastModified = Start,
            IsLatest = isLatest,
            IsDeleteMarker = isMarker,
            Size = size,
            OwnerId = "owner",
            Storage = StorageState.Of(storageClass),
        };
}
