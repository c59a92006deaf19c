using System.Buffers;
using System.IO.Pipelines;

namespace ObjectServer.Tests.Body;

/// <summary>Gives a wire's bytes as a connection does: in the given slices, one more with every read.</summary>
internal sealed class SlicedReader(IEnumerable<byte[]> slices, Exception? end = null) : PipeReader
{
    private readonly Queue<byte[]> _slices = new(slices);
    private ReadOnlySequence<byte> _buffer = ReadOnlySequence<byte>.Empty;
    private bool _isReading;

    /// <summary>How often bytes were asked for.</summary>
    public int Reads { get; private set; }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        Assert.False(_isReading, "Every read must be followed by an advance.");
        Reads++;
        if (_slices.TryDequeue(out var next))
        {
            _buffer = Sequence(_buffer, next);
        }
        else if (end is not null)
        {
            return ValueTask.FromException<ReadResult>(end);
        }

        _isReading = true;
        return ValueTask.FromResult(new ReadResult(_buffer, isCanceled: false, _slices.Count == 0 && end is null));
    }

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _isReading = false;
        _buffer = _buffer.Slice(consumed);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override bool TryRead(out ReadResult result) => throw new NotSupportedException();

    public override void CancelPendingRead() => throw new NotSupportedException();

    public override void Complete(Exception? exception = null)
    {
    }

    /// <summary>What was left, and the next slice as a segment of its own.</summary>
    public static ReadOnlySequence<byte> Sequence(ReadOnlySequence<byte> left, byte[] next)
    {
        var first = new Segment(left.ToArray(), 0);
        var last = new Segment(next, first.Memory.Length);
        first.Link(last);
        return new ReadOnlySequence<byte>(first, 0, last, next.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, long index)
        {
            Memory = bytes;
            RunningIndex = index;
        }

        public void Link(Segment next) => Next = next;
    }
}
