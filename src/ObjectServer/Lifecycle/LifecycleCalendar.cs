namespace ObjectServer.Lifecycle;

/// <summary>
/// When days are over. With days of 24 hours, what is reckoned in them falls due at a midnight UTC, as on AWS; with days of
/// any other length, which tests want, nothing is rounded.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html#intro-lifecycle-rules-number-of-days</remarks>
internal sealed class LifecycleCalendar(TimeSpan day)
{
    /// <summary>How long a day lasts unless somebody says otherwise.</summary>
    public static readonly TimeSpan WholeDay = TimeSpan.FromDays(1);

    public TimeSpan Day { get; } = day;

    /// <summary>Whether days end at midnight UTC.</summary>
    public bool IsRounded => Day == WholeDay;

    /// <summary>So many days after a moment, and then the next midnight; the end of time where that is later.</summary>
    /// <param name="from">The moment.</param>
    /// <param name="days">0 or more.</param>
    public DateTimeOffset After(DateTimeOffset from, int days)
    {
        var ticks = from.UtcTicks + ((decimal)Day.Ticks * days);
        if (IsRounded)
        {
            ticks = decimal.Ceiling(ticks / TimeSpan.TicksPerDay) * TimeSpan.TicksPerDay;
        }

        return ticks > DateTimeOffset.MaxValue.UtcTicks ? DateTimeOffset.MaxValue : new((long)ticks, TimeSpan.Zero);
    }

    /// <summary>The midnight at which the day of a moment began.</summary>
    public static DateTimeOffset MidnightBefore(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerDay), TimeSpan.Zero);
}
