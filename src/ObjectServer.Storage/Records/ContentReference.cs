namespace ObjectServer.Storage.Records;

/// <summary>Where the bytes of a version lie. The numbers are on disk: they only grow.</summary>
internal enum ContentKind : byte
{
    /// <summary>There are none: a delete marker.</summary>
    None = 0,

    /// <summary>In the journal, beside the record.</summary>
    Inline = 1,

    /// <summary>In one blob.</summary>
    Blob = 2,

    /// <summary>In the blobs that a manifest lists.</summary>
    Manifest = 3,
}

/// <summary>Where the bytes of a version lie.</summary>
internal readonly record struct ContentReference
{
    /// <param name="kind">In what.</param>
    /// <param name="id">Of the blob or the manifest; empty for the others.</param>
    /// <param name="place">As <see cref="Place"/>.</param>
    public ContentReference(ContentKind kind, Guid id = default, byte place = 0)
    {
        Kind = kind;
        Place = place;
        Id = id;
    }

    public ContentKind Kind { get; }

    /// <summary>The place of a blob; 0 for the others: the blobs of a manifest may lie in several.</summary>
    public byte Place { get; }

    public Guid Id { get; }

    /// <summary>Whether versions share it by counting references.</summary>
    public bool IsCounted => Kind is ContentKind.Blob or ContentKind.Manifest;
}
