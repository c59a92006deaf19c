using System.Collections.Immutable;
using ObjectServer.Identity;
using ObjectServer.Storage.Model;

namespace ObjectServer.Sts;

/// <summary>Whose a session is. The numbers stand in tokens.</summary>
internal enum SessionKind
{
    /// <summary>The root of an account, by GetSessionToken.</summary>
    Root = 1,

    /// <summary>A user, by GetSessionToken.</summary>
    User = 2,

    /// <summary>Somebody who assumed a role.</summary>
    Role = 3,
}

/// <summary>Temporary credentials and all that is known of them: what a session token holds.</summary>
internal sealed record Session
{
    public required SessionKind Kind { get; init; }

    /// <summary>Twelve digits.</summary>
    public required string AccountId { get; init; }

    /// <summary>The unique id of the user or the role; empty for the root.</summary>
    public string PrincipalId { get; init; } = "";

    /// <summary>The name of a role's session; empty for others.</summary>
    public string Name { get; init; } = "";

    /// <summary><c>ASIA...</c></summary>
    public required string AccessKeyId { get; init; }

    public required string Secret { get; init; }

    /// <summary>In whole seconds.</summary>
    public required DateTimeOffset Issued { get; init; }

    /// <summary>In whole seconds.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>When a second factor was shown, in whole seconds; null for never.</summary>
    public DateTimeOffset? MultiFactorTime { get; init; }

    public string? SourceIdentity { get; init; }

    /// <summary>The ARN of the identity provider that vouched; null where none did.</summary>
    public string? Provider { get; init; }

    public SessionLimits Limits { get; init; } = SessionLimits.None;

    /// <summary>Never the secret.</summary>
    public override string ToString() => AccessKeyId;
}

/// <summary>What was passed to a session when it began: policies that limit it, and tags.</summary>
internal sealed record SessionLimits
{
    public static SessionLimits None { get; } = new();

    /// <summary>The policy that was written into the request; null for none.</summary>
    public PolicyText? Policy { get; init; }

    /// <summary>Managed policies by their ARNs.</summary>
    public ImmutableArray<string> PolicyArns { get; init; } = [];

    public ImmutableArray<Tag> Tags { get; init; } = [];

    /// <summary>The keys of those tags that sessions which this one begins have as well.</summary>
    public ImmutableArray<string> TransitiveTagKeys { get; init; } = [];

    public bool IsEmpty => Policy is null && PolicyArns.IsEmpty && Tags.IsEmpty;
}
