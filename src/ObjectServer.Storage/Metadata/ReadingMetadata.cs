using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Metadata;

/// <summary>The metadata of a store that was opened to be looked at: every commit is refused.</summary>
/// <param name="metadata">Stays the caller's.</param>
internal sealed class ReadingMetadata(IMetadataStore metadata) : IMetadataStore
{
    public ValueTask<MetadataReading> ReadAsync(ReadOnlyMemory<byte> key, CancellationToken cancellation) =>
        metadata.ReadAsync(key, cancellation);

    public ValueTask<MetadataReading> ReadWithContentAsync(ReadOnlyMemory<byte> key, CancellationToken cancellation) =>
        metadata.ReadWithContentAsync(key, cancellation);

    public ValueTask<IReadOnlyList<MetadataReading>> ScanAsync(
        MetadataRange range, int limit, CancellationToken cancellation) =>
        metadata.ScanAsync(range, limit, cancellation);

    public ValueTask<CommitOutcome> CommitAsync(MetadataBatch batch, CancellationToken cancellation) => throw new
        StoreUnavailableException(UnavailableReason.ReadOnly, "The store was opened to be read, and takes no writes.");

    public ValueTask<IReadOnlyList<MetadataTally>> ReadTalliesAsync(CancellationToken cancellation) =>
        metadata.ReadTalliesAsync(cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
