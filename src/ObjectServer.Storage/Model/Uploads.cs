using System.Collections.Immutable;

namespace ObjectServer.Storage.Model;

/// <summary>An upload to begin, and what the object will be.</summary>
public record NewUpload
{
    public required ObjectKey Key { get; init; }

    /// <summary>Canonical id of the account that will own the object.</summary>
    public required string OwnerId { get; init; }

    /// <summary>
    /// Who began it, where that is not the owner: an account's canonical id, or the ARN of one of its users.
    /// </summary>
    public string? InitiatorId { get; init; }

    public string StorageClass { get; init; } = "STANDARD";

    public ObjectMetadata Metadata { get; init; } = ObjectMetadata.Empty;

    public ImmutableArray<Tag> Tags { get; init; } = [];

    /// <summary>The access control list, which the store does not read; null where the owner alone may do anything.</summary>
    public SettingDocument? Acl { get; init; }

    /// <summary>Until when it is kept; null for the bucket's default.</summary>
    public Retention? Retention { get; init; }

    /// <summary>Whether it is kept until the hold is lifted; null where nobody says.</summary>
    public bool? LegalHold { get; init; }

    /// <summary>The algorithm that the client announced; null where it announced none.</summary>
    public ChecksumAlgorithm? ChecksumAlgorithm { get; init; }

    public ChecksumType? ChecksumType { get; init; }
}

/// <summary>A multipart upload in progress.</summary>
public sealed record UploadRecord : NewUpload
{
    /// <summary>Opaque, made by the store; uploads of one key order by the time they were begun.</summary>
    public required string UploadId { get; init; }

    public required DateTimeOffset Initiated { get; init; }
}

/// <summary>A part of an upload in progress.</summary>
/// <param name="Number">1 to 10,000.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ETag">MD5 in hex, without quotes.</param>
/// <param name="LastModified">When it was written.</param>
/// <param name="Checksum">Always kept: the upload's algorithm, or CRC64NVME where none was announced.</param>
public sealed record UploadPart(int Number, long Size, string ETag, DateTimeOffset LastModified, ObjectChecksum? Checksum);

/// <summary>A page of parts in number order.</summary>
public sealed record PartPage(ImmutableArray<UploadPart> Parts, bool IsTruncated);

/// <summary>How the writing of a part ended.</summary>
public abstract record PartOutcome
{
    private PartOutcome()
    {
    }

    public sealed record Written(UploadPart Part) : PartOutcome;

    /// <summary>The upload was completed or aborted, or never was.</summary>
    public sealed record NoSuchUpload : PartOutcome;
}

/// <summary>What completes an upload: the parts chosen, and what was computed from them.</summary>
public sealed record UploadCompletion
{
    public required UploadRecord Upload { get; init; }

    /// <summary>In ascending number order, exactly as listed: a part replaced since makes the completion fail.</summary>
    public required IReadOnlyList<UploadPart> Parts { get; init; }

    /// <summary>Without quotes.</summary>
    public required string ETag { get; init; }

    public ObjectChecksum? Checksum { get; init; }

    public WriteConditions Conditions { get; init; } = WriteConditions.None;
}

/// <summary>Which uploads to list.</summary>
/// <param name="Prefix">Keys must begin with it; empty for all.</param>
/// <param name="Delimiter">Groups keys; empty for none.</param>
/// <param name="KeyMarker">List after this key, or after <paramref name="UploadIdMarker"/> of this key; empty from the start.</param>
/// <param name="UploadIdMarker">Empty: after all uploads of the marker's key.</param>
/// <param name="Limit">Most uploads and common prefixes together.</param>
public sealed record UploadListing(
    ReadOnlyMemory<byte> Prefix,
    ReadOnlyMemory<byte> Delimiter,
    ReadOnlyMemory<byte> KeyMarker,
    string UploadIdMarker,
    int Limit);

/// <summary>A page of uploads, by key and then by age.</summary>
/// <param name="Uploads">Key, upload id, time, owner, initiator, class and checksum choice; no metadata.</param>
/// <param name="CommonPrefixes">In byte order.</param>
/// <param name="IsTruncated">Whether more follows.</param>
/// <param name="NextKeyMarker">Where the next page begins; empty if none.</param>
/// <param name="NextUploadIdMarker">Likewise; empty after a common prefix.</param>
public sealed record UploadPage(
    ImmutableArray<UploadRecord> Uploads,
    ImmutableArray<ReadOnlyMemory<byte>> CommonPrefixes,
    bool IsTruncated,
    ReadOnlyMemory<byte> NextKeyMarker,
    string NextUploadIdMarker);
