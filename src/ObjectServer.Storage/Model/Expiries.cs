using System.Collections.Immutable;

namespace ObjectServer.Storage.Model;

/// <summary>What becomes of a version whose time is over.</summary>
public enum Expiry
{
    /// <summary>A current object ends as by a DELETE of its key: removed, or hidden by a delete marker.</summary>
    Current,

    /// <summary>An older version, a delete marker too, is removed for good.</summary>
    Noncurrent,

    /// <summary>A delete marker that is all that its key has is removed.</summary>
    LoneMarker,
}

/// <summary>A version that was judged, and found to be over.</summary>
/// <param name="Key">The key.</param>
/// <param name="Sequence">Of the version as it was judged.</param>
/// <param name="Expiry">What is to become of it.</param>
/// <param name="Tags">The tags on which the judgement rests; null where it rests on none.</param>
public sealed record ExpiredVersion(ObjectKey Key, ulong Sequence, Expiry Expiry, ImmutableArray<Tag>? Tags)
{
    /// <summary>Of the record as it was listed, which must stand; 0 for any.</summary>
    public ulong Revision { get; init; }

    /// <summary>How many of the key's older versions must be newer than this one; 0 where that does not matter.</summary>
    public int Newer { get; init; }
}

/// <summary>A version that was judged, and found to be one that moves to another storage class.</summary>
/// <param name="Key">The key.</param>
/// <param name="Sequence">Of the version as it was judged.</param>
/// <param name="IsLatest">Whether it was the key's current one.</param>
/// <param name="Tags">The tags on which the judgement rests; null where it rests on none.</param>
public sealed record TransitionedVersion(ObjectKey Key, ulong Sequence, bool IsLatest, ImmutableArray<Tag>? Tags)
{
    /// <summary>How many of the key's older versions must be newer than this one; 0 where that does not matter.</summary>
    public int Newer { get; init; }
}

/// <summary>What became of a version that was found to be over.</summary>
public enum ExpiryOutcome
{
    /// <summary>Nothing: it is no longer what was judged, or the bucket is not.</summary>
    Changed,

    /// <summary>It is removed for good.</summary>
    Removed,

    /// <summary>A delete marker hides it, or is in the place of the null version that it was.</summary>
    Hidden,

    /// <summary>A retention or a legal hold keeps it.</summary>
    Protected,
}
