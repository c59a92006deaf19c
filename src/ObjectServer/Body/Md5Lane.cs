using System.Buffers;
using System.Threading.Channels;
using ObjectServer.Checksums;

namespace ObjectServer.Body;

/// <summary>Computes the MD5 of a large body on another core, behind a short queue of blocks.</summary>
/// <remarks>
/// MD5 is S3's ETag and cannot be split, so one stream is never faster than it. All that can be done is to let
/// nothing else wait for it: receiving, writing and the other hashes go on while this works. The queue bounds the
/// memory of one body; where MD5 falls behind, <see cref="NextBlockAsync"/> waits for it.
/// </remarks>
internal sealed class Md5Lane : IAsyncDisposable
{
    public const int BlockBytes = 256 * 1024;
    private const int MaxBlocks = 4;

    private readonly ContentHashes _hashes;
    private readonly List<byte[]> _blocks = new(MaxBlocks);
    private readonly Channel<ArraySegment<byte>> _filled;
    private readonly Channel<byte[]> _free;
    private readonly Task _work;

    public Md5Lane(ContentHashes hashes)
    {
        _hashes = hashes;
        _filled = Channel.CreateUnbounded<ArraySegment<byte>>(new() { SingleReader = true, SingleWriter = true });
        _free = Channel.CreateUnbounded<byte[]>(new() { SingleReader = true, SingleWriter = true });
        _work = Task.Run(WorkAsync);
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
    public void Append(byte[] block, int count) => _filled.Writer.TryWrite(new(block, 0, count));

    /// <summary>Waits until everything queued is hashed.</summary>
    public Task FinishAsync()
    {
        _filled.Writer.TryComplete();
        return _work;
    }

    /// <summary>Ends the work and gives all blocks back; those that it gave out are not to be used any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await FinishAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var block in _blocks)
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private async Task WorkAsync()
    {
        try
        {
            await foreach (var bytes in _filled.Reader.ReadAllAsync())
            {
                _hashes.AppendMd5(bytes);
                _free.Writer.TryWrite(bytes.Array!);
            }
        }
        catch (Exception fault)
        {
            _free.Writer.TryComplete(fault);
            throw;
        }
    }
}
