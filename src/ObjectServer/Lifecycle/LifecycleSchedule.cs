namespace ObjectServer.Lifecycle;

/// <summary>When passes begin: at each midnight UTC, or ten times in days of another length. Pure.</summary>
internal sealed class LifecycleSchedule(LifecycleCalendar calendar)
{
    /// <summary>Passes in a day that is no day: what is due waits for no more than this part of one.</summary>
    private const int PassesADay = 10;

    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Clocks are put right now and then: it is looked at again before a longer wait is over.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>How long after a failure the pass is gone on with, at most.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _interval = Bounded(calendar.Day / PassesADay, ShortestInterval, LongestWait);

    /// <summary>Where to begin, or to go on; null while there is nothing to do.</summary>
    /// <param name="last">The last pass, as far as it came; null where there never was one.</param>
    /// <param name="now">The time.</param>
    public LifecyclePosition? FindNext(LifecyclePosition? last, DateTimeOffset now) =>
        // A pass that began later than now did so by a clock that was wrong: nothing may be judged by that time.
        last is null || last.Began > now ? LifecyclePosition.Begin(now)
        : !last.IsOver ? last
        : NextAfter(last) <= now ? LifecyclePosition.Begin(now)
        : null;

    /// <summary>How long to wait before that is asked again.</summary>
    /// <param name="last">As for <see cref="FindNext"/>.</param>
    /// <param name="now">The time.</param>
    public TimeSpan WaitAfter(LifecyclePosition? last, DateTimeOffset now) => last switch
    {
        null => ShortestInterval,
        { IsOver: false } => Bounded(_interval, ShortestInterval, AfterFailure),
        _ => Bounded(NextAfter(last) - now, ShortestInterval, LongestWait),
    };

    private DateTimeOffset NextAfter(LifecyclePosition last) => calendar.IsRounded
        ? LifecycleCalendar.MidnightBefore(last.Began) + LifecycleCalendar.WholeDay
        : last.Began + _interval;

    private static TimeSpan Bounded(TimeSpan span, TimeSpan shortest, TimeSpan longest) =>
        span < shortest ? shortest : span > longest ? longest : span;
}
