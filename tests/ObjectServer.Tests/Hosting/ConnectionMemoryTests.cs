using System.Buffers;
using ObjectServer.Hosting;

namespace ObjectServer.Tests.Hosting;

public sealed class ConnectionMemoryTests
{
    private readonly HandTime _time = new();

    [Fact]
    public void Whatever_is_asked_for_is_a_whole_block_and_more_is_refused()
    {
        using var memory = new ConnectionMemory(_time);

        foreach (var wanted in new[] { -1, 0, 1, 4096, ConnectionMemory.BlockBytes })
        {
            using var block = memory.Rent(wanted);
            Assert.Equal(ConnectionMemory.BlockBytes, block.Memory.Length);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Rent(ConnectionMemory.BlockBytes + 1));
    }

    /// <summary>Whatever comes and goes, and whoever gives back twice: no byte belongs to two at a time.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_block_is_two_renters_at_once(int seed)
    {
        using var memory = new ConnectionMemory(_time);
        var random = new Random(seed);
        var rented = new List<(IMemoryOwner<byte> Block, byte Mark)>();
        var returned = new List<IMemoryOwner<byte>>();
        for (var step = 0; step < 2_000; step++)
        {
            switch (random.Next(5))
            {
                case 0 or 1:
                    var mark = (byte)step;
                    var block = memory.Rent();
                    returned.Remove(block);
                    block.Memory.Span.Fill(mark);
                    rented.Add((block, mark));
                    break;
                case 2 when rented.Count > 0:
                    var last = rented[random.Next(rented.Count)];
                    rented.Remove(last);
                    returned.Add(last.Block);
                    last.Block.Dispose();
                    break;
                case 3 when returned.Count > 0:
                    returned[random.Next(returned.Count)].Dispose();
                    break;
                case 4 when step % 50 == 0:
                    _time.Pass();
                    break;
            }

            Assert.All(rented, held => Assert.False(held.Block.Memory.Span.ContainsAnyExcept(held.Mark)));
        }
    }

    [Fact]
    public void What_nobody_needed_for_a_while_is_let_go_and_the_rest_is_kept()
    {
        using var memory = new ConnectionMemory(_time);
        Array.ForEach(Take(memory, 10), block => block.Dispose());
        _time.Pass();
        Assert.Equal(10, memory.IdleCount);

        Array.ForEach(Take(memory, 4), block => block.Dispose());
        _time.Pass();
        Assert.Equal(4, memory.IdleCount);

        _time.Pass();
        Assert.Equal(0, memory.IdleCount);
    }

    [Fact]
    public void A_block_that_comes_back_after_the_end_is_let_go()
    {
        var memory = new ConnectionMemory(_time);
        var block = memory.Rent();
        memory.Dispose();
        block.Dispose();

        Assert.Equal(0, memory.IdleCount);
        Assert.Throws<ObjectDisposedException>(() => memory.Rent());
    }

    private static IMemoryOwner<byte>[] Take(ConnectionMemory memory, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => memory.Rent())];

    /// <summary>Time that passes an interval at a time, by hand.</summary>
    private sealed class HandTime : TimeProvider
    {
        private TimerCallback? _callback;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _callback = callback;
            return new Nothing();
        }

        public void Pass() => _callback!(null);

        private sealed class Nothing : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
