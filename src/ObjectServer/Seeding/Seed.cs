using System.Collections.Immutable;
using ObjectServer.AccessControl;
using ObjectServer.Lifecycle;
using ObjectServer.Storage.Model;

namespace ObjectServer.Seeding;

/// <summary>What a server has to have: read from a seed file. What is null or empty, the file says nothing of.</summary>
internal sealed record Seed(ImmutableArray<SeedAccount> Accounts);

/// <summary>An account and what belongs to it.</summary>
internal sealed record SeedAccount
{
    public required SeedPlace Place { get; init; }

    public required string Id { get; init; }

    public string? Name { get; init; }

    public string? Email { get; init; }

    public string? CanonicalId { get; init; }

    public string? Alias { get; init; }

    public PublicAccessBlock? PublicAccessBlock { get; init; }

    /// <summary>The keys of the root.</summary>
    public ImmutableArray<SeedAccessKey> AccessKeys { get; init; } = [];

    public ImmutableArray<SeedHolder> Users { get; init; } = [];

    public ImmutableArray<SeedHolder> Groups { get; init; } = [];

    public ImmutableArray<SeedHolder> Roles { get; init; } = [];

    public ImmutableArray<SeedManagedPolicy> Policies { get; init; } = [];

    public ImmutableArray<SeedBucket> Buckets { get; init; } = [];
}

/// <summary>A key. A class and not a record, so that no text form ever shows the secret.</summary>
internal sealed class SeedAccessKey
{
    public required SeedPlace Place { get; init; }

    public required string Id { get; init; }

    public required string Secret { get; init; }

    public required bool IsActive { get; init; }
}

/// <summary>A user, a group or a role.</summary>
internal sealed record SeedHolder
{
    public required SeedPlace Place { get; init; }

    public required string Name { get; init; }

    public string? Path { get; init; }

    /// <summary>Policies written into it.</summary>
    public ImmutableArray<SeedInlinePolicy> Policies { get; init; } = [];

    /// <summary>The ARNs of managed policies.</summary>
    public ImmutableArray<string> AttachedPolicies { get; init; } = [];

    /// <summary>The ARN of a managed policy. Not of groups.</summary>
    public string? Boundary { get; init; }

    /// <summary>Not of groups.</summary>
    public ImmutableArray<Tag> Tags { get; init; } = [];

    /// <summary>Of users.</summary>
    public ImmutableArray<SeedAccessKey> AccessKeys { get; init; } = [];

    /// <summary>The names of groups. Of users.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>Of roles, which must have it.</summary>
    public string TrustPolicy { get; init; } = "";

    /// <summary>Of roles.</summary>
    public int? MaxSessionSeconds { get; init; }

    /// <summary>Of roles.</summary>
    public string? Description { get; init; }
}

/// <summary>A policy within a user, group or role.</summary>
internal sealed record SeedInlinePolicy(string Name, string Document);

/// <summary>A policy that stands by itself.</summary>
internal sealed record SeedManagedPolicy
{
    public required SeedPlace Place { get; init; }

    public required string Name { get; init; }

    public required string Document { get; init; }

    public string? Path { get; init; }

    public string? Description { get; init; }

    public ImmutableArray<Tag> Tags { get; init; } = [];
}

/// <summary>A bucket.</summary>
internal sealed record SeedBucket
{
    public required SeedPlace Place { get; init; }

    public required string Name { get; init; }

    public VersioningState? Versioning { get; init; }

    public bool? ObjectLockEnabled { get; init; }

    public ObjectOwnership? Ownership { get; init; }

    public PublicAccessBlock? PublicAccessBlock { get; init; }

    /// <summary>The name of a canned ACL.</summary>
    public string? Acl { get; init; }

    public string? Policy { get; init; }

    public bool? RequesterPays { get; init; }

    /// <summary>The document of <c>PutBucketCors</c>.</summary>
    public byte[]? Cors { get; init; }

    /// <summary>The document of <c>PutBucketWebsite</c>.</summary>
    public byte[]? Website { get; init; }

    /// <summary>Of a bucket with object lock.</summary>
    public DefaultRetention? DefaultRetention { get; init; }

    public LifecycleConfiguration? Lifecycle { get; init; }

    public ImmutableArray<Tag> Tags { get; init; } = [];

    public ImmutableArray<SeedObject> Objects { get; init; } = [];
}

/// <summary>An object whose bytes lie in a file.</summary>
internal sealed record SeedObject
{
    public required SeedPlace Place { get; init; }

    public required string Key { get; init; }

    /// <summary>The path of the file.</summary>
    public required string File { get; init; }

    public string? ContentType { get; init; }

    /// <summary>User metadata, by name.</summary>
    public ImmutableArray<KeyValuePair<string, string>>? Metadata { get; init; }

    public ImmutableArray<Tag> Tags { get; init; } = [];
}
