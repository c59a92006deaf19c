using ObjectServer.Storage.Blobs;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Contents;

/// <summary>The bytes of versions, wherever they lie: inline, in a blob, or in the blobs of a manifest.</summary>
internal sealed class ContentStore(IMetadataStore metadata, BlobPlaces blobs, int inlineLimitBytes)
{
    /// <summary>Content up to this many bytes is kept beside its record.</summary>
    public int InlineLimitBytes { get; } = inlineLimitBytes;

    public BlobPlaces Blobs { get; } = blobs;

    public ContentPins Pins { get; } = new();

    /// <summary>
    /// Opens a blob or a manifest; null where it is not there, because what referenced it was deleted, or because the
    /// store is damaged: only who reads the record again can tell.
    /// </summary>
    public async ValueTask<BlobReader?> OpenAsync(ContentReference content, CancellationToken cancellation)
    {
        if (content.Kind == ContentKind.Blob)
        {
            return await Blobs.OpenAsync(new BlobId(content.Id, content.Place), cancellation);
        }

        // Pinned before it is read: a removal that this read does not see yet sees the pin.
        Pins.Pin(content.Id);
        try
        {
            var manifest = await metadata.ReadAsync(MetadataKeys.Manifest(content.Id), cancellation);
            if (manifest.Exists)
            {
                return new ManifestReader(this, content.Id, KeptManifest.Decode(manifest));
            }
        }
        catch
        {
            await UnpinAsync(content.Id);
            throw;
        }

        await UnpinAsync(content.Id);
        return null;
    }

    /// <summary>Ends a manifest's reader and removes the blobs that waited for it.</summary>
    public async ValueTask UnpinAsync(Guid manifestId)
    {
        foreach (var blob in Pins.Unpin(manifestId))
        {
            await RemoveAsync(blob);
        }
    }

    /// <summary>Removes the blobs of contents that a commit left without a reference.</summary>
    public async ValueTask RemoveAsync(IReadOnlyList<UnreferencedContent> contents)
    {
        foreach (var content in contents)
        {
            if (Pins.TryPostpone(content.Id, content.Blobs))
            {
                continue;
            }

            foreach (var blob in content.Blobs)
            {
                await RemoveAsync(blob);
            }
        }
    }

    /// <summary>Removes a blob that nothing references.</summary>
    public async ValueTask RemoveAsync(BlobId blob)
    {
        try
        {
            await Blobs.DeleteAsync(blob, CancellationToken.None);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The change that made it an orphan is committed and stands; the orphan sweep tries again and reports.
        }
    }
}
