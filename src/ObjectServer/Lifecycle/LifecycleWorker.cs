using System.Text.Json;
using Microsoft.Extensions.Logging;
using ObjectServer.Observability;
using ObjectServer.Storage;

namespace ObjectServer.Lifecycle;

/// <summary>
/// Makes one pass after another over a store, for as long as the server runs: each midnight UTC, or, where days are
/// shorter than a day, a few in each. A pass that a stop or a crash cut short is gone on with at the next start.
/// </summary>
internal sealed class LifecycleWorker(
    LocalStore store, LifecycleCalendar calendar, int? rate, ServerMetrics? metrics, TimeProvider time, ILogger log)
{
    private readonly LifecycleSchedule _schedule = new(calendar);
    private LifecyclePosition? _last;

    /// <summary>Works until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            _last = await LoadAsync(cancellation);
            while (true)
            {
                if (_schedule.FindNext(_last, time.GetUtcNow()) is { } position)
                {
                    await PassAsync(position, cancellation);
                }

                await Task.Delay(_schedule.WaitAfter(_last, time.GetUtcNow()), time, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The server stops.
        }
        catch (Exception fault)
        {
            LifecycleLog.Ended(log, fault);
        }
    }

    private async Task PassAsync(LifecyclePosition position, CancellationToken cancellation)
    {
        var counts = new LifecycleCounts(metrics);
        var pass = new LifecyclePass(store, calendar, new LifecyclePace(rate, time), counts, time, log);
        var began = time.GetTimestamp();
        _last = position;
        try
        {
            var end = await pass.RunAsync(position, moved => _last = moved, cancellation);
            _last = end;
            LifecycleLog.Finished(log, counts, time.GetElapsedTime(began));

            // Where days are short, a pass that found nothing to do leaves no trace.
            var isTold = counts.LookedAt > 0 && (calendar.IsRounded || !counts.IsNothing);
            if (isTold || await LoadAsync(cancellation) is { IsOver: false })
            {
                await SaveAsync(end);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The store takes no writes now, or a part of it cannot be read.
            LifecycleLog.Failed(log, failure);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The store closes only after this.
            if (_last is { IsOver: false, Bucket.Length: > 0 })
            {
                await SaveAsync(_last);
            }

            throw;
        }
    }

    /// <summary>A position that cannot be read is none: all that is lost is that a pass is made again.</summary>
    private async ValueTask<LifecyclePosition?> LoadAsync(CancellationToken cancellation)
    {
        try
        {
            return await LifecyclePosition.LoadAsync(store.Documents, cancellation);
        }
        catch (Exception damage) when (damage is JsonException or IOException)
        {
            LifecycleLog.PositionUnreadable(log, damage);
            return null;
        }
    }

    private async ValueTask SaveAsync(LifecyclePosition position)
    {
        try
        {
            if (!await position.TrySaveAsync(store.Documents, CancellationToken.None))
            {
                LifecycleLog.NotNoted(log);
            }
        }
        catch (IOException failure)
        {
            LifecycleLog.Failed(log, failure);
        }
    }
}
