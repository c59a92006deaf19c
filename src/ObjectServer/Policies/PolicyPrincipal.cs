namespace ObjectServer.Policies;

/// <summary>What kind of identity makes a request.</summary>
internal enum PrincipalKind
{
    /// <summary>Nobody has signed.</summary>
    Anonymous,

    /// <summary>The root of an account.</summary>
    Root,

    /// <summary>An IAM user.</summary>
    User,

    /// <summary>A session of a role.</summary>
    RoleSession,

    /// <summary>A session that a user (or root) got with GetFederationToken.</summary>
    FederatedUser,

    /// <summary>An AWS service, e.g. <c>logging.s3.amazonaws.com</c>.</summary>
    Service,

    /// <summary>Somebody whom an identity provider vouches for, and who has no session yet.</summary>
    Federated,
}

/// <summary>Who makes a request, as policies see it.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html</remarks>
internal sealed class PolicyPrincipal
{
    private PolicyPrincipal(PrincipalKind kind) => Kind = kind;

    /// <summary>A request without any signature.</summary>
    public static PolicyPrincipal Anonymous { get; } = new(PrincipalKind.Anonymous) { Arn = "*" };

    public PrincipalKind Kind { get; }

    /// <summary>Twelve digits; empty for who belongs to no account.</summary>
    public string AccountId { get; private init; } = "";

    /// <summary>The account's canonical id, under which it owns buckets; empty for who belongs to no account.</summary>
    public string CanonicalId { get; private init; } = "";

    /// <summary>
    /// Who makes the request: the user, the root, the session (<c>arn:aws:sts::...:assumed-role/ROLE/SESSION</c>), the
    /// service's name, the provider.
    /// </summary>
    public string Arn { get; private init; } = "";

    /// <summary>The role that a session is of, or the user (or root) who federated; null for all others.</summary>
    public string? SessionOf { get; private init; }

    /// <summary>The identity provider that a role session was begun with; null without one.</summary>
    public string? Provider { get; private init; }

    /// <summary>Whether permissions of this principal come from policies of its account.</summary>
    public bool HasIdentityPolicies =>
        Kind is PrincipalKind.User or PrincipalKind.RoleSession or PrincipalKind.FederatedUser;

    /// <summary>Whether this is the root of an account, or a session that it federated.</summary>
    public bool IsOfRoot =>
        Kind == PrincipalKind.Root || SessionOf?.EndsWith(":root", StringComparison.Ordinal) == true;

    public static PolicyPrincipal Root(string accountId, string canonicalId) => new(PrincipalKind.Root)
    {
        AccountId = accountId,
        CanonicalId = canonicalId,
        Arn = $"arn:aws:iam::{accountId}:root",
    };

    public static PolicyPrincipal User(string accountId, string canonicalId, string userArn) => new(PrincipalKind.User)
    {
        AccountId = accountId,
        CanonicalId = canonicalId,
        Arn = userArn,
    };

    /// <param name="accountId">The role's account.</param>
    /// <param name="canonicalId">Of that account.</param>
    /// <param name="roleArn">The role, with its path.</param>
    /// <param name="sessionArn">The session, which has the role's name without its path.</param>
    /// <param name="provider">Who vouched for the session's owner, if a provider did.</param>
    public static PolicyPrincipal RoleSession(
        string accountId, string canonicalId, string roleArn, string sessionArn, string? provider = null) =>
        new(PrincipalKind.RoleSession)
        {
            AccountId = accountId,
            CanonicalId = canonicalId,
            Arn = sessionArn,
            SessionOf = roleArn,
            Provider = provider,
        };

    /// <param name="accountId">The account of who federated.</param>
    /// <param name="canonicalId">Of that account.</param>
    /// <param name="userArn">Who federated: a user or the root.</param>
    /// <param name="sessionArn"><c>arn:aws:sts::...:federated-user/NAME</c>.</param>
    public static PolicyPrincipal FederatedUser(
        string accountId, string canonicalId, string userArn, string sessionArn) => new(PrincipalKind.FederatedUser)
        {
            AccountId = accountId,
            CanonicalId = canonicalId,
            Arn = sessionArn,
            SessionOf = userArn,
        };

    /// <param name="name">E.g. <c>logging.s3.amazonaws.com</c>.</param>
    public static PolicyPrincipal Service(string name) => new(PrincipalKind.Service) { Arn = name };

    /// <param name="provider">The provider's ARN, or the name of one that everybody knows.</param>
    public static PolicyPrincipal Federated(string provider) =>
        new(PrincipalKind.Federated) { Arn = provider, Provider = provider };
}
