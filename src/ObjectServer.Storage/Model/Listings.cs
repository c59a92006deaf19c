using System.Collections.Immutable;

namespace ObjectServer.Storage.Model;

/// <summary>Which objects to list.</summary>
/// <param name="Prefix">Keys must begin with it; empty for all.</param>
/// <param name="Delimiter">Groups keys that hold it after the prefix; empty for none.</param>
/// <param name="After">
/// List what sorts after these bytes; empty from the start. Where they are a common prefix of this listing (begin with
/// the prefix and end with the first delimiter after it), the whole group counts as listed.
/// </param>
/// <param name="Limit">Most objects and common prefixes together.</param>
public sealed record ObjectListing(
    ReadOnlyMemory<byte> Prefix,
    ReadOnlyMemory<byte> Delimiter,
    ReadOnlyMemory<byte> After,
    int Limit);

/// <summary>A page of current objects.</summary>
/// <param name="Objects">In byte order of their keys.</param>
/// <param name="CommonPrefixes">In byte order.</param>
/// <param name="IsTruncated">Whether more follows.</param>
/// <param name="Next">The last key or common prefix of the page, to list after; empty if nothing follows.</param>
public sealed record ObjectPage(
    ImmutableArray<ListedVersion> Objects,
    ImmutableArray<ReadOnlyMemory<byte>> CommonPrefixes,
    bool IsTruncated,
    ReadOnlyMemory<byte> Next);

/// <summary>Which versions to list.</summary>
/// <param name="Prefix">Keys must begin with it; empty for all.</param>
/// <param name="Delimiter">Groups keys; empty for none.</param>
/// <param name="KeyMarker">List after this key, or after <paramref name="VersionIdMarker"/> of this key; empty from the start.</param>
/// <param name="VersionIdMarker">Null: after all versions of the marker's key.</param>
/// <param name="Limit">Most versions, delete markers and common prefixes together.</param>
public sealed record VersionListing(
    ReadOnlyMemory<byte> Prefix,
    ReadOnlyMemory<byte> Delimiter,
    ReadOnlyMemory<byte> KeyMarker,
    VersionId? VersionIdMarker,
    int Limit);

/// <summary>A page of versions and delete markers: by key, and the newest of a key first.</summary>
/// <param name="Versions">Versions and delete markers in listing order.</param>
/// <param name="CommonPrefixes">In byte order.</param>
/// <param name="IsTruncated">Whether more follows.</param>
/// <param name="NextKeyMarker">Where the next page begins; empty if nothing follows.</param>
/// <param name="NextVersionIdMarker">Likewise; null after a common prefix.</param>
public sealed record VersionPage(
    ImmutableArray<ListedVersion> Versions,
    ImmutableArray<ReadOnlyMemory<byte>> CommonPrefixes,
    bool IsTruncated,
    ReadOnlyMemory<byte> NextKeyMarker,
    VersionId? NextVersionIdMarker);
