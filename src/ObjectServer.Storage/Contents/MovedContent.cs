using System.Buffers;
using System.Collections.Immutable;
using ObjectServer.Storage.Blobs;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Contents;

/// <summary>
/// The bytes of a version, written once more where those of another storage class lie: durable there, and named by no
/// record yet. Disposed before one does, they leave nothing.
/// </summary>
/// <remarks>
/// Blobs get new ids: at no moment do two places have one id, and who reads the old ones reads on. A content of many
/// parts keeps them.
/// </remarks>
internal sealed class MovedContent : IUncommitted, IAsyncDisposable
{
    private const int BufferBytes = 16 * BlobFormat.BlockBytes;

    private readonly ContentStore _contents;
    private readonly Func<int, CancellationToken, ValueTask>? _copied;
    private readonly List<BlobId> _blobs = [];
    private ImmutableArray<ManifestPart> _parts = [];
    private long _length;
    private bool _isSurrendered;
    private bool _isInDoubt;

    private MovedContent(ContentStore contents, Func<int, CancellationToken, ValueTask>? copied = null) =>
        (_contents, _copied) = (contents, copied);

    /// <summary>Where they lie now.</summary>
    public ContentReference Reference { get; private set; }

    /// <summary>The bytes themselves, where they came home and are few.</summary>
    public ReadOnlyMemory<byte> Inline { get; private set; }

    /// <summary>There was nothing to read: only who reads the record again can tell why.</summary>
    public bool IsSourceMissing { get; private init; }

    /// <summary>That there was nothing to read.</summary>
    public static MovedContent WithoutSource(ContentStore contents) => new(contents) { IsSourceMissing = true };

