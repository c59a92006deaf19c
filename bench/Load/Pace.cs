using System.Diagnostics;

namespace ObjectServer.Bench.Load;

/// <summary>
/// Gives one connection its turns, so that all of them together keep to the plan's rate. A turn that is late because an
/// answer was is taken at once; turns that were missed by more than a second are left out.
/// </summary>
internal sealed class Pace
{
    private readonly TimeProvider _clock;
    private readonly long _step;
    private long _next;

    /// <param name="plan">Its rate, if it has one.</param>
    /// <param name="connection">Which of the plan's connections: they take turns.</param>
    /// <param name="start">The timestamp at which the run begins.</param>
    /// <param name="clock">What is waited on.</param>
    public Pace(LoadPlan plan, int connection, long start, TimeProvider clock)
    {
        _clock = clock;
        if (plan.Rate is { } rate)
        {
            _step = Stopwatch.Frequency * plan.Connections / rate;
            _next = start + (_step * connection / plan.Connections);
        }
    }

    /// <summary>Completes when the next request is due; at once without a rate.</summary>
    public async ValueTask NextTurnAsync()
    {
        if (_step == 0)
        {
            return;
        }

        var now = Stopwatch.GetTimestamp();
        if (_next > now)
        {
            await Task.Delay(Stopwatch.GetElapsedTime(now, _next), _clock);
        }

        _next = Math.Max(_next + _step, now - Stopwatch.Frequency);
    }
}
