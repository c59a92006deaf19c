using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Blobs;

/// <summary>
/// Reads one blob file. Whole blocks go straight into the caller's buffer and are verified there; a block of which only
/// a part is wanted goes through one of the reader's own, which is kept for the next read. Reads must not overlap.
/// </summary>
/// <remarks>
/// Reads block their thread. An asynchronous read of a file is one that blocks another thread of the same pool, and
/// the hop there and back costs more than the bytes when they are in memory.
/// </remarks>
internal sealed class FileBlobReader : BlobReader
{
    /// <summary>Checksums held at a time: 32 KiB of table for 256 MiB of content.</summary>
    private const int TablePageBlocks = 4096;

    /// <summary>Read together with the footer: the whole table of a blob up to 31 MiB.</summary>
    private const int TailBytes = 4096;

    private readonly BlobId _id;
    private readonly IDiskFile _file;
    private readonly ulong _tableChecksum;
    private byte[] _table = [];
    private long _tableFirst;
    private long _tableCount;
    private byte[] _block = [];
    private long _blockNumber = -1;
    private bool _isDisposed;

    private FileBlobReader(BlobId id, IDiskFile file, long length, ulong tableChecksum)
    {
        _id = id;
        _file = file;
        _tableChecksum = tableChecksum;
        Length = length;
    }

    public override long Length { get; }

    public static FileBlobReader Open(BlobId id, IDiskFile file)
    {
        var fileBytes = file.Length;
        var tail = new byte[Math.Min(fileBytes, TailBytes)];
        Fill(id, file, fileBytes - tail.Length, tail);
        var footerAt = Math.Max(0, tail.Length - BlobFormat.FooterBytes);
        var length = BlobFormat.ReadFooter(tail.AsSpan(footerAt), id, fileBytes, out var tableChecksum);
        var reader = new FileBlobReader(id, file, length, tableChecksum);
        var tableBytes = BlobFormat.Blocks(length) * BlobFormat.ChecksumBytes;
        if (tableBytes <= footerAt)
        {
            reader._table = tail.AsSpan((int)(footerAt - tableBytes), (int)tableBytes).ToArray();
            reader._tableCount = BlobFormat.Blocks(length);
        }

        return reader;
    }

    public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(offset, buffer.Span));
    }

    private int Read(long offset, Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var total = (int)Math.Clamp(Length - offset, 0, buffer.Length);
        var filled = 0;
        while (filled < total)
        {
            var at = offset + filled;
            var block = at / BlobFormat.BlockBytes;
            var rest = buffer[filled..total];
            var isWhole = at % BlobFormat.BlockBytes == 0 && rest.Length >= BlockLength(block);
            filled += isWhole && block != _blockNumber
                ? ReadWholeBlocks(block, rest)
                : ReadFromBlock(at, rest);
        }

        return filled;
    }

    /// <summary>Reads everything and compares all checksums, that of the table too.</summary>
    /// <exception cref="CorruptDataException">Something fails.</exception>
    public async ValueTask VerifyAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        var hash = new XxHash3();
        for (var block = 0L; block < BlobFormat.Blocks(Length); block = _tableFirst + _tableCount)
        {
            LoadTable(block);
            hash.Append(_table.AsSpan(0, (int)_tableCount * BlobFormat.ChecksumBytes));
        }

        if (hash.GetCurrentHashAsUInt64() != _tableChecksum)
        {
            throw new CorruptDataException($"The checksum table of blob {_id} fails its own checksum.");
        }

        for (var offset = 0L; offset < Length;)
        {
            offset += await ReadAsync(offset, buffer, cancellation);
        }
    }

    public override ValueTask DisposeAsync()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _file.Dispose();
            if (_block.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_block);
                _block = [];
            }
        }

        return ValueTask.CompletedTask;
    }

    private int BlockLength(long block) =>
        (int)Math.Min(BlobFormat.BlockBytes, Length - (block * BlobFormat.BlockBytes));

    private int ReadWholeBlocks(long first, Span<byte> buffer)
    {
        LoadTable(first);
        var last = first;
        var bytes = BlockLength(first);
        while (last + 1 < _tableFirst + _tableCount && bytes + BlockLength(last + 1) <= buffer.Length)
        {
            bytes += BlockLength(++last);
        }

        Fill(_id, _file, first * BlobFormat.BlockBytes, buffer[..bytes]);
        for (var block = first; block <= last; block++)
        {
            var at = (int)(block - first) * BlobFormat.BlockBytes;
            if (!IsSound(block, buffer.Slice(at, BlockLength(block))))
            {
                buffer[..bytes].Clear();
                throw Damaged(block);
            }
        }

        return bytes;
    }

    private int ReadFromBlock(long offset, Span<byte> buffer)
    {
        var block = offset / BlobFormat.BlockBytes;
        var length = BlockLength(block);
        if (block != _blockNumber)
        {
            LoadTable(block);
            if (_block.Length == 0)
            {
                _block = ArrayPool<byte>.Shared.Rent(BlobFormat.BlockBytes);
            }

            _blockNumber = -1;
            Fill(_id, _file, block * BlobFormat.BlockBytes, _block.AsSpan(0, length));
            if (!IsSound(block, _block.AsSpan(0, length)))
            {
                throw Damaged(block);
            }

            _blockNumber = block;
        }

        var within = (int)(offset % BlobFormat.BlockBytes);
        var taken = Math.Min(length - within, buffer.Length);
        _block.AsSpan(within, taken).CopyTo(buffer);
        return taken;
    }

    private void LoadTable(long block)
    {
        if (block >= _tableFirst && block < _tableFirst + _tableCount)
        {
            return;
        }

        var first = block / TablePageBlocks * TablePageBlocks;
        var count = Math.Min(TablePageBlocks, BlobFormat.Blocks(Length) - first);
        _tableCount = 0;
        if (_table.Length < count * BlobFormat.ChecksumBytes)
        {
            _table = new byte[count * BlobFormat.ChecksumBytes];
        }

        Fill(
            _id,
            _file,
            Length + (first * BlobFormat.ChecksumBytes),
            _table.AsSpan(0, (int)count * BlobFormat.ChecksumBytes));
        (_tableFirst, _tableCount) = (first, count);
    }

    private bool IsSound(long block, ReadOnlySpan<byte> bytes)
    {
        var at = (int)(block - _tableFirst) * BlobFormat.ChecksumBytes;
        return BinaryPrimitives.ReadUInt64LittleEndian(_table.AsSpan(at)) == BlobFormat.Checksum(_id, block, bytes);
    }

    private CorruptDataException Damaged(long block) =>
        new($"Block {block} of blob {_id} fails its checksum.");

    private static void Fill(BlobId id, IDiskFile file, long offset, Span<byte> buffer)
    {
        if (file.Read(buffer, offset) < buffer.Length)
        {
            throw new CorruptDataException($"Blob {id} ends before its length.");
        }
    }
}
