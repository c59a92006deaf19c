namespace ObjectServer.Lifecycle;

/// <summary>
/// Keeps a pass at a rate, so that it is no burden to requests: after each piece of work it rests as long as the work
/// was allowed to take and did not.
/// </summary>
/// <param name="perSecond">Versions looked at a second; null for as many as can be.</param>
/// <param name="time">The clock.</param>
internal sealed class LifecyclePace(int? perSecond, TimeProvider time)
{
    /// <summary>What it costs to change a version, in versions that are only looked at.</summary>
    public const int ChangeCost = 10;

    /// <summary>Bytes whose copying costs as much as looking at a version.</summary>
    public const int BytesPerLook = 64 * 1024;

    /// <summary>Shorter rests are put off: a timer is no better.</summary>
    private static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(15);

    private readonly Lock _gate = new();
    private long _since = time.GetTimestamp();
    private double _owedSeconds;

    /// <summary>Says what was done since the last time, and rests. Those who do so at a time share the rate.</summary>
    /// <param name="looks">Versions looked at, changes included at their cost.</param>
    /// <param name="cancellation">Ends the rest.</param>
    public async ValueTask RestAsync(double looks, CancellationToken cancellation)
    {
        if (perSecond is { } rate && Owe(looks / rate) is var rest && rest >= ShortestRest)
        {
            await Task.Delay(rest, time, cancellation);
        }
    }

    private TimeSpan Owe(double seconds)
    {
        lock (_gate)
        {
            // Time that was not used is not saved up: a slow stretch must not be followed by a burst.
            var now = time.GetTimestamp();
            _owedSeconds = Math.Max(0, _owedSeconds - time.GetElapsedTime(_since, now).TotalSeconds) + seconds;
            _since = now;
            return TimeSpan.FromSeconds(_owedSeconds);
        }
    }
}
