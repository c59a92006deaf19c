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
/// <param name="Kind">In what.</param>
/// <param name="Id">Of the blob or the manifest; empty for the others.</param>
internal readonly record struct ContentReference(ContentKind Kind, Guid Id = default)
{
    /// <summary>Whether versions share it by counting references.</summary>
    public bool IsCounted => Kind is ContentKind.Blob or ContentKind.Manifest;
}
