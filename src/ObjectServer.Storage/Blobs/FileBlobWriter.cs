using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace ObjectServer.Storage.Blobs;

/// <summary>
/// Writes one blob file in large pieces. While one buffer is on its way to the disk the caller fills the other, and
/// from time to time a sync runs beside both, so that the one at the end finds little to do.
/// </summary>
internal sealed class FileBlobWriter : BlobWriter
{
    private const int BufferBytes = 16 * BlobFormat.BlockBytes;
    private const long SyncEveryBytes = 64L << 20;

    private readonly FileBlobStore _store;
    private readonly SafeFileHandle _handle;
    private readonly long? _expectedLength;
    private readonly List<ulong> _checksums;
    private byte[] _filling;
    private byte[] _spare = [];
    private int _filled;
    private long _written;
    private long _synced;
    private Task _writing = Task.CompletedTask;
    private Task _syncing = Task.CompletedTask;
    private bool _isClosed;

    public FileBlobWriter(FileBlobStore store, BlobId id, SafeFileHandle handle, long? expectedLength)
    {
        _store = store;
        _handle = handle;
        _expectedLength = expectedLength;
        Id = id;
        _checksums = new List<ulong>(expectedLength is { } length ? (int)BlobFormat.Blocks(length) : 16);
        var blocks = Math.Clamp(
            BlobFormat.Blocks(expectedLength ?? BufferBytes), 1, BufferBytes / BlobFormat.BlockBytes);
        _filling = ArrayPool<byte>.Shared.Rent((int)blocks * BlobFormat.BlockBytes);
    }

    public override BlobId Id { get; }

    public override long Length => _written + _filled;

    /// <summary>Whole blocks only, so that no block is split between two writes.</summary>
    private int Capacity => _filling.Length / BlobFormat.BlockBytes * BlobFormat.BlockBytes;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        cancellation.ThrowIfCancellationRequested();
        while (!bytes.IsEmpty)
        {
            var taken = Math.Min(bytes.Length, Capacity - _filled);
            bytes.Span[..taken].CopyTo(_filling.AsSpan(_filled));
            _filled += taken;
            bytes = bytes[taken..];
            if (_filled == Capacity)
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
                    RandomAccess.FlushToDisk(_handle);
                    _handle.Dispose();
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
        File.Delete(_store.UnsealedPath(Id));
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
            var block = _filling.AsSpan(at, Math.Min(BlobFormat.BlockBytes, _filled - at));
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
                _syncing = Task.Run(() => RandomAccess.FlushToDisk(_handle), CancellationToken.None);
            }
        }
        catch (IOException failure) when (DiskFull.Is(failure))
        {
            throw DiskFull.Refusal(failure);
        }

        _writing = RandomAccess.WriteAsync(
            _handle, _filling.AsMemory(0, _filled), _written, CancellationToken.None).AsTask();
        _written += _filled;
        _filled = 0;
        if (_spare.Length < _filling.Length)
        {
            ArrayPoolReturn(_spare);
            _spare = ArrayPool<byte>.Shared.Rent(_filling.Length);
        }

        (_filling, _spare) = (_spare, _filling);
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
        await RandomAccess.WriteAsync(_handle, trailer, _written, CancellationToken.None);
        if (_expectedLength is { } expected && expected != _written)
        {
            RandomAccess.SetLength(_handle, BlobFormat.FileBytes(_written));
        }
    }

    private void Close()
    {
        _isClosed = true;
        _handle.Dispose();
        ArrayPoolReturn(_filling);
        ArrayPoolReturn(_spare);
        (_filling, _spare) = ([], []);
    }

    private static void ArrayPoolReturn(byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
