namespace ObjectServer.AccessControl;

/// <summary>Many at once, whom a grant may name. The numbers are on disk: they only grow.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#specifying-grantee-predefined-groups</remarks>
internal enum AclGroup : byte
{
    /// <summary>Whoever asks, signed or not.</summary>
    AllUsers = 1,

    /// <summary>Whoever signs, with a key of any account.</summary>
    AuthenticatedUsers = 2,

    /// <summary>What writes access logs.</summary>
    LogDelivery = 3,
}

/// <summary>The names of groups on the wire.</summary>
internal static class AclGroups
{
    private const string AllUsers = "http://acs.amazonaws.com/groups/global/AllUsers";
    private const string AuthenticatedUsers = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
    private const string LogDelivery = "http://acs.amazonaws.com/groups/s3/LogDelivery";

    public static string UriOf(AclGroup group) => group switch
    {
        AclGroup.AllUsers => AllUsers,
        AclGroup.AuthenticatedUsers => AuthenticatedUsers,
        AclGroup.LogDelivery => LogDelivery,
        _ => throw new ArgumentOutOfRangeException(nameof(group), group, "There is no such group."),
    };

    /// <summary>The group of that URI, or null.</summary>
    public static AclGroup? Parse(string? uri) => uri switch
    {
        AllUsers => AclGroup.AllUsers,
        AuthenticatedUsers => AclGroup.AuthenticatedUsers,
        LogDelivery => AclGroup.LogDelivery,
        _ => null,
    };

    /// <summary>Whether a grant to this group is one to the world. Any account's key counts: anyone may have an account.</summary>
    public static bool IsPublic(this AclGroup group) => group is AclGroup.AllUsers or AclGroup.AuthenticatedUsers;
}

/// <summary>One line of an ACL: who, an account or a group, may do what.</summary>
internal readonly record struct AclGrant
{
    private AclGrant(string? canonicalId, AclGroup? group, AclPermission permission)
    {
        CanonicalId = canonicalId;
        Group = group;
        Permission = permission;
    }

    /// <summary>The account that may; null where a group may.</summary>
    public string? CanonicalId { get; }

    /// <summary>The group that may; null where an account may.</summary>
    public AclGroup? Group { get; }

    /// <summary>One of those that have a name.</summary>
    public AclPermission Permission { get; }

    public static AclGrant To(string canonicalId, AclPermission permission) => new(canonicalId, null, permission);

    public static AclGrant To(AclGroup group, AclPermission permission) => new(null, group, permission);
}
