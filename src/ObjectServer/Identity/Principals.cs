using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ObjectServer.Storage.Model;

namespace ObjectServer.Identity;

/// <summary>What policies can be written into and attached to: a user, a group or a role.</summary>
internal abstract record PolicyHolder : IdentityDocument
{
    /// <summary>
    /// The unique id, e.g. <c>AIDA...</c>: no other thing ever has it, a later one of the same name neither.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>Unique in the account among its kind, whatever the case of the letters.</summary>
    public required string Name { get; init; }

    /// <summary>Begins and ends with a slash; a single one where there is none.</summary>
    public string Path { get; init; } = "/";

    /// <summary>Policies written into it, by their names, in the order of those.</summary>
    public ImmutableSortedDictionary<string, PolicyText> InlinePolicies
    {
        get;

        // JSON is read to a dictionary in the order of some culture, and to null where there was none.
        init => field = value?.WithComparers(StringComparer.Ordinal) ?? NoPolicies;
    }

        = NoPolicies;

    /// <summary>The ARNs of managed policies, in the order of their attachment.</summary>
    public ImmutableArray<string> AttachedPolicies { get; init => field = value.OrEmpty(); } = [];

    /// <summary>E.g. <c>arn:aws:iam::123456789012:user/team/alice</c>.</summary>
    public string Arn => $"arn:aws:iam::{AccountId}:{Kind}{Path}{Name}";

    /// <summary>The word for it in ARNs.</summary>
    public abstract string Kind { get; }

    /// <summary>No policies, and names in the order of their bytes.</summary>
    internal static ImmutableSortedDictionary<string, PolicyText> NoPolicies { get; } =
        ImmutableSortedDictionary.Create<string, PolicyText>(StringComparer.Ordinal);
}

/// <summary>Somebody, or something, with keys of its own.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_User.html</remarks>
internal sealed record User : PolicyHolder
{
    public ImmutableArray<Tag> Tags { get; init => field = value.OrEmpty(); } = [];

    /// <summary>The ARN of the managed policy that bounds what the user can be allowed; null for none.</summary>
    public string? Boundary { get; init; }

    /// <summary>The unique ids of the groups that the user is in.</summary>
    public ImmutableArray<string> Groups { get; init => field = value.OrEmpty(); } = [];

    public override string Kind => "user";
}

/// <summary>Users that share policies.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_Group.html</remarks>
internal sealed record Group : PolicyHolder
{
    public override string Kind => "group";
}

/// <summary>Permissions that those whom it trusts take on for a session.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html</remarks>
internal sealed record Role : PolicyHolder
{
    public string? Description { get; init; }

    /// <summary>How long a session may last: 3,600 to 43,200 seconds.</summary>
    public int MaxSessionSeconds { get; init; } = 3600;

    /// <summary>Who may assume it.</summary>
    [JsonConverter(typeof(TrustPolicyJson))]
    public required PolicyText TrustPolicy { get; init; }

    public ImmutableArray<Tag> Tags { get; init => field = value.OrEmpty(); } = [];

    /// <summary>The ARN of the managed policy that bounds what the role can be allowed; null for none.</summary>
    public string? Boundary { get; init; }

    public override string Kind => "role";
}