    /// <summary>Writes the bytes of a content in a place; null where all of them lie there.</summary>
    /// <param name="contents">Where they lie.</param>
    /// <param name="from">The content.</param>
    /// <param name="inline">Its bytes, where they are inline.</param>
    /// <param name="place">Where they shall lie.</param>
    /// <param name="isCopy">Whether they stay where they are as well.</param>
    /// <param name="copied">Told of bytes as they are copied, and waited for; null for nobody.</param>
    /// <param name="time">Makes the id of a manifest.</param>
    /// <param name="cancellation">Ends it; nothing is left then.</param>
    public static async ValueTask<MovedContent?> WriteAsync(
        ContentStore contents,
        ContentReference from,
        ReadOnlyMemory<byte> inline,
        byte place,
        bool isCopy,
        Func<int, CancellationToken, ValueTask>? copied,
        TimeProvider time,
        CancellationToken cancellation)
    {
        var staysAtHome = from.Kind == ContentKind.Inline && (place == 0 || inline.IsEmpty);
        if (staysAtHome || from.Kind == ContentKind.None || (from.Kind == ContentKind.Blob && from.Place == place))
        {
            return null;
        }

        var moved = new MovedContent(contents, copied);
        try
        {
            if (from.Kind == ContentKind.Inline)
            {
                DemandRoom(contents, place, inline.Length, relievesHome: !isCopy);
                await moved.WriteInlineAsync(inline, place, cancellation);
                return moved;
            }

            await using var reader = await contents.OpenAsync(from, cancellation);
            if (reader is null)
            {
                return WithoutSource(contents);
            }

            if (reader is ManifestReader { Manifest: var parts } && parts.All(part => part.Place == place))
            {
                return null;
            }

            DemandRoom(contents, place, reader.Length, relievesHome: !isCopy && LiesAtHome(from, reader));
            await moved.CopyAsync(reader, place, time, cancellation);
            return moved;
        }
        catch
        {
            await moved.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has a batch name them: the counts, and the manifest of a content of many parts.</summary>
    public void Begin(MetadataBatch batch, ContentLedger ledger)
    {
        ledger.Begin(Reference, _length);
        if (Reference.Kind != ContentKind.Manifest)
        {
            return;
        }

        batch.Put(MetadataKeys.Manifest(Reference.Id), default, KeptManifest.Encode(_parts));
        foreach (var part in _parts)
        {
            ledger.Begin(new ContentReference(ContentKind.Blob, part.Blob, part.Place), part.Size);
        }
    }

    void IUncommitted.Surrender() => _isSurrendered = true;

    void IUncommitted.LeaveInDoubt() => _isSurrendered = _isInDoubt = true;

    public async ValueTask DisposeAsync()
    {
        foreach (var blob in _blobs)
        {
            if (!_isSurrendered)
            {
                await _contents.RemoveAsync(blob);
            }

            if (!_isInDoubt)
            {
                _contents.Pins.Unkeep(blob);
            }
        }

        _blobs.Clear();
    }

    /// <summary>
    /// Asks the data directory before any byte is copied, since the record that is to name them lies there. What leaves it
    /// makes room.
    /// </summary>
    private static void DemandRoom(ContentStore contents, byte place, long length, bool relievesHome)
    {
        if (place == 0 || !relievesHome)
        {
            contents.Blobs.RefuseIfHomeIsNearlyFull(place == 0 ? length : 0);
        }
    }

    private static bool LiesAtHome(ContentReference content, BlobReader reader) =>
        reader is ManifestReader { Manifest: var parts }
            ? parts.Any(part => part.Place == 0 && part.Size > 0)
            : content.Place == 0;

    private async ValueTask WriteInlineAsync(
        ReadOnlyMemory<byte> inline, byte place, CancellationToken cancellation)
    {
        _length = inline.Length;
        await using var blob = await _contents.Blobs.CreateAsync(place, inline.Length, cancellation);
        await blob.WriteAsync(inline, cancellation);
        await SealAsync(blob, cancellation);
        Reference = new ContentReference(ContentKind.Blob, blob.Id.Value, place);
    }

    private async ValueTask CopyAsync(
        BlobReader reader, byte place, TimeProvider time, CancellationToken cancellation)
    {
        _length = reader.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            if (reader is ManifestReader { Manifest: var parts })
            {
                var moved = ImmutableArray.CreateBuilder<ManifestPart>(parts.Length);
                var offset = 0L;
                foreach (var part in parts)
                {
                    var blob = await CopyBlobAsync(reader, offset, part.Size, place, buffer, cancellation);
                    moved.Add(part with { Blob = blob.Value, Place = place });
                    offset += part.Size;
                }

                _parts = moved.DrainToImmutable();
                Reference = new ContentReference(ContentKind.Manifest, TimedIds.Next(time));
            }
            else if (place == 0 && reader.Length <= _contents.InlineLimitBytes)
            {
                var bytes = new byte[reader.Length];
                await reader.ReadAsync(0, bytes, cancellation);
                Inline = bytes;
                Reference = new ContentReference(ContentKind.Inline);
            }
            else
            {
                var blob = await CopyBlobAsync(reader, 0, reader.Length, place, buffer, cancellation);
                Reference = new ContentReference(ContentKind.Blob, blob.Value, place);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<BlobId> CopyBlobAsync(
        BlobReader reader, long offset, long length, byte place, byte[] buffer, CancellationToken cancellation)
    {
        await using var blob = await _contents.Blobs.CreateAsync(place, length, cancellation);
        for (var end = offset + length; offset < end;)
        {
            var wanted = (int)Math.Min(BufferBytes, end - offset);
            var read = await reader.ReadAsync(offset, buffer.AsMemory(0, wanted), cancellation);
            if (read == 0)
            {
                throw new CorruptDataException($"The content ends at byte {offset}, before the {end} that it should have.");
            }

            await blob.WriteAsync(buffer.AsMemory(0, read), cancellation);
            offset += read;
            if (_copied is { } copied)
            {
                await copied(read, cancellation);
            }
        }

        await SealAsync(blob, cancellation);
        return blob.Id;
    }

    private async ValueTask SealAsync(BlobWriter blob, CancellationToken cancellation)
    {
        // Kept before it has its name: a sweep that sees the one sees the other.
        _contents.Pins.Keep(blob.Id);
        try
        {
            await blob.SealAsync(cancellation);
        }
        catch
        {
            _contents.Pins.Unkeep(blob.Id);
            throw;
        }

        _blobs.Add(blob.Id);
    }
}
