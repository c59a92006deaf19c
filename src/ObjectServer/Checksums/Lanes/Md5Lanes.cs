using System.Buffers;

namespace ObjectServer.Checksums.Lanes;

/// <summary>Computes the MD5 of many streams side by side, in the lanes of a vector.</summary>
/// <remarks>
/// <para>
/// MD5 is S3's ETag and cannot be split: one stream is never faster than one core computes it. Several streams are
/// compressed in the time of one. Streams that have bytes queue here; a worker takes as many of them as there are
/// lanes, goes some way with each, and puts those that have more at the queue's end.
/// </para>
/// <para>
/// Half-empty lanes are work for nothing, so that streams wait for company, but never for time: a worker runs while
/// more than half of the streams that are under way have bytes, or as many as there are lanes, or while one of them
/// is urgent because it has ended or its sender will soon have nowhere to put more. A stream that is alone therefore
/// runs at once.
/// </para>
/// <para>
/// A worker is a work item of the thread pool, queued anew after each pass, so that it never keeps a thread from
/// those who receive and write. While half the cores are free of workers one more is begun for whoever waits: it is
/// faster. Beyond that only for as many streams as fill the lanes: it is cheaper.
/// </para>
/// </remarks>
internal sealed class Md5Lanes
{
    /// <summary>How far a pass goes in each stream: a fraction of a millisecond.</summary>
    private const int PassBytes = 64 * 1024;

    private readonly Queue<Md5Stream> _ready = new();
    private readonly Stack<Worker> _resting = new();
    private readonly int _lanes;
    private readonly int _workers;

    /// <summary>As many lanes as the processor has, and as many workers as cores.</summary>
    public Md5Lanes()
        : this(Md5Compression.Lanes, Environment.ProcessorCount)
    {
    }

    /// <param name="lanes">Streams side by side: 1 to 16.</param>
    /// <param name="workers">The most threads at a time.</param>
    public Md5Lanes(int lanes, int workers)
    {
        _lanes = lanes;
        _workers = workers;
        for (var i = 0; i < workers; i++)
        {
            _resting.Push(new Worker(this));
        }
    }

    /// <summary>Guards the queues, of streams and within them.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Streams that were begun and have not ended. <see cref="Gate"/> guards it.</summary>
    public int Open { get; set; }

    /// <summary>Streams that should not wait for company. <see cref="Gate"/> guards it.</summary>
    public int Urgent { get; set; }

    private bool IsWorthAPass =>
        _ready.Count > 0 && (Urgent > 0 || _ready.Count >= Math.Min(_lanes, (Open / 2) + 1));

    /// <summary>Puts a stream that has bytes at the queue's end. The caller holds <see cref="Gate"/>.</summary>
    public void Schedule(Md5Stream stream) => _ready.Enqueue(stream);

    /// <summary>Sets one more worker to what waits, if that is worth it. The caller holds <see cref="Gate"/>.</summary>
    public void Begin()
    {
        var running = _workers - _resting.Count;
        if (IsWorthAPass && running < _workers && (running < (_workers + 1) / 2 || _ready.Count >= _lanes))
        {
            ThreadPool.UnsafeQueueUserWorkItem(_resting.Pop(), preferLocal: false);
        }
    }

    private sealed class Worker(Md5Lanes home) : IThreadPoolWorkItem
    {
        private readonly List<Md5Stream> _streams = new(home._lanes);
        private readonly Lane[] _running = new Lane[home._lanes];
        private int _count;

        public void Execute()
        {
            do
            {
                Take();
                try
                {
                    Run();
                }
                catch (Exception fault)
                {
                    _streams.ForEach(stream => stream.Fail(fault));
                }
            }
            while (GoesOn());
        }

        private void Take()
        {
            lock (home.Gate)
            {
                while (_streams.Count < home._lanes && home._ready.TryDequeue(out var stream))
                {
                    if (stream.TryBegin())
                    {
                        _streams.Add(stream);
                    }
                }
            }
        }

        /// <summary>Goes as far in each stream as its piece and the pass reach; whoever ends early leaves.</summary>
        private unsafe void Run()
        {
            var states = stackalloc Md5State[home._lanes];
            var starts = stackalloc byte*[home._lanes];
            try
            {
                _streams.ForEach(Enter);
                while (_count > 0)
                {
                    var bytes = PassBytes;
                    for (var i = 0; i < _count; i++)
                    {
                        states[i] = _running[i].Stream.State;
                        starts[i] = _running[i].Next;
                        bytes = Math.Min(bytes, _running[i].Left);
                    }

                    Md5Compression.Compress(new Span<Md5State>(states, _count), starts, bytes);
                    for (var i = _count - 1; i >= 0; i--)
                    {
                        _running[i].Stream.State = states[i];
                        _running[i].Done += bytes;
                        if (_running[i].Left == 0)
                        {
                            Leave(i);
                        }
                    }
                }
            }
            finally
            {
                while (_count > 0)
                {
                    Leave(_count - 1);
                }
            }
        }

        private void Enter(Md5Stream stream)
        {
            var blocks = stream.Blocks();
            if (!blocks.IsEmpty)
            {
                var bytes = Math.Min(blocks.Length, PassBytes);
                _running[_count++] = new Lane { Stream = stream, Pin = blocks.Pin(), Bytes = bytes };
            }
        }

        /// <summary>Empties a lane; the last one takes its place.</summary>
        private void Leave(int lane)
        {
            _running[lane].Pin.Dispose();
            _running[lane].Stream.Advance(_running[lane].Done);
            _running[lane] = _running[--_count];
            _running[_count] = default;
        }

        /// <summary>Puts back who has more, and says whether to go on at once.</summary>
        private bool GoesOn()
        {
            lock (home.Gate)
            {
                var wasAlone = _streams.Count == 1;
                foreach (var stream in _streams)
                {
                    if (stream.TryBegin())
                    {
                        home._ready.Enqueue(stream);
                    }
                }

                _streams.Clear();
                if (!home.IsWorthAPass)
                {
                    home._resting.Push(this);
                    return false;
                }

                if (wasAlone && home._ready.Count == 1)
                {
                    return true;
                }
            }

            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return false;
        }
    }

    /// <summary>One stream's part in a pass.</summary>
    private struct Lane
    {
        public Md5Stream Stream;

        /// <summary>Holds the bytes where they are.</summary>
        public MemoryHandle Pin;

        /// <summary>How far the pass goes, in whole blocks.</summary>
        public int Bytes;

        public int Done;

        public readonly int Left => Bytes - Done;

        public readonly unsafe byte* Next => (byte*)Pin.Pointer + Done;
    }
}
