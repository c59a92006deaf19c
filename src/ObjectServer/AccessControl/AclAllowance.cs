namespace ObjectServer.AccessControl;

/// <summary>What an ACL says to a caller who asks for something.</summary>
internal enum AclAllowance
{
    /// <summary>No grant allows it. An ACL never forbids.</summary>
    None,

    /// <summary>The caller's account may, or owns the resource.</summary>
    ToAccount,

    /// <summary>The caller may as one of the world.</summary>
    ToGroup,
}
