using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;

namespace ObjectServer.Hosting;

/// <summary>The memory that connections receive into and send from: pinned blocks, kept for who needs one next.</summary>
/// <remarks>
/// A socket is read a block at a time. Kestrel's own blocks have 4 KiB, so that an upload costs a system call, and all
/// that surrounds it, for each 4 KiB; a request with a small body costs two. A block that is taken for less is touched
/// as far as it is used and not further, and a connection that waits has none.
/// </remarks>
internal sealed class ConnectionMemory : MemoryPool<byte>
{
    public const int BlockBytes = 32 * 1024;

    /// <summary>Blocks that nobody needed for this long go back to the runtime.</summary>
    internal static readonly TimeSpan TrimInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();

    /// <summary>The one that came back last is taken first: it may still be in the processor's cache.</summary>
    private readonly Stack<Block> _idle = new();

    private readonly ITimer _timer;

    /// <summary>The fewest that lay idle at a time since the last trim.</summary>
    private int _unneeded;

    private bool _isDisposed;

    public ConnectionMemory(TimeProvider time) =>
        _timer = time.CreateTimer(_ => Trim(), null, TrimInterval, TrimInterval);

    public override int MaxBufferSize => BlockBytes;

    /// <summary>Blocks that wait for somebody.</summary>
    internal int IdleCount
    {
        get
        {
            lock (_gate)
            {
                return _idle.Count;
            }
        }
    }

    /// <summary>A whole block, whatever is asked for.</summary>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_idle.TryPop(out var block))
            {
                _unneeded = Math.Min(_unneeded, _idle.Count);
                block.Begin();
                return block;
            }
        }

        return new Block(this);
    }

    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            _isDisposed = true;
            _idle.Clear();
        }

        _timer.Dispose();
    }

    private void Return(Block block)
    {
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _idle.Push(block);
            }
        }
    }

    private void Trim()
    {
        lock (_gate)
        {
            for (; _unneeded > 0; _unneeded--)
            {
                _idle.Pop();
            }

            _unneeded = _idle.Count;
        }
    }

    private sealed class Block : IMemoryOwner<byte>
    {
        private readonly ConnectionMemory _home;
        private bool _isRented = true;

        public Block(ConnectionMemory home)
        {
            _home = home;
            var bytes = GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true);
            Memory = MemoryMarshal.CreateFromPinnedArray(bytes, 0, bytes.Length);
        }

        public Memory<byte> Memory { get; }

        public void Begin() => _isRented = true;

        /// <summary>Returned twice, a block would be two connections' at once.</summary>
        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isRented, false))
            {
                _home.Return(this);
            }
        }
    }
}

/// <summary>Gives Kestrel its memory.</summary>
internal sealed class ConnectionMemoryFactory(TimeProvider time) : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new ConnectionMemory(time);
}
