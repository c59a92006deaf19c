using System.Collections.Immutable;
using ObjectServer.Storage.Blobs;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Contents;

/// <summary>Reads the blobs of a manifest as one sequence. One part is open at a time; reads must not overlap.</summary>
internal sealed class ManifestReader : BlobReader
{
    private readonly ContentStore _contents;
    private readonly Guid _id;
    private readonly ImmutableArray<ManifestPart> _parts;
    private readonly long[] _offsets;
    private BlobReader? _open;
    private int _openPart = -1;
    private bool _disposed;

    /// <summary>Takes a manifest that the caller pinned; disposing unpins it.</summary>
    public ManifestReader(ContentStore contents, Guid id, ImmutableArray<ManifestPart> parts)
    {
        _contents = contents;
        _id = id;
        _parts = parts;
        _offsets = new long[parts.Length];
        for (var at = 0; at < parts.Length; at++)
        {
            _offsets[at] = Length;
            Length += parts[at].Size;
        }
    }

    public override long Length { get; }

    /// <summary>What the manifest says.</summary>
    public ImmutableArray<ManifestPart> Manifest => _parts;

    /// <summary>The parts in object order.</summary>
    public IReadOnlyList<ObjectPart> Parts =>
        [.. _parts.Select((part, at) => new ObjectPart(part.Number, _offsets[at], part.Size, part.Checksum))];

    public override async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var filled = 0;
        while (filled < buffer.Length && offset + filled < Length)
        {
            var at = PartAt(offset + filled);
            var within = offset + filled - _offsets[at];
            var wanted = (int)Math.Min(buffer.Length - filled, _parts[at].Size - within);
            var reader = await OpenPartAsync(at, cancellation);
            var read = await reader.ReadAsync(within, buffer.Slice(filled, wanted), cancellation);
            if (read < wanted)
            {
                throw new CorruptDataException(
                    $"Blob {_parts[at].Blob:N} is shorter than part {_parts[at].Number} of manifest {_id:N}.");
            }

            filled += read;
        }

        return filled;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (_open is not null)
        {
            await _open.DisposeAsync();
        }

        await _contents.UnpinAsync(_id);
    }

    /// <summary>The part that holds the byte at an offset; parts may be empty, so it is the last that begins there.</summary>
    private int PartAt(long offset)
    {
        var (low, high) = (0, _offsets.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _offsets[middle] <= offset ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    private async ValueTask<BlobReader> OpenPartAsync(int at, CancellationToken cancellation)
    {
        if (_open is not null && _openPart == at)
        {
            return _open;
        }

        var part = _parts[at];
        var next = await _contents.Blobs.OpenAsync(new BlobId(part.Blob, part.Place), cancellation)
            ?? throw new CorruptDataException($"Blob {part.Blob:N} of manifest {_id:N} is missing.");
        if (_open is not null)
        {
            await _open.DisposeAsync();
        }

        _openPart = at;
        return _open = next;
    }
}
