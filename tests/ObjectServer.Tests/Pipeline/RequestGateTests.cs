using ObjectServer.Pipeline;

namespace ObjectServer.Tests.Pipeline;

public sealed class RequestGateTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task So_many_run_so_many_wait_and_the_next_is_turned_away()
    {
        using var gate = new RequestGate(maxRunning: 2, maxWaiting: 1, TimeProvider.System);

        Assert.True(gate.TryEnter());
        Assert.True(gate.TryEnter());
        Assert.False(gate.TryEnter());
        var waiting = gate.WaitAsync(Cancellation).AsTask();
        Assert.False(waiting.IsCompleted);
        Assert.False(await gate.WaitAsync(Cancellation));
        Assert.Equal((2, 1), (gate.Running, gate.Waiting));

        gate.Leave();
        Assert.True(await waiting);
        Assert.Equal((2, 0), (gate.Running, gate.Waiting));
    }

    [Fact]
    public async Task A_place_that_becomes_free_is_the_first_waiters_and_no_newcomers()
    {
        using var gate = new RequestGate(maxRunning: 1, maxWaiting: 2, TimeProvider.System);
        Assert.True(gate.TryEnter());
        var first = gate.WaitAsync(Cancellation).AsTask();
        var second = gate.WaitAsync(Cancellation).AsTask();

        gate.Leave();

        Assert.False(gate.TryEnter());
        Assert.True(await first);
        Assert.False(second.IsCompleted);
        gate.Leave();
        Assert.True(await second);
    }

    [Fact]
    public async Task Who_waits_too_long_is_turned_away()
    {
        var time = new HandTime();
        using var gate = new RequestGate(maxRunning: 1, maxWaiting: 1, time);
        Assert.True(gate.TryEnter());
        var waiting = gate.WaitAsync(Cancellation).AsTask();

        time.Fire();

        Assert.False(await waiting);
        Assert.Equal([RequestGate.Patience], time.Asked);
        gate.Leave();
        Assert.True(gate.TryEnter());
    }

    [Fact]
    public async Task Who_goes_away_while_waiting_takes_no_place()
    {
        using var gate = new RequestGate(maxRunning: 1, maxWaiting: 1, TimeProvider.System);
        using var gone = new CancellationTokenSource();
        Assert.True(gate.TryEnter());
        var waiting = gate.WaitAsync(gone.Token).AsTask();

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        gate.Leave();
        Assert.Equal((0, 0), (gate.Running, gate.Waiting));
        Assert.True(gate.TryEnter());
    }

    /// <summary>A clock whose timers run out when a test says so.</summary>
    private sealed class HandTime : TimeProvider
    {
        private readonly List<Action> _timers = [];

        public List<TimeSpan> Asked { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Asked.Add(dueTime);
            _timers.Add(() => callback(state));
            return new Handle();
        }

        public void Fire() => _timers.ForEach(timer => timer());

        private sealed class Handle : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
