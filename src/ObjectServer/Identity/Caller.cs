using System.Collections.Frozen;
using System.Collections.Immutable;
using ObjectServer.Policies;
using ObjectServer.Storage.Model;

namespace ObjectServer.Identity;

/// <summary>What kind of principal sends a request.</summary>
internal enum CallerKind
{
    /// <summary>Nobody in particular: a request without any signature.</summary>
    Anonymous,

    /// <summary>The root of an account, with one of its keys or a session of it.</summary>
    Root,

    /// <summary>A user, with one of its keys or a session of it.</summary>
    User,

    /// <summary>A session of a role.</summary>
    AssumedRole,

    /// <summary>A session that a user gave to somebody outside, under a name of the user's choice.</summary>
    Federated,
}

/// <summary>Who sends a request, once the signature was checked, or nobody in particular.</summary>
/// <remarks>
/// Immutable, and made once for each access key and state of the directory: whoever changes a user, a group or a policy
/// makes other callers of it, and requests that run keep theirs.
/// </remarks>
internal sealed record Caller
{
    /// <summary>A request without any signature.</summary>
    /// <remarks>The ids are the ones that AWS shows for anonymous requests in its logs and in owners.</remarks>
    public static Caller Anonymous { get; } = new()
    {
        Kind = CallerKind.Anonymous,
        AccountId = "ANONYMOUS_PRINCIPAL",
        CanonicalId = "65a011a29cdf8ec533ec3d1ccaae921c",
        DisplayName = "anonymous",
        Arn = "*",
        UserId = "anonymous",
        Principal = PolicyPrincipal.Anonymous,
    };

    public required CallerKind Kind { get; init; }

    /// <summary>Twelve digits; for <see cref="Anonymous"/> a word.</summary>
    public required string AccountId { get; init; }

    /// <summary>The id under which the account owns buckets and objects: 64 hexadecimal digits.</summary>
    public required string CanonicalId { get; init; }

    /// <summary>The account's name for people.</summary>
    public required string DisplayName { get; init; }

    /// <summary>
    /// The principal as policies name it, e.g. <c>arn:aws:iam::123456789012:root</c> or
    /// <c>arn:aws:sts::123456789012:assumed-role/backup/nightly</c>.
    /// </summary>
    public required string Arn { get; init; }

    /// <summary>
    /// The condition key <c>aws:userid</c>: the account's id, the user's unique id, or the role's and the session's
    /// name
    /// with a colon between.
    /// </summary>
    public required string UserId { get; init; }

    /// <summary>The user's name without its path; null for everybody who is no user.</summary>
    public string? UserName { get; init; }

    /// <summary>The access key that signed; null for <see cref="Anonymous"/>.</summary>
    public string? AccessKeyId { get; init; }

    /// <summary>
    /// Tags of the user or the role, session tags over them: the condition keys <c>aws:PrincipalTag/*</c>. Found in any
    /// case.
    /// </summary>
    public FrozenDictionary<string, string> PrincipalTags { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Session tags that sessions have as well which this one begins.</summary>
    public ImmutableArray<Tag> TransitiveTags { get; init; } = [];

    /// <summary>
    /// What it is allowed and denied: its inline and attached policies and those of its groups; its permissions
    /// boundary; what was passed when its session began. The resource's own policies are the authorizer's to add.
    /// </summary>
    public PolicySet Policies { get; init; } = PolicySet.Empty;

    /// <summary>The same principal as the policy engine sees it.</summary>
    public required PolicyPrincipal Principal { get; init; }

    /// <summary>The name of the session; null for who has none.</summary>
    public string? SessionName { get; init; }

    /// <summary>The role that was assumed; null for who has none.</summary>
    public string? RoleArn { get; init; }

    /// <summary>The unique id of the role that was assumed.</summary>
    public string? RoleId { get; init; }

    /// <summary>When temporary credentials were given out; null for keys that last.</summary>
    public DateTimeOffset? TokenIssueTime { get; init; }

    /// <summary>When temporary credentials end.</summary>
    public DateTimeOffset? TokenExpiration { get; init; }

    /// <summary>When whoever got the temporary credentials showed a second factor; null for never.</summary>
    public DateTimeOffset? MultiFactorTime { get; init; }

    /// <summary>The condition key <c>aws:FederatedProvider</c>: who vouched for a web identity.</summary>
    public string? FederatedProvider { get; init; }

    /// <summary>The condition key <c>aws:SourceIdentity</c>.</summary>
    public string? SourceIdentity { get; init; }

    /// <summary>Whether no one has signed.</summary>
    public bool IsAnonymous => Kind == CallerKind.Anonymous;

    /// <summary>Whether temporary credentials signed.</summary>
    public bool IsTemporary => TokenIssueTime is not null;

    /// <summary>The condition key <c>aws:PrincipalArn</c>: of a session of a role, the role.</summary>
    public string PrincipalArn => RoleArn ?? Arn;

    /// <summary>The condition key <c>aws:PrincipalType</c>.</summary>
    public string PrincipalType => Kind switch
    {
        CallerKind.Root => "Account",
        CallerKind.User => "User",
        CallerKind.AssumedRole => "AssumedRole",
        CallerKind.Federated => "FederatedUser",
        _ => "Anonymous",
    };

    /// <summary>The root of an account, signing with one of its keys.</summary>
    /// <param name="account">The account.</param>
    /// <param name="accessKeyId">The key that signs; null for none.</param>
    public static Caller Root(Account account, string? accessKeyId) => new()
    {
        Kind = CallerKind.Root,
        AccountId = account.Id,
        CanonicalId = account.CanonicalId,
        DisplayName = account.Name,
        Arn = account.RootArn,
        UserId = account.Id,
        AccessKeyId = accessKeyId,
        Principal = PolicyPrincipal.Root(account.Id, account.CanonicalId),
    };
}
