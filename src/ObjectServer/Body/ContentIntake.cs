using ObjectServer.Checksums;
using ObjectServer.Checksums.Lanes;
using ObjectServer.Storage.Model;

namespace ObjectServer.Body;

/// <summary>Takes the bytes of some content in order: hashes them and hands them to a writer.</summary>
/// <remarks>
/// Content of up to a block is hashed and written slice by slice, as it lies in the connection's memory. More is
/// gathered in blocks, so that its MD5 is computed beside the rest and beside that of others (<see cref="Md5Lane"/>).
/// </remarks>
internal sealed class ContentIntake : IAsyncDisposable
{
    private readonly Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> _write;
    private readonly ContentHashes _hashes;
    private readonly Md5Lane? _lane;
    private byte[]? _block;
    private int _filled;

    /// <param name="write">Takes each piece, whose memory is then reused. What it throws passes through.</param>
    /// <param name="algorithm">The checksum to compute.</param>
    /// <param name="needsSha256">Whether the SHA-256 is wanted too.</param>
    /// <param name="expectedLength">The content's length, or null where it is not known.</param>
    /// <param name="lanes">Where the MD5 of large content is computed.</param>
    public ContentIntake(
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> write,
        ChecksumAlgorithm algorithm,
        bool needsSha256,
        long? expectedLength,
        Md5Lanes lanes)
    {
        _write = write;
        _lane = expectedLength is <= Md5Lane.BlockBytes ? null : new(lanes);
        _hashes = _lane is null ? new(algorithm, needsSha256) : ContentHashes.WithoutMd5(algorithm, needsSha256);
    }

    /// <summary>Bytes taken.</summary>
    public long Length { get; private set; }

    /// <summary>Takes the next bytes; their memory may be reused once this completes.</summary>
    public ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        Length += bytes.Length;
        if (_lane is not null)
        {
            return GatherAsync(_lane, bytes, cancellation);
        }

        _hashes.Append(bytes.Span);
        return _write(bytes, cancellation);
    }

    /// <summary>Hands on what is left and gives the digests of everything. Call it once.</summary>
    public async ValueTask<ContentDigests> FinishAsync(CancellationToken cancellation)
    {
        if (_lane is null)
        {
            return _hashes.Finish();
        }

        await FlushAsync(_lane, cancellation);
        return _hashes.Finish(await _lane.FinishAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (_lane is not null)
        {
            await _lane.DisposeAsync();
        }

        _hashes.Dispose();
    }

    private async ValueTask GatherAsync(Md5Lane lane, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty)
        {
            _block ??= await lane.NextBlockAsync(cancellation);
            var count = Math.Min(bytes.Length, Md5Lane.BlockBytes - _filled);
            bytes[..count].CopyTo(_block.AsMemory(_filled));
            bytes = bytes[count..];
            _filled += count;
            if (_filled == Md5Lane.BlockBytes)
            {
                await FlushAsync(lane, cancellation);
            }
        }
    }

    private async ValueTask FlushAsync(Md5Lane lane, CancellationToken cancellation)
    {
        if (_block is not { } block)
        {
            return;
        }

        var content = block.AsMemory(0, _filled);
        (_block, _filled) = (null, 0);
        lane.Append(block, content.Length);
        _hashes.Append(content.Span);
        await _write(content, cancellation);
    }
}
