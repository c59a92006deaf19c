using System.Collections.Immutable;

namespace ObjectServer.Policies;

/// <summary>The parts of a statement that decide whether it applies, in the order in which they are asked.</summary>
internal enum StatementElement
{
    /// <summary>No part failed: the statement applies.</summary>
    None,

    /// <summary>Action or NotAction.</summary>
    Action,

    /// <summary>Resource or NotResource.</summary>
    Resource,

    /// <summary>Principal or NotPrincipal.</summary>
    Principal,

    /// <summary>Condition.</summary>
    Condition,
}

/// <summary>One statement of a policy, compiled.</summary>
internal sealed class PolicyStatement
{
    /// <summary>Its place in the document, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>Its name; null without one.</summary>
    public string? Sid { get; init; }

    public required PolicyEffect Effect { get; init; }

    /// <summary>Whether it names who is not meant.</summary>
    public bool IsNotPrincipal { get; init; }

    /// <summary>Who is meant, or not; empty in policies that name nobody.</summary>
    public required ImmutableArray<PrincipalPattern> Principals { get; init; }

    /// <summary>Whether it names the actions that are not meant.</summary>
    public bool IsNotAction { get; init; }

    public required ImmutableArray<PolicyPattern> Actions { get; init; }

    /// <summary>Whether it names the resources that are not meant.</summary>
    public bool IsNotResource { get; init; }

    /// <summary>Empty in trust policies, whose resource is their role.</summary>
    public required ImmutableArray<PolicyPattern> Resources { get; init; }

    public required ImmutableArray<PolicyCondition> Conditions { get; init; }

    /// <summary>Where this stands, for errors that whoever knows the actions and resources finds in it.</summary>
    /// <param name="kind">Of the document.</param>
    /// <param name="element">The field that is wrong.</param>
    public PolicyPlace Place(PolicyKind kind, string element) => new(kind, Index, Sid, element);

    /// <summary>Whether the statement's Action or NotAction means an action.</summary>
    /// <param name="action">E.g. <c>s3:GetObject</c>.</param>
    public bool AppliesToAction(string action) => NamesAction(action) != IsNotAction;

    /// <summary>How the statement applies to a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="hasBoundary">Whether the caller has a permissions boundary.</param>
    /// <param name="condition">The condition that failed; null where another element did, or none.</param>
    /// <param name="principal">How closely the statement names the caller, if it applies.</param>
    /// <returns>The first element that does not match; None if the statement applies.</returns>
    public StatementElement Match(
        in PolicyContext context, bool hasBoundary, out PrincipalMatch principal, out PolicyCondition? condition)
    {
        principal = PrincipalMatch.None;
        condition = null;
        if (!AppliesToAction(context.Action))
        {
            return StatementElement.Action;
        }

        if (!Resources.IsEmpty && !AppliesToResource(context.Resource, context.Conditions))
        {
            return StatementElement.Resource;
        }

        principal = MatchPrincipal(context.Principal, hasBoundary);
        if (principal == PrincipalMatch.None)
        {
            return StatementElement.Principal;
        }

        foreach (var next in Conditions)
        {
            if (!next.Holds(context.Conditions))
            {
                condition = next;
                return StatementElement.Condition;
            }
        }

        return StatementElement.None;
    }

    private bool NamesAction(string action)
    {
        foreach (var pattern in Actions)
        {
            if (pattern.Matches(action))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A variable without a value names nothing and leaves nothing out: neither element matches.</summary>
    private bool AppliesToResource(ReadOnlySpan<char> resource, IConditionValues conditions)
    {
        var isResolved = true;
        foreach (var pattern in Resources)
        {
            if (pattern.Matches(resource, conditions, out var isThisResolved))
            {
                return !IsNotResource;
            }

            isResolved &= isThisResolved;
        }

        return IsNotResource && isResolved;
    }

    private PrincipalMatch MatchPrincipal(PolicyPrincipal caller, bool hasBoundary)
    {
        if (Principals.IsEmpty)
        {
            return PrincipalMatch.Direct;
        }

        if (!IsNotPrincipal)
        {
            var closest = PrincipalMatch.None;
            foreach (var principal in Principals)
            {
                var match = principal.Match(caller);
                closest = match > closest ? match : closest;
            }

            return closest;
        }

        var isLeftOut = Effect == PolicyEffect.Deny
            ? !hasBoundary && IsLeftOutOfDeny(caller)
            : IsLeftOutOfAllow(caller);
        return isLeftOut ? PrincipalMatch.None : PrincipalMatch.Direct;
    }

    private bool IsLeftOutOfAllow(PolicyPrincipal caller)
    {
        foreach (var principal in Principals)
        {
            if (principal.Match(caller) != PrincipalMatch.None)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// A Deny that leaves somebody out must leave out the account too, and the role of a session: AWS asks for each of
    /// them in turn, and who has a permissions boundary is never left out.
    /// </summary>
    /// <remarks>
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html,
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    /// </remarks>
    private bool IsLeftOutOfDeny(PolicyPrincipal caller)
    {
        bool itself = false, account = false, sessionOf = false;
        foreach (var principal in Principals)
        {
            if (principal.Kind == PrincipalNameKind.Everybody)
            {
                return true;
            }

            var match = principal.Match(caller);
            itself |= match == PrincipalMatch.Direct;
            account |= match == PrincipalMatch.Account;
            sessionOf |= match == PrincipalMatch.SessionOf;
        }

        return itself
            && (account || !caller.HasIdentityPolicies)
            && (sessionOf || caller.Kind != PrincipalKind.RoleSession);
    }
}
