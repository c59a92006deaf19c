namespace ObjectServer.Policies;

/// <summary>A request as policies see it.</summary>
/// <remarks>Lives on the stack, so that the resource may lie in a buffer.</remarks>
internal readonly ref struct PolicyContext
{
    /// <summary>Who asks.</summary>
    public required PolicyPrincipal Principal { get; init; }

    /// <summary>For what, e.g. <c>s3:GetObject</c>. Case is ignored.</summary>
    public required string Action { get; init; }

    /// <summary>On what: an ARN, or <c>*</c> where an action has no resource.</summary>
    public required ReadOnlySpan<char> Resource { get; init; }

    /// <summary>Whose the resource is; null where it is nobody's yet, which is as good as the caller's own.</summary>
    public string? ResourceAccountId { get; init; }

    /// <summary>What else is known of the request.</summary>
    public required IConditionValues Conditions { get; init; }
}
