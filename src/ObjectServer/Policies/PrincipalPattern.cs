namespace ObjectServer.Policies;

/// <summary>How closely a policy names a principal, the closest last.</summary>
internal enum PrincipalMatch
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>By its account, which decides with its own policies who of it is meant.</summary>
    Account,

    /// <summary>By the role, or the user, that the session is of.</summary>
    SessionOf,

    /// <summary>By itself, or as one of all.</summary>
    Direct,
}

/// <summary>What kind of name stands in a Principal element.</summary>
internal enum PrincipalNameKind
{
    /// <summary><c>*</c>: everybody, also without a signature.</summary>
    Everybody,

    /// <summary>An account: its id or the ARN of its root.</summary>
    Account,

    /// <summary>An account by its canonical id.</summary>
    CanonicalUser,

    /// <summary>A user, a role, or a session of one.</summary>
    Arn,

    /// <summary>An AWS service.</summary>
    Service,

    /// <summary>An identity provider.</summary>
    Federated,
}

/// <summary>One name in a Principal or NotPrincipal element.</summary>
/// <param name="Kind">What it names.</param>
/// <param name="Name">
/// The account id, the canonical id, the ARN, the service or the provider; of everybody, a star.
/// </param>
/// <remarks>Names are compared with case, and never have wildcards.</remarks>
internal sealed record PrincipalPattern(PrincipalNameKind Kind, string Name)
{
    public static PrincipalPattern Everybody { get; } = new(PrincipalNameKind.Everybody, "*");

    /// <summary>The account that an ARN or an account id is of; null for others.</summary>
    public string? AccountId => Kind switch
    {
        PrincipalNameKind.Account => Name,
        PrincipalNameKind.Arn => ArnPattern.Split(Name, hasVariables: false)![4],
        _ => null,
    };

    /// <summary>Reads a name.</summary>
    /// <param name="type">AWS, CanonicalUser, Federated or Service.</param>
    /// <param name="name">The name as the policy has it.</param>
    /// <returns>Null: there can be no such principal.</returns>
    public static PrincipalPattern? Parse(string type, string name) => (type, name) switch
    {
        ("AWS", "*") => Everybody,
        ("AWS", _) => ParseAws(name),
        ("CanonicalUser", _) when name.Length == 64 && name.All(char.IsAsciiHexDigitLower) =>
            new(PrincipalNameKind.CanonicalUser, name),
        ("Service", _) when IsHost(name) => new(PrincipalNameKind.Service, name),
        ("Federated", _) when IsHost(name) || IsProvider(name) => new(PrincipalNameKind.Federated, name),
        _ => null,
    };

    /// <summary>How closely this names a principal.</summary>
    public PrincipalMatch Match(PolicyPrincipal principal) => Kind switch
    {
        PrincipalNameKind.Everybody => PrincipalMatch.Direct,
        PrincipalNameKind.Account when principal.AccountId == Name => OfAccount(principal),
        PrincipalNameKind.CanonicalUser when principal.CanonicalId == Name => OfAccount(principal),
        PrincipalNameKind.Arn when principal.Kind is PrincipalKind.Service or PrincipalKind.Federated =>
            PrincipalMatch.None,
        PrincipalNameKind.Arn when principal.Arn == Name => PrincipalMatch.Direct,
        PrincipalNameKind.Arn when principal.SessionOf == Name => PrincipalMatch.SessionOf,
        PrincipalNameKind.Service when principal.Kind == PrincipalKind.Service && principal.Arn == Name =>
            PrincipalMatch.Direct,
        PrincipalNameKind.Federated when principal.Provider == Name => PrincipalMatch.Direct,
        _ => PrincipalMatch.None,
    };

    private static PrincipalMatch OfAccount(PolicyPrincipal principal) =>
        principal.Kind == PrincipalKind.Root ? PrincipalMatch.Direct : PrincipalMatch.Account;

    private static PrincipalPattern? ParseAws(string name)
    {
        if (IsAccountId(name))
        {
            return new(PrincipalNameKind.Account, name);
        }

        if (ArnPattern.Split(name, hasVariables: false) is not
                ["arn", var partition, var service, "", var account, var of]
            || !IsPartition(partition)
            || !IsAccountId(account)
            || name.AsSpan().ContainsAny('*', '?', '$'))
        {
            return null;
        }

        return (service, of.IndexOf('/')) switch
        {
            ("iam", _) when of == "root" => new(PrincipalNameKind.Account, account),
            ("iam", _) when Names(of, "user/") || Names(of, "role/") => new(PrincipalNameKind.Arn, name),
            ("sts", _) when Names(of, "federated-user/") => new(PrincipalNameKind.Arn, name),
            ("sts", var slash) when Names(of, "assumed-role/") && of.IndexOf('/', slash + 1) is var session
                && session > slash + 1 && session < of.Length - 1 => new(PrincipalNameKind.Arn, name),
            _ => null,
        };

        static bool Names(string of, string type) =>
            of.Length > type.Length && of.StartsWith(type, StringComparison.Ordinal) && of[^1] != '/';
    }

    /// <summary>Whether AWS has, or may yet have, a partition of the name: <c>aws</c>, <c>aws-cn</c>.</summary>
    private static bool IsPartition(string text) =>
        text == "aws" || (text.StartsWith("aws-", StringComparison.Ordinal) && !text.Any(char.IsAsciiLetterUpper));

    private static bool IsAccountId(string text) => text.Length == 12 && text.All(char.IsAsciiDigit);

    private static bool IsProvider(string text) =>
        ArnPattern.Split(text, hasVariables: false) is ["arn", var partition, "iam", "", var account, var provider]
        && IsPartition(partition)
        && IsAccountId(account)
        && !text.AsSpan().ContainsAny('*', '?', '$')
        && (provider.StartsWith("saml-provider/", StringComparison.Ordinal)
            || provider.StartsWith("oidc-provider/", StringComparison.Ordinal));

    private static bool IsHost(string text) =>
        text.Contains('.') && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');
}
