using System.Globalization;
using CsCheck;
using ObjectServer.Lifecycle;

namespace ObjectServer.Tests.Lifecycle;

public sealed class LifecycleCalendarTests
{
    /// <remarks>The first two are AWS's examples; the last begins and ends at midnight.</remarks>
    [Theory]
    [InlineData("2014-01-15T10:30:00Z", 3, "2014-01-19T00:00:00Z")]
    [InlineData("2014-01-02T11:30:00Z", 5, "2014-01-08T00:00:00Z")]
    [InlineData("2024-01-02T00:05:00Z", 1, "2024-01-04T00:00:00Z")]
    [InlineData("2024-02-28T23:59:59.9999999Z", 0, "2024-02-29T00:00:00Z")]
    [InlineData("2024-03-01T00:00:00Z", 1, "2024-03-02T00:00:00Z")]
    public void Days_end_at_the_next_midnight(string from, int days, string expected) => Assert.Equal(
        Parse(expected), new LifecycleCalendar(TimeSpan.FromHours(24)).After(Parse(from), days));

    [Fact]
    public void Days_of_another_length_are_not_rounded() => Assert.Equal(
        Parse("2014-01-15T10:30:30Z"), new LifecycleCalendar(TimeSpan.FromSeconds(10)).After(Parse("2014-01-15T10:30:00Z"), 3));

    [Fact]
    public void What_is_later_than_time_goes_is_never() => Assert.Equal(
        DateTimeOffset.MaxValue, new LifecycleCalendar(TimeSpan.FromHours(24)).After(Parse("2014-01-15T10:30:00Z"), int.MaxValue));

    [Fact]
    public void Nothing_is_due_before_its_days_are_over_or_a_day_later() => Gen.Select(
        Gen.Long[Parse("1970-01-01T00:00:00Z").Ticks, Parse("2100-01-01T00:00:00Z").Ticks], Gen.Int[0, 4000]).Sample((ticks, days) =>
    {
        var from = new DateTimeOffset(ticks, TimeSpan.Zero);
        var due = new LifecycleCalendar(TimeSpan.FromHours(24)).After(from, days);
        Assert.Equal(TimeSpan.Zero, due.TimeOfDay);
        Assert.Equal(TimeSpan.Zero, due.Offset);
        Assert.InRange(due - from, TimeSpan.FromDays(days), TimeSpan.FromDays(days + 1));
    });

    private static DateTimeOffset Parse(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
