using System.Collections.Immutable;
using ObjectServer.Storage.Metadata;

namespace ObjectServer.Storage.Model;

/// <summary>What a read found under a document's name, and when: enough to require later that it still stands.</summary>
public sealed class DocumentReading
{
    internal DocumentReading(string name, ReadOnlyMemory<byte> bytes, MetadataReading reading)
    {
        Name = name;
        Bytes = bytes;
        Reading = reading;
    }

    public string Name { get; }

    /// <summary>The document; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Whether there is a document of this name.</summary>
    public bool Exists => Reading.Exists;

    internal MetadataReading Reading { get; }
}

/// <summary>Documents in the order of their names' UTF-8 bytes.</summary>
/// <param name="Documents">Those of this page.</param>
/// <param name="Last">The last name that was looked at, from which the next page goes on; null where this is the last.</param>
public sealed record DocumentPage(ImmutableArray<DocumentReading> Documents, string? Last);

/// <summary>Changes of documents, and readings that must still stand, which commit together or not at all.</summary>
public sealed class DocumentBatch
{
    private readonly List<DocumentReading> _required = [];
    private readonly List<(string Name, ReadOnlyMemory<byte>? Bytes)> _changes = [];

    internal IReadOnlyList<DocumentReading> Required => _required;

    /// <summary>In order; null removes.</summary>
    internal IReadOnlyList<(string Name, ReadOnlyMemory<byte>? Bytes)> Changes => _changes;

    /// <summary>Commit only if what was read still stands: the same document, or still none.</summary>
    public DocumentBatch Require(DocumentReading reading)
    {
        _required.Add(reading);
        return this;
    }

    /// <summary>Writes a document, replacing what had its name. A later change of a name replaces an earlier one.</summary>
    /// <param name="name">1 to 2,047 bytes as UTF-8.</param>
    /// <param name="bytes">The document.</param>
    public DocumentBatch Put(string name, ReadOnlyMemory<byte> bytes)
    {
        _changes.Add((name, bytes));
        return this;
    }

    /// <summary>Removes a document, if there is one.</summary>
    public DocumentBatch Remove(string name)
    {
        _changes.Add((name, null));
        return this;
    }
}
