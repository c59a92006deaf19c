using System.Buffers.Binary;
using System.Threading.Channels;

namespace ObjectServer.Checksums.Lanes;

/// <summary>The MD5 of one stream, computed beside those of others (<see cref="Md5Lanes"/>).</summary>
/// <remarks>
/// One caller appends, finishes and abandons. What is marked as the worker's belongs to whichever thread runs the
/// stream, of which there is one at a time.
/// </remarks>
/// <param name="lanes">Who computes it.</param>
/// <param name="hashed">Gets each array back when no byte of it is needed any more.</param>
internal sealed class Md5Stream(Md5Lanes lanes, ChannelWriter<byte[]> hashed)
{
    public const int DigestBytes = 16;

    /// <summary>So many pieces may wait for company; whoever appends is to have room for a few more.</summary>
    private const int PatientPieces = 1;

    /// <summary>What is queued and not begun; the lanes' gate guards it.</summary>
    private readonly Queue<ArraySegment<byte>> _pieces = new();

    private readonly byte[] _rest = new byte[Md5Compression.BlockBytes];
    private Md5State _state = Md5State.Initial;
    private ArraySegment<byte> _piece;
    private int _restBytes;
    private ulong _length;
    private bool _isOpen;
    private bool _isScheduled;
    private bool _isEnding;
    private bool _isUrgent;
    private TaskCompletionSource? _idle;
    private Exception? _fault;

    /// <summary>Queues bytes, which are not to be changed before their array comes back.</summary>
    public void Append(ArraySegment<byte> piece)
    {
        lock (lanes.Gate)
        {
            _pieces.Enqueue(piece);
            lanes.Open += _isOpen ? 0 : 1;
            _isOpen = true;
            if (!_isScheduled)
            {
                _isScheduled = true;
                lanes.Schedule(this);
            }

            JudgeUrgency();
            lanes.Begin();
        }
    }

    /// <summary>The digest of everything that was appended. Ends the use of this.</summary>
    public async ValueTask<byte[]> FinishAsync()
    {
        await WhenIdleAsync(drops: false);
        return Digest();
    }

    /// <summary>Drops what is queued, and waits until nothing that was appended is looked at any more.</summary>
    public Task AbandonAsync() => WhenIdleAsync(drops: true);

    /// <summary>The worker's: takes up the next bytes. The caller holds the gate.</summary>
    /// <returns>False where there are none, and the stream rests.</returns>
    public bool TryBegin()
    {
        _isScheduled = _piece.Count > 0 || _pieces.TryDequeue(out _piece);
        JudgeUrgency();
        if (!_isScheduled)
        {
            _idle?.TrySetResult();
        }

        return _isScheduled;
    }

    /// <summary>The worker's: the whole blocks at the front of a piece, once what a begun block lacks is taken.</summary>
    public ReadOnlyMemory<byte> Blocks()
    {
        if (_restBytes > 0 || _piece.Count < Md5Compression.BlockBytes)
        {
            TakeRest();
        }

        return _piece.Count == 0
            ? default
            : _piece.AsMemory(0, _piece.Count / Md5Compression.BlockBytes * Md5Compression.BlockBytes);
    }

    /// <summary>The worker's: what the blocks before the next ones amount to.</summary>
    public ref Md5State State => ref _state;

    /// <summary>The worker's: so many bytes of the blocks are in the state now.</summary>
    public void Advance(int bytes)
    {
        _length += (ulong)bytes;
        Drop(bytes);
        if (_piece.Count is > 0 and < Md5Compression.BlockBytes)
        {
            TakeRest();
        }
    }

    /// <summary>The worker's: what it ran into. The stream gives no digest any more.</summary>
    public void Fail(Exception fault)
    {
        hashed.TryComplete(fault);
        _fault = fault;
        _piece = default;
    }

    private Task WhenIdleAsync(bool drops)
    {
        lock (lanes.Gate)
        {
            if (drops)
            {
                _pieces.Clear();
            }

            lanes.Open -= _isOpen ? 1 : 0;
            _isOpen = false;
            if (!_isScheduled)
            {
                return Task.CompletedTask;
            }

            _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _isEnding = true;
            JudgeUrgency();
            lanes.Begin();
            return _idle.Task;
        }
    }

    /// <summary>Whether somebody waits for this stream, or soon will. The caller holds the gate.</summary>
    private void JudgeUrgency()
    {
        var isUrgent = _isScheduled && (_isEnding || _pieces.Count > PatientPieces);
        lanes.Urgent += Convert.ToInt32(isUrgent) - Convert.ToInt32(_isUrgent);
        _isUrgent = isUrgent;
    }

    /// <summary>Takes the bytes that make a begun block whole, or that are too few to make one.</summary>
    private void TakeRest()
    {
        while (_piece.Count > 0 && (_restBytes > 0 || _piece.Count < Md5Compression.BlockBytes))
        {
            var count = Math.Min(Md5Compression.BlockBytes - _restBytes, _piece.Count);
            _piece.AsSpan(0, count).CopyTo(_rest.AsSpan(_restBytes));
            _restBytes += count;
            _length += (ulong)count;
            Drop(count);
            if (_restBytes == Md5Compression.BlockBytes)
            {
                Md5Compression.Compress(ref _state, _rest);
                _restBytes = 0;
            }
        }
    }

    private void Drop(int count)
    {
        var array = _piece.Array!;
        _piece = _piece[count..];
        if (_piece.Count == 0)
        {
            _piece = default;
            hashed.TryWrite(array);
        }
    }

    /// <summary>Pads as RFC 1321 says: a one, zeros, and the number of bits.</summary>
    private byte[] Digest()
    {
        if (_fault is not null)
        {
            throw new InvalidOperationException("The MD5 could not be computed.", _fault);
        }

        Span<byte> end = stackalloc byte[2 * Md5Compression.BlockBytes];
        end.Clear();
        _rest.AsSpan(0, _restBytes).CopyTo(end);
        end[_restBytes] = 0x80;
        end = end[..(_restBytes + 1 + sizeof(ulong) > Md5Compression.BlockBytes ? end.Length : end.Length / 2)];
        BinaryPrimitives.WriteUInt64LittleEndian(end[^sizeof(ulong)..], _length * 8);
        Md5Compression.Compress(ref _state, end);

        var digest = new byte[DigestBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(digest, _state.A);
        BinaryPrimitives.WriteUInt32LittleEndian(digest.AsSpan(4), _state.B);
        BinaryPrimitives.WriteUInt32LittleEndian(digest.AsSpan(8), _state.C);
        BinaryPrimitives.WriteUInt32LittleEndian(digest.AsSpan(12), _state.D);
        return digest;
    }
}
