using System.Buffers;
using ObjectServer.Storage.Blobs;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Contents;

/// <summary>The bytes of a new object or part, on their way. Disposed before they are put, they leave nothing.</summary>
/// <remarks>
/// Bytes gather in pooled memory up to the inline limit; what is longer goes into a blob from its first byte on. A
/// content that announced its length goes to the right place at once.
/// </remarks>
public sealed class NewContent : IUncommitted, IAsyncDisposable
{
    private const int FirstBufferBytes = 4096;

    private readonly ContentStore _contents;
    private readonly long? _expectedLength;
    private byte[] _buffer = [];
    private int _buffered;
    private BlobWriter? _blob;
    private bool _sealed;
    private bool _surrendered;
    private bool _inDoubt;
    private readonly byte _place;

    private NewContent(ContentStore contents, byte place, long? expectedLength)
    {
        _contents = contents;
        _place = place;
        _expectedLength = expectedLength;
    }

    /// <summary>Bytes written so far.</summary>
    public long Length => _blob?.Length ?? _buffered;

    /// <summary>A place of its own has all bytes of its class, however few.</summary>
    private int InlineLimitBytes => _place == 0 ? _contents.InlineLimitBytes : 0;

    /// <summary>Appends bytes; the memory may be reused once this completes.</summary>
    /// <exception cref="StoreUnavailableException">The disk is nearly full, or the store is read-only.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_sealed, this);
        if (_blob is null)
        {
            if (bytes.Length <= InlineLimitBytes - _buffered)
            {
                Buffer(bytes.Span);
                return;
            }

            await SpillAsync(cancellation);
        }

        await _blob!.WriteAsync(bytes, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_blob is { } blob)
        {
            _blob = null;
            await blob.DisposeAsync();
            if (_sealed)
            {
                if (!_surrendered)
                {
                    await _contents.RemoveAsync(blob.Id);
                }

                if (!_inDoubt)
                {
                    _contents.Pins.Unkeep(blob.Id);
                }
            }
        }

        _sealed = true;
        GiveBackBuffer();
    }

    internal static async ValueTask<NewContent> BeginAsync(
        ContentStore contents, byte place, long? expectedLength, CancellationToken cancellation)
    {
        if (place != 0)
        {
            contents.Blobs.RefuseIfHomeIsNearlyFull(0);
        }

        var content = new NewContent(contents, place, expectedLength);
        if (expectedLength > content.InlineLimitBytes)
        {
            await content.SpillAsync(cancellation);
        }

        return content;
    }

    /// <summary>Takes no more bytes; what is in a blob is durable once this completes.</summary>
    /// <returns>Where the bytes lie, and the bytes themselves where they are inline: valid until this is disposed.</returns>
    internal async ValueTask<(ContentReference Reference, ReadOnlyMemory<byte> Inline)> SealAsync(
        CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_sealed, this);
        if (_blob is null)
        {
            _sealed = true;
            return (new ContentReference(ContentKind.Inline), _buffer.AsMemory(0, _buffered));
        }

        _contents.Pins.Keep(_blob.Id);
        try
        {
            await _blob.SealAsync(cancellation);
            _sealed = true;
        }
        finally
        {
            if (!_sealed)
            {
                _contents.Pins.Unkeep(_blob.Id);
            }
        }

        return (new ContentReference(ContentKind.Blob, _blob.Id.Value, _place), default);
    }

    /// <summary>As <see cref="SealAsync"/>, but always into a blob: parts are never inline.</summary>
    internal async ValueTask<ContentReference> SealBlobAsync(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_sealed, this);
        if (_blob is null)
        {
            await SpillAsync(cancellation);
        }

        return (await SealAsync(cancellation)).Reference;
    }

    /// <summary>Leaves the sealed bytes to the record that names them.</summary>
    void IUncommitted.Surrender() => _surrendered = true;

    void IUncommitted.LeaveInDoubt() => _surrendered = _inDoubt = true;

    private async ValueTask SpillAsync(CancellationToken cancellation)
    {
        _blob = await _contents.Blobs.CreateAsync(_place, _expectedLength, cancellation);
        if (_buffered > 0)
        {
            await _blob.WriteAsync(_buffer.AsMemory(0, _buffered), cancellation);
        }

        GiveBackBuffer();
    }

    private void Buffer(ReadOnlySpan<byte> bytes)
    {
        var needed = _buffered + bytes.Length;
        if (needed > _buffer.Length)
        {
            var wanted = Math.Max(needed, (int)(_expectedLength ?? Math.Max(FirstBufferBytes, 2L * _buffer.Length)));
            var larger = ArrayPool<byte>.Shared.Rent(wanted);
            _buffer.AsSpan(0, _buffered).CopyTo(larger);
            ReturnToPool();
            _buffer = larger;
        }

        bytes.CopyTo(_buffer.AsSpan(_buffered));
        _buffered = needed;
    }

    private void GiveBackBuffer()
    {
        ReturnToPool();
        _buffer = [];
        _buffered = 0;
    }

    private void ReturnToPool()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }
}
