using System.Collections.Immutable;
using ObjectServer.Storage.Blobs;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Contents;

/// <summary>
/// What one batch does to the reference counts of contents. A batch may take and give back the same content, e.g.
/// where an object is copied onto itself: only the sum is written, and what it rests on is required.
/// </summary>
internal sealed class ContentLedger(IMetadataStore metadata, MetadataBatch batch)
{
    private readonly Dictionary<ContentReference, (long Change, long Length)> _changes = [];
    private readonly List<UnreferencedContent> _unreferenced = [];

    /// <summary>What nothing references once the batch is committed: its blobs are to be removed then.</summary>
    public IReadOnlyList<UnreferencedContent> Unreferenced => _unreferenced;

    /// <summary>Counts the first reference to a content that was just made.</summary>
    public void Begin(ContentReference content, long length)
    {
        if (content.IsCounted)
        {
            var kept = new KeptContent(content.Kind, 1, length, content.Place);
            batch.Put(MetadataKeys.Content(content.Id), kept.Encode(), default);
        }

        Tally(content, 1, length);
    }

    /// <summary>Counts one more reference.</summary>
    public void Acquire(ContentReference content, long length) => Add(content, 1, length);

    /// <summary>Counts one reference less.</summary>
    public void Release(ContentReference content, long length) => Add(content, -1, length);

    /// <summary>Writes the sums into the batch.</summary>
    public async ValueTask SettleAsync(CancellationToken cancellation)
    {
        foreach (var (content, (change, length)) in _changes)
        {
            var reading = await metadata.ReadAsync(MetadataKeys.Content(content.Id), cancellation);
            batch.Require(reading);

            // A content without a count is one that the version at hand alone knows.
            var kept = reading.Exists ? KeptContent.Decode(reading) : new KeptContent(content.Kind, 1, length, content.Place);
            var references = checked((long)kept.References + change);
            if (references > 0)
            {
                if (change != 0)
                {
                    batch.Put(reading.Key, (kept with { References = (ulong)references }).Encode(), default);
                }

                continue;
            }

            batch.Remove(reading.Key);
            Tally(content, -1, kept.Length);
            _unreferenced.Add(content.Kind == ContentKind.Blob
                ? new UnreferencedContent(content.Id, [new BlobId(content.Id, content.Place)])
                : await RemoveManifestAsync(content.Id, cancellation));
        }
    }

    private async ValueTask<UnreferencedContent> RemoveManifestAsync(Guid id, CancellationToken cancellation)
    {
        var manifest = await metadata.ReadAsync(MetadataKeys.Manifest(id), cancellation);
        var parts = KeptManifest.Decode(manifest);
        batch.Remove(manifest.Key);
        foreach (var part in parts)
        {
            batch.Remove(MetadataKeys.Content(part.Blob)).TallyPlace(part.Place, -1, -part.Size);
        }

        return new UnreferencedContent(id, [.. parts.Select(part => new BlobId(part.Blob, part.Place))]);
    }

    private void Add(ContentReference content, long change, long length)
    {
        if (content.IsCounted)
        {
            _changes[content] = (_changes.GetValueOrDefault(content).Change + change, length);
        }
        else
        {
            // Inline bytes are never shared: each reference has its own.
            Tally(content, change, length);
        }
    }

    /// <summary>Counts where bytes lie; those of a manifest are its parts'.</summary>
    private void Tally(ContentReference content, long change, long length)
    {
        if (content.Kind == ContentKind.Blob)
        {
            batch.TallyPlace(content.Place, change, change * length);
        }
        else if (content.Kind == ContentKind.Inline)
        {
            batch.TallyHome(change * length);
        }
    }
}

/// <summary>A content that nothing references any more.</summary>
/// <param name="Id">Of the blob or the manifest.</param>
/// <param name="Blobs">What to remove.</param>
internal readonly record struct UnreferencedContent(Guid Id, ImmutableArray<BlobId> Blobs);
