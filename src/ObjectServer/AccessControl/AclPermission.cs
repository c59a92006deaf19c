namespace ObjectServer.AccessControl;

/// <summary>What a grant allows. The numbers are on disk: they only grow.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#permissions</remarks>
[Flags]
internal enum AclPermission : byte
{
    /// <summary>To list a bucket, or to read an object.</summary>
    Read = 1,

    /// <summary>To make and to replace the objects of a bucket; nothing, on an object.</summary>
    Write = 2,

    /// <summary>To read the ACL.</summary>
    ReadAcp = 4,

    /// <summary>To write the ACL.</summary>
    WriteAcp = 8,

    /// <summary>All of it.</summary>
    FullControl = Read | Write | ReadAcp | WriteAcp,
}

/// <summary>The names of permissions on the wire.</summary>
internal static class AclPermissions
{
    /// <summary>What one grant may allow, in the order in which their headers are read.</summary>
    public static ReadOnlySpan<AclPermission> All =>
    [
        AclPermission.Read, AclPermission.Write, AclPermission.ReadAcp, AclPermission.WriteAcp,
        AclPermission.FullControl,
    ];

    /// <summary>E.g. <c>READ_ACP</c>.</summary>
    public static string NameOf(AclPermission permission) => permission switch
    {
        AclPermission.Read => "READ",
        AclPermission.Write => "WRITE",
        AclPermission.ReadAcp => "READ_ACP",
        AclPermission.WriteAcp => "WRITE_ACP",
        AclPermission.FullControl => "FULL_CONTROL",
        _ => throw new ArgumentOutOfRangeException(nameof(permission), permission, "No grant allows this."),
    };

    /// <summary>The header that grants it, e.g. <c>x-amz-grant-read-acp</c>.</summary>
    public static string HeaderOf(AclPermission permission) => permission switch
    {
        AclPermission.Read => "x-amz-grant-read",
        AclPermission.Write => "x-amz-grant-write",
        AclPermission.ReadAcp => "x-amz-grant-read-acp",
        AclPermission.WriteAcp => "x-amz-grant-write-acp",
        AclPermission.FullControl => "x-amz-grant-full-control",
        _ => throw new ArgumentOutOfRangeException(nameof(permission), permission, "No grant allows this."),
    };

    /// <summary>Whether a header grants one of them.</summary>
    /// <param name="name">In lower case.</param>
    public static bool IsHeader(string name)
    {
        foreach (var permission in All)
        {
            if (HeaderOf(permission) == name)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The permission of that name, or null. Names are case-sensitive.</summary>
    public static AclPermission? Parse(string? name)
    {
        foreach (var permission in All)
        {
            if (NameOf(permission) == name)
            {
                return permission;
            }
        }

        return null;
    }
}
