using System.Collections.Immutable;

namespace ObjectServer.Policies;

/// <summary>Where a policy comes from.</summary>
internal enum PolicySource
{
    /// <summary>Written into a user.</summary>
    UserInline,

    /// <summary>Attached to a user.</summary>
    UserManaged,

    /// <summary>Written into a group of the user.</summary>
    GroupInline,

    /// <summary>Attached to a group of the user.</summary>
    GroupManaged,

    /// <summary>Written into a role.</summary>
    RoleInline,

    /// <summary>Attached to a role.</summary>
    RoleManaged,

    /// <summary>A user's or role's permissions boundary.</summary>
    Boundary,

    /// <summary>Passed when a session began.</summary>
    Session,

    /// <summary>On the resource: a bucket's policy, or a role's trust policy.</summary>
    Resource,
}

/// <summary>A policy and where it comes from.</summary>
/// <param name="Source">Where from.</param>
/// <param name="Name">Its ARN, or its name.</param>
/// <param name="Owner">Who has it: the user, group or role, or the bucket; null where that needs no saying.</param>
/// <param name="Document">The policy.</param>
internal sealed record NamedPolicy(PolicySource Source, string Name, string? Owner, PolicyDocument Document)
{
    public override string ToString() => Owner is null ? $"{Source} {Name}" : $"{Source} {Name} of {Owner}";
}

/// <summary>What grants without being a policy: an access control list of S3.</summary>
internal enum ResourceGrant
{
    /// <summary>No list grants.</summary>
    None,

    /// <summary>A list grants to the caller's account.</summary>
    Account,

    /// <summary>A list grants to a group: everybody, or whoever signs.</summary>
    Everybody,
}

/// <summary>Every policy that has a say in a request.</summary>
internal sealed class PolicySet
{
    /// <summary>No policy at all.</summary>
    public static PolicySet Empty { get; } = new();

    /// <summary>Those of the user and its groups, or of the role.</summary>
    public ImmutableArray<NamedPolicy> Identity { get; init; } = [];

    /// <summary>The permissions boundary of the user or role; null without one.</summary>
    public NamedPolicy? Boundary { get; init; }

    /// <summary>Those passed when the session began; one of them must allow. Empty: none was passed.</summary>
    public ImmutableArray<NamedPolicy> Session { get; init; } = [];

    /// <summary>Those on the resource.</summary>
    public ImmutableArray<NamedPolicy> Resource { get; init; } = [];

    /// <summary>The same policies with others on the resource.</summary>
    public PolicySet On(params ImmutableArray<NamedPolicy> resource) => new()
    {
        Identity = Identity,
        Boundary = Boundary,
        Session = Session,
        Resource = resource,
    };
}
