using System.Collections.Immutable;
using System.Text;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage;

/// <summary>
/// Documents by name that belong to no bucket, e.g. accounts and their users. The store does not read them; they are as
/// durable as everything else in it.
/// </summary>
/// <remarks>
/// Whoever changes a document requires the reading on which the change rests: one process need not be the only one that
/// commits.
/// </remarks>
public sealed class DocumentStore
{
    /// <summary>Refuses text that UTF-8 cannot hold: two names would become one.</summary>
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly IMetadataStore _metadata;

    internal DocumentStore(IMetadataStore metadata) => _metadata = metadata;

    /// <summary>The document of this name, or that there is none.</summary>
    /// <exception cref="CorruptDataException">The stored bytes fail their checksum.</exception>
    public async ValueTask<DocumentReading> ReadAsync(string name, CancellationToken cancellation) =>
        Decode(name, await _metadata.ReadAsync(KeyOf(name), cancellation));

    /// <summary>Documents whose names begin with <paramref name="prefix"/>, after <paramref name="after"/>.</summary>
    /// <param name="prefix">Empty for every document.</param>
    /// <param name="after">Empty to begin with the first.</param>
    /// <param name="limit">1 or more. A page may hold fewer though more follow: some may be removed meanwhile.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <remarks>Each document is as it was at some moment of the call; the page as a whole need never have been so.</remarks>
    /// <exception cref="CorruptDataException">The stored bytes of one fail their checksum.</exception>
    public async ValueTask<DocumentPage> ListAsync(
        string prefix, string after, int limit, CancellationToken cancellation)
    {
        var range = MetadataRange.WithPrefix(KeyOf(prefix));
        byte[] afterKey = [.. KeyOf(after), 0];
        if (after.Length > 0 && afterKey.AsSpan().SequenceCompareTo(range.Start.Span) > 0)
        {
            if (!range.End.IsEmpty && afterKey.AsSpan().SequenceCompareTo(range.End.Span) >= 0)
            {
                return new DocumentPage([], Last: null);
            }

            range = range with { Start = afterKey };
        }

        var found = await _metadata.ScanAsync(range, limit, cancellation);
        var documents = ImmutableArray.CreateBuilder<DocumentReading>(found.Count);
        foreach (var entry in found)
        {
            if (await _metadata.ReadAsync(entry.Key, cancellation) is { Exists: true } reading)
            {
                documents.Add(Decode(NameOf(entry), reading));
            }
        }

        return new DocumentPage(documents.DrainToImmutable(), found.Count < limit ? null : NameOf(found[^1]));
    }

    /// <summary>Makes the batch's changes durable and visible, all or none.</summary>
    /// <param name="batch">Changes, and the readings on which they rest.</param>
    /// <param name="cancellation">Looked at before the commit alone: once that has begun, it ends.</param>
    /// <returns>Whether it was committed; false where a required reading no longer stands: read again, decide again.</returns>
    /// <exception cref="StoreUnavailableException">The store takes no writes now; nothing was changed.</exception>
    public async ValueTask<bool> CommitAsync(DocumentBatch batch, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var metadata = new MetadataBatch();
        foreach (var required in batch.Required)
        {
            metadata.Require(required.Reading);
        }

        foreach (var (name, bytes) in batch.Changes)
        {
            _ = bytes is { } document
                ? metadata.Put(KeyOf(name), default, KeptDocument.Encode(document.Span))
                : metadata.Remove(KeyOf(name));
        }

        return await _metadata.CommitAsync(metadata, CancellationToken.None) == CommitOutcome.Committed;
    }

    private static byte[] KeyOf(string name) => MetadataKeys.Document(Strict.GetBytes(name));

    private static string NameOf(MetadataReading entry) => Strict.GetString(entry.Key.Span[1..]);

    private static DocumentReading Decode(string name, MetadataReading reading) =>
        new(name, reading.Exists ? KeptDocument.Decode(reading) : default, reading);
}
