using System.Collections.Immutable;

namespace ObjectServer.Storage.Model;

/// <summary>What must hold of the key's current object for a write to happen; judged in the commit.</summary>
public sealed record WriteConditions
{
    public static readonly WriteConditions None = new();

    /// <summary>ETags without quotes, one of which must match; a single <c>*</c> stands for any. Empty: no condition.</summary>
    public ImmutableArray<string> IfMatch { get; init; } = [];

    /// <summary>ETags without quotes, none of which may match; a single <c>*</c> stands for any. Empty: no condition.</summary>
    public ImmutableArray<string> IfNoneMatch { get; init; } = [];

    /// <summary>Deletes only: the time, to the second, that the object must have been modified at.</summary>
    public DateTimeOffset? IfLastModified { get; init; }

    /// <summary>Deletes only: the size in bytes that the object must have.</summary>
    public long? IfSize { get; init; }

    public bool IsEmpty => IfMatch.IsEmpty && IfNoneMatch.IsEmpty && IfLastModified is null && IfSize is null;
}

/// <summary>A new object, or a new version of one.</summary>
public sealed record NewObject
{
    public required ObjectKey Key { get; init; }

    /// <summary>Without quotes.</summary>
    public required string ETag { get; init; }

    public required string OwnerId { get; init; }

    public string StorageClass { get; init; } = "STANDARD";

    public ObjectMetadata Metadata { get; init; } = ObjectMetadata.Empty;

    public ImmutableArray<Tag> Tags { get; init; } = [];

    /// <summary>The access control list, which the store does not read; null where the owner alone may do anything.</summary>
    public SettingDocument? Acl { get; init; }

    /// <summary>Until when it is kept; null for the bucket's default.</summary>
    public Retention? Retention { get; init; }

    /// <summary>Whether it is kept until the hold is lifted; null where nobody says.</summary>
    public bool? LegalHold { get; init; }

    public ObjectChecksum? Checksum { get; init; }

    public WriteConditions Conditions { get; init; } = WriteConditions.None;
}

/// <summary>How a write of an object ended.</summary>
public abstract record WriteOutcome
{
    private WriteOutcome()
    {
    }

    /// <summary>Durable and visible.</summary>
    /// <param name="Version">What was written.</param>
    public sealed record Written(ObjectVersion Version) : WriteOutcome;

    /// <summary>The bucket was deleted meanwhile.</summary>
    public sealed record NoSuchBucket : WriteOutcome;

    /// <summary>A condition names an ETag, and there is no current object.</summary>
    public sealed record NoSuchKey : WriteOutcome;

    /// <summary>A condition does not hold.</summary>
    /// <param name="Condition">The header that asked for it, e.g. <c>If-None-Match</c>.</param>
    public sealed record PreconditionFailed(string Condition) : WriteOutcome;

    /// <summary>The source of a copy or a rename is gone, or is not what it was when it was judged.</summary>
    public sealed record SourceChanged : WriteOutcome;

    /// <summary>The upload was completed or aborted meanwhile, or one of its parts was replaced.</summary>
    public sealed record NoSuchUpload : WriteOutcome;
}

/// <summary>How a deletion ended.</summary>
public abstract record DeleteOutcome
{
    private DeleteOutcome()
    {
    }

    /// <summary>Done, or there was nothing to delete.</summary>
    /// <param name="VersionId">The version that was removed, or the delete marker that was written; null where neither.</param>
    /// <param name="IsDeleteMarker">Whether that version is a delete marker, written or removed.</param>
    public sealed record Deleted(VersionId? VersionId, bool IsDeleteMarker) : DeleteOutcome;

    /// <summary>The bucket was deleted meanwhile.</summary>
    public sealed record NoSuchBucket : DeleteOutcome;

    /// <summary>A condition does not hold.</summary>
    /// <param name="Condition">The header that asked for it.</param>
    public sealed record PreconditionFailed(string Condition) : DeleteOutcome;

    /// <summary>A retention or a legal hold keeps the version.</summary>
    public sealed record Protected : DeleteOutcome;
}
