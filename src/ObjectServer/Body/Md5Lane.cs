using System.Buffers;
using System.Threading.Channels;
using ObjectServer.Checksums.Lanes;

namespace ObjectServer.Body;

/// <summary>Has the MD5 of a large body computed beside everything else, behind a short queue of blocks.</summary>
/// <remarks>
/// MD5 is the slowest of what is done with a body, so nothing else waits for it: receiving, writing and the other
/// hashes go on while <see cref="Md5Lanes"/> works. The queue bounds the memory of one body; where MD5 falls behind,
/// <see cref="NextBlockAsync"/> waits for it.
/// </remarks>
internal sealed class Md5Lane : IAsyncDisposable
{
    public const int BlockBytes = 256 * 1024;
    private const int MaxBlocks = 4;

    private readonly List<byte[]> _blocks = new(MaxBlocks);
    private readonly Channel<byte[]> _free;
    private readonly Md5Stream _stream;

    public Md5Lane(Md5Lanes lanes)
    {
        _free = Channel.CreateUnbounded<byte[]>(new() { SingleReader = true, SingleWriter = true });
        _stream = new Md5Stream(lanes, _free.Writer);
    }

    /// <summary>A block of at least <see cref="BlockBytes"/> to fill; waits where all are in the queue.</summary>
    public ValueTask<byte[]> NextBlockAsync(CancellationToken cancellation)
    {
        if (_free.Reader.TryRead(out var block))
        {
            return ValueTask.FromResult(block);
        }

        if (_blocks.Count == MaxBlocks)
        {
            return _free.Reader.ReadAsync(cancellation);
        }

        block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        _blocks.Add(block);
        return ValueTask.FromResult(block);
    }

    /// <summary>Queues the first <paramref name="count"/> bytes of a block, not to be changed any more.</summary>
    public void Append(byte[] block, int count) => _stream.Append(new(block, 0, count));

    /// <summary>The MD5 of everything queued, once it is there.</summary>
    public ValueTask<byte[]> FinishAsync() => _stream.FinishAsync();

    /// <summary>Drops what is queued and gives all blocks back; those that it gave out are not to be used any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stream.AbandonAsync();
        foreach (var block in _blocks)
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
