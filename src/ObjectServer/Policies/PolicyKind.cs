namespace ObjectServer.Policies;

/// <summary>What a policy document is attached to, which decides what it may say.</summary>
internal enum PolicyKind
{
    /// <summary>Attached to a user, group or role: names no principal.</summary>
    Identity,

    /// <summary>Attached to a bucket: names who is meant.</summary>
    Resource,

    /// <summary>Attached to a role: names who may assume it, and no resource.</summary>
    Trust,

    /// <summary>Passed with a request for temporary credentials: limits the session.</summary>
    Session,

    /// <summary>A permissions boundary: limits what identity policies can grant.</summary>
    Boundary,
}

/// <summary>What a statement does where it applies.</summary>
internal enum PolicyEffect
{
    Allow,
    Deny,
}
