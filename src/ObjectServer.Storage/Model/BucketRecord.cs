using System.Collections.Immutable;

namespace ObjectServer.Storage.Model;

/// <summary>Whether a bucket keeps old versions. The numbers are on disk: they only grow.</summary>
public enum VersioningState : byte
{
    /// <summary>Versioning was never configured.</summary>
    Unversioned = 0,
    Enabled = 1,
    Suspended = 2,
}

/// <summary>A tag of a bucket or an object.</summary>
public readonly record struct Tag(string Key, string Value);

/// <summary>What the store keeps of a bucket.</summary>
public sealed record BucketRecord
{
    /// <summary>Never reused, also not for a later bucket of the same name.</summary>
    public required ulong Id { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>Canonical id of the owning account.</summary>
    public required string OwnerId { get; init; }

    /// <summary>As the client asked for it; the region of the server where it did not.</summary>
    public required string Region { get; init; }

    public VersioningState Versioning { get; init; }

    /// <summary>Whether versions can be locked. Once they can, it stays so, and the bucket keeps versions.</summary>
    public bool ObjectLockEnabled { get; init; }

    /// <summary>What new versions get whose writer asks for no retention; null for none.</summary>
    public DefaultRetention? DefaultRetention =>
        ObjectLockEnabled ? Settings.Find(BucketSetting.ObjectLock)?.Read(Model.DefaultRetention.FromDocument) : null;

    public ImmutableArray<Tag> Tags { get; init; } = [];

    /// <summary>Everything else that the bucket was told.</summary>
    public BucketSettings Settings { get; init; } = BucketSettings.None;
}

/// <summary>A page of buckets in name order.</summary>
/// <param name="Buckets">In byte order of their names.</param>
/// <param name="IsTruncated">Whether more follow the last one.</param>
public sealed record BucketPage(ImmutableArray<BucketRecord> Buckets, bool IsTruncated);

/// <summary>A page of names of buckets.</summary>
/// <param name="Names">In byte order.</param>
/// <param name="IsTruncated">Whether more follow the last one.</param>
public sealed record BucketNamePage(ImmutableArray<string> Names, bool IsTruncated);

/// <summary>How the creation of a bucket ended.</summary>
/// <param name="Created">False: a bucket of this name is there already, untouched.</param>
/// <param name="Bucket">The bucket that exists now.</param>
public readonly record struct CreateBucketOutcome(bool Created, BucketRecord Bucket);

/// <summary>How the deletion of a bucket ended.</summary>
public enum DeleteBucketOutcome
{
    Deleted,
    NoSuchBucket,
    NotEmpty,
}
