using System.Collections.Immutable;

namespace ObjectServer.Storage.Model;

/// <summary>Names one version of an object: an opaque text that the store made, or the null version.</summary>
public readonly record struct VersionId
{
    private readonly string? _text;

    private VersionId(string text) => _text = text;

    /// <summary>The version that objects have while a bucket does not version.</summary>
    public static VersionId Null => default;

    public bool IsNull => _text is null;

    /// <summary>Takes any text; one that the store did not make names no version.</summary>
    public static VersionId Parse(string text) => text == "null" ? Null : new(text);

    /// <summary>The wire form; <c>null</c> for the null version.</summary>
    public override string ToString() => _text ?? "null";
}

/// <summary>The headers that S3 keeps with an object and gives back.</summary>
public sealed record ObjectMetadata
{
    public static readonly ObjectMetadata Empty = new();

    public string? ContentType { get; init; }

    public string? CacheControl { get; init; }

    public string? ContentDisposition { get; init; }

    public string? ContentEncoding { get; init; }

    public string? ContentLanguage { get; init; }

    /// <summary>As the client sent it.</summary>
    public string? Expires { get; init; }

    public string? WebsiteRedirectLocation { get; init; }

    /// <summary>User metadata: lower-case names without the <c>x-amz-meta-</c> prefix, values as they were received.</summary>
    public ImmutableArray<KeyValuePair<string, string>> User { get; init; } = [];
}

/// <summary>One version of an object, or a delete marker.</summary>
public sealed record ObjectVersion
{
    public required ObjectKey Key { get; init; }

    public required VersionId VersionId { get; init; }

    public required DateTimeOffset LastModified { get; init; }

    /// <summary>Whether this is the key's current version.</summary>
    public required bool IsLatest { get; init; }

    public bool IsDeleteMarker { get; init; }

    /// <summary>Bytes of content.</summary>
    public long Size { get; init; }

    /// <summary>Without quotes, e.g. 32 hex digits, or 32 hex digits, a hyphen and the part count.</summary>
    public string ETag { get; init; } = "";

    /// <summary>Canonical id of the owning account.</summary>
    public required string OwnerId { get; init; }

    /// <summary>Its class, and whether it is back from an archive.</summary>
    public StorageState Storage { get; init; } = StorageState.Standard;

    /// <summary>E.g. <c>STANDARD</c>. Who sets it begins anew: nothing that was done in the old class counts.</summary>
    public string StorageClass
    {
        get => Storage.Class;
        init => Storage = StorageState.Of(value);
    }

    public ObjectMetadata Metadata { get; init; } = ObjectMetadata.Empty;

    public ImmutableArray<Tag> Tags { get; init; } = [];

    /// <summary>The access control list, which the store does not read; null where the owner alone may do anything.</summary>
    public SettingDocument? Acl { get; init; }

    /// <summary>Until when the version is kept; null where nothing was asked for.</summary>
    public Retention? Retention { get; init; }

    /// <summary>Whether the version is kept until the hold is lifted; null where nobody ever said.</summary>
    public bool? LegalHold { get; init; }

    /// <summary>Null only for delete markers and objects stored before checksums were.</summary>
    public ObjectChecksum? Checksum { get; init; }

    /// <summary>The parts it was completed from; 0 for an object that was put whole.</summary>
    public int PartCount { get; init; }

    /// <summary>Orders the versions of a key, and tells one null version from the next. Given by the store.</summary>
    public ulong Sequence { get; internal init; }

    /// <summary>
    /// Of an older version the sequence of the one that took its place, which may be gone by now; 0 for a current one, and
    /// where nobody noted it.
    /// </summary>
    public ulong Successor { get; internal init; }

    /// <summary>Whether the version's lock forbids to remove it. Nothing keeps a delete marker.</summary>
    /// <param name="time">A retention that is over by then binds nobody.</param>
    /// <param name="bypassesGovernance">Whether whoever asks may end governance early, and wishes to.</param>
    public bool IsProtected(DateTimeOffset time, bool bypassesGovernance) =>
        LegalHold == true || (Retention is { } kept && !kept.MayBecome(null, time, bypassesGovernance));

    /// <summary>Whether this is a reading of the same version: tags and ACL may have changed between the two.</summary>
    public bool IsSameAs(ObjectVersion other) => Sequence == other.Sequence && Key == other.Key;
}

/// <summary>One part of a completed object, in object order.</summary>
/// <param name="Number">1 to 10,000, as the client chose it at upload.</param>
/// <param name="Offset">First byte within the object.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Checksum">The part's own, where it has one.</param>
public sealed record ObjectPart(int Number, long Offset, long Size, ObjectChecksum? Checksum);

/// <summary>What a listing shows of a version.</summary>
public sealed record ListedVersion
{
    public required ObjectKey Key { get; init; }

    public required VersionId VersionId { get; init; }

    public required DateTimeOffset LastModified { get; init; }

    public required bool IsLatest { get; init; }

    public bool IsDeleteMarker { get; init; }

    public long Size { get; init; }

    public string ETag { get; init; } = "";

    public required string OwnerId { get; init; }

    /// <summary>Its class, and whether it is back from an archive; not when it was read last.</summary>
    public StorageState Storage { get; init; } = StorageState.Standard;

    public string StorageClass => Storage.Class;

    public ChecksumAlgorithm? ChecksumAlgorithm { get; init; }

    public ChecksumType? ChecksumType { get; init; }

    /// <summary>As the version's: the time at which it was written, in ticks since the year 1.</summary>
    public ulong Sequence { get; internal init; }

    /// <summary>As the version's: since when it is an older one, in ticks since the year 1; 0 where that is not known.</summary>
    public ulong Successor { get; internal init; }

    /// <summary>Changes with all that is kept of the version, and with its becoming the current one or an older one.</summary>
    public ulong Revision { get; internal init; }
}
