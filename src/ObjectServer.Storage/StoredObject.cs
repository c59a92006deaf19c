using ObjectServer.Storage.Blobs;
using ObjectServer.Storage.Contents;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage;

/// <summary>An object that is being read. Reads of one instance must not overlap.</summary>
public sealed class StoredObject : IAsyncDisposable
{
    private readonly ReadOnlyMemory<byte> _inline;
    private readonly BlobReader? _blobs;

    internal StoredObject(ObjectVersion version, ReadOnlyMemory<byte> inline, BlobReader? blobs)
    {
        Version = version;
        _inline = inline;
        _blobs = blobs;
    }

    /// <summary>What was found; a delete marker has no content.</summary>
    public ObjectVersion Version { get; }

    /// <summary>The whole content where it is in memory already; null where it lies in blobs.</summary>
    public ReadOnlyMemory<byte>? InMemory => _blobs is null ? _inline : null;

    /// <summary>Fills <paramref name="buffer"/> from <paramref name="offset"/> on; less only at the object's end.</summary>
    /// <exception cref="CorruptDataException">The stored bytes fail their checksum.</exception>
    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (_blobs is not null)
        {
            return _blobs.ReadAsync(offset, buffer, cancellation);
        }

        if (offset >= _inline.Length)
        {
            return ValueTask.FromResult(0);
        }

        var rest = _inline[(int)offset..];
        rest = rest[..Math.Min(rest.Length, buffer.Length)];
        rest.CopyTo(buffer);
        return ValueTask.FromResult(rest.Length);
    }

    /// <summary>The parts that the object was completed from, in order; empty for an object that was put whole.</summary>
    /// <remarks>A copy shares the bytes of an object of many parts, but S3 calls it one that was put whole.</remarks>
    public ValueTask<IReadOnlyList<ObjectPart>> ReadPartsAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return ValueTask.FromResult(
            _blobs is ManifestReader manifest && Version.PartCount > 0 ? manifest.Parts : []);
    }

    public ValueTask DisposeAsync() => _blobs?.DisposeAsync() ?? ValueTask.CompletedTask;
}
