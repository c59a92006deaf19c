using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using ObjectServer.Storage.Disk;

namespace ObjectServer.Storage.Blobs;

/// <summary>
/// Writes one blob file in large pieces. While one buffer is on its way to the disk the caller fills the other. The
/// bytes of a large blob go past the page cache; else a sync runs beside both buffers from time to time, so that the
/// one at the end finds little to do.
/// </summary>
internal sealed class FileBlobWriter : BlobWriter
{
    private const long SyncEveryBytes = 64L << 20;

    /// <summary>From here on a blob is less likely to be read at once than to push what is read out of the cache.</summary>
    private const long DirectFromBytes = 8L << 20;

    private const int InvalidArgument = 22;

    private readonly FileBlobStore _store;
    private readonly IDiskFile _file;
    private readonly long? _expectedLength;
    private readonly List<ulong> _checksums;
    private readonly int _capacity;
    private IMemoryOwner<byte> _filling;
    private IMemoryOwner<byte>? _spare;
    private int _filled;
    private long _written;
    private long _synced;
    private Task _writing = Task.CompletedTask;
    private Task _syncing = Task.CompletedTask;
    private bool _isDirect;
    private bool _isClosed;

    public FileBlobWriter(FileBlobStore store, BlobId id, IDiskFile file, long? expectedLength)
    {
        _store = store;
        _file = file;
        _expectedLength = expectedLength;
        Id = id;
        _checksums = new List<ulong>(expectedLength is { } length ? (int)BlobFormat.Blocks(length) : 16);
        _filling = store.Buffers.Rent(Math.Max(expectedLength ?? BlobBuffers.BufferBytes, BlobFormat.BlockBytes));

        // Whole blocks only, so that no block is split between two writes.
        _capacity = _filling.Memory.Length / BlobFormat.BlockBytes * BlobFormat.BlockBytes;
        _isDirect = expectedLength >= DirectFromBytes && file.TryBypassCache();
    }

    public override BlobId Id { get; }

    public override long Length => _written + _filled;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        cancellation.ThrowIfCancellationRequested();
        while (!bytes.IsEmpty)
        {
            var taken = Math.Min(bytes.Length, _capacity - _filled);
            bytes.Span[..taken].CopyTo(_filling.Memory.Span[_filled..]);
            _filled += taken;
            bytes = bytes[taken..];
            if (_filled == _capacity)
            {
                await FlushAsync();
            }
        }
    }

    public override async ValueTask SealAsync(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        cancellation.ThrowIfCancellationRequested();
        try
        {
            await FlushAsync();
            await _writing;
            await _syncing;
            await WriteTrailerAsync();
            await Task.Run(
                () =>
                {
                    _file.Sync();
                    _file.Dispose();
                    _store.Seal(Id);
                },
                CancellationToken.None);
        }
        catch (IOException failure) when (DiskFull.Is(failure))
        {
            throw DiskFull.Refusal(failure);
        }

        Close();
    }

    public override async ValueTask DisposeAsync()
    {
        if (_isClosed)
        {
            return;
        }

        // The buffers and the file must outlive what is under way; how it ends no longer matters.
        await ((Task)Task.WhenAll(_writing, _syncing)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Close();
        _store.Discard(Id);
    }

    /// <summary>Hashes what is filled and starts to write it; waits for the write before.</summary>
    private async ValueTask FlushAsync()
    {
        if (_filled == 0)
        {
            return;
        }

        for (var at = 0; at < _filled; at += BlobFormat.BlockBytes)
        {
            var block = _filling.Memory.Span.Slice(at, Math.Min(BlobFormat.BlockBytes, _filled - at));
            _checksums.Add(BlobFormat.Checksum(Id, _checksums.Count, block));
        }

        try
        {
            await _writing;
            if (_written - _synced >= SyncEveryBytes && _syncing.IsCompleted)
            {
                await _syncing;
                _store.RefuseIfNearlyFull(0);
                _synced = _written;
                _syncing = Task.Run(() => _file.Sync(), CancellationToken.None);
            }
        }
        catch (IOException failure) when (DiskFull.Is(failure))
        {
            throw DiskFull.Refusal(failure);
        }

        _writing = WriteOutAsync(_filling.Memory[.._filled], _written);
        _written += _filled;
        _filled = 0;
        _spare ??= _store.Buffers.Rent(_capacity);
        (_filling, _spare) = (_spare, _filling);
    }

    /// <summary>Writes a piece; the last one of a blob has any length, and goes through the page cache.</summary>
    private async Task WriteOutAsync(ReadOnlyMemory<byte> piece, long offset)
    {
        if (_isDirect && piece.Length % PageCache.AlignmentBytes != 0)
        {
            StopDirect();
        }

        try
        {
            await _file.WriteAsync(piece, offset);
        }
        catch (IOException refused) when (_isDirect && refused.HResult == InvalidArgument)
        {
            // A file system that took the flag and does not take the writes.
            StopDirect();
            await _file.WriteAsync(piece, offset);
        }
    }

    private void StopDirect()
    {
        _file.UseCache();
        _isDirect = false;
    }

    private async ValueTask WriteTrailerAsync()
    {
        var tableBytes = _checksums.Count * BlobFormat.ChecksumBytes;
        var trailer = new byte[tableBytes + BlobFormat.FooterBytes];
        for (var block = 0; block < _checksums.Count; block++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(
                trailer.AsSpan(block * BlobFormat.ChecksumBytes), _checksums[block]);
        }

        BlobFormat.WriteFooter(
            trailer.AsSpan(tableBytes), Id, _written, XxHash3.HashToUInt64(trailer.AsSpan(0, tableBytes)));
        if (_isDirect)
        {
            StopDirect();
        }

        await _file.WriteAsync(trailer, _written);
        if (_expectedLength is { } expected && expected != _written)
        {
            _file.SetLength(BlobFormat.FileBytes(_written));
        }
    }

    private void Close()
    {
        _isClosed = true;
        _file.Dispose();
        _filling.Dispose();
        _spare?.Dispose();
    }
}
