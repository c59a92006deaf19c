using ObjectServer.Lifecycle;

namespace ObjectServer.Tests.Lifecycle;

public sealed class LifecycleScheduleTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 14, 12, 0, 0, TimeSpan.Zero);

    private static LifecycleSchedule Daily { get; } = new(new(TimeSpan.FromDays(1)));

    private static LifecycleSchedule Quick { get; } = new(new(TimeSpan.FromSeconds(10)));

    [Fact]
    public void The_first_pass_begins_at_once() =>
        Assert.Equal(LifecyclePosition.Begin(Noon), Daily.FindNext(last: null, Noon), Same);

    [Fact]
    public void A_pass_that_was_cut_short_is_gone_on_with_whenever_that_is()
    {
        var cut = new LifecyclePosition(Noon.AddDays(-3), "bucket", [1], IsOver: false);
        Assert.Same(cut, Daily.FindNext(cut, Noon));
        Assert.Same(cut, Quick.FindNext(cut, Noon));
    }

    [Fact]
    public void The_next_pass_begins_at_midnight()
    {
        var over = new LifecyclePosition(Noon.AddHours(-11), "z", [], IsOver: true);
        Assert.Null(Daily.FindNext(over, Noon));
        Assert.Equal(TimeSpan.FromHours(1), Daily.WaitAfter(over, Noon));
        var late = Noon.AddHours(11).AddMinutes(45);
        Assert.Null(Daily.FindNext(over, late));
        Assert.Equal(TimeSpan.FromMinutes(15), Daily.WaitAfter(over, late));
        Assert.Equal(LifecyclePosition.Begin(Noon.AddHours(12)), Daily.FindNext(over, Noon.AddHours(12)), Same);
    }

    [Fact]
    public void A_midnight_that_the_server_missed_is_made_up_for() => Assert.Equal(
        LifecyclePosition.Begin(Noon),
        Daily.FindNext(new(Noon.AddHours(-13), "z", [], IsOver: true), Noon),
        Same);

    [Fact]
    public void In_short_days_there_are_ten_passes()
    {
        var over = new LifecyclePosition(Noon, "z", [], IsOver: true);
        Assert.Null(Quick.FindNext(over, Noon.AddMilliseconds(999)));
        Assert.Equal(TimeSpan.FromMilliseconds(400), Quick.WaitAfter(over, Noon.AddMilliseconds(600)));
        Assert.NotNull(Quick.FindNext(over, Noon.AddSeconds(1)));
    }

    [Fact]
    public void A_clock_that_went_back_does_not_stop_the_passes() =>
        Assert.NotNull(Quick.FindNext(new(Noon.AddYears(1), "z", [], IsOver: true), Noon));

    [Fact]
    public void A_pass_that_began_by_a_clock_that_was_ahead_is_not_gone_on_with() => Assert.Equal(
        LifecyclePosition.Begin(Noon), Daily.FindNext(new(Noon.AddYears(1), "b", [1], IsOver: false), Noon), Same);

    private static bool Same(LifecyclePosition? one, LifecyclePosition? other) => one is not null
        && other is not null
        && (one.Began, one.Bucket, one.IsOver) == (other.Began, other.Bucket, other.IsOver)
        && one.After.SequenceEqual(other.After);
}
