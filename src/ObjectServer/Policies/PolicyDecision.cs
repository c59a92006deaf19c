using System.Collections.Immutable;

namespace ObjectServer.Policies;

/// <summary>How a decision ends.</summary>
internal enum PolicyOutcome
{
    /// <summary>Nothing allows it, or something that must allow does not.</summary>
    ImplicitDeny,

    /// <summary>A statement denies it.</summary>
    ExplicitDeny,

    Allowed,
}

/// <summary>Why a decision ends as it does.</summary>
internal enum DecisionReason
{
    /// <summary>A statement denies.</summary>
    DenyStatement,

    /// <summary>An identity policy allows.</summary>
    IdentityPolicy,

    /// <summary>A policy on the resource allows.</summary>
    ResourcePolicy,

    /// <summary>An access control list grants.</summary>
    AccessControlList,

    /// <summary>The root of the account may do everything to what is its own.</summary>
    Root,

    /// <summary>Both sides allow, across accounts; the policy named is that of the resource.</summary>
    BothAccounts,

    /// <summary>No identity policy allows, nor does the resource by itself.</summary>
    NoIdentityAllow,

    /// <summary>Nothing on the resource allows, where that is needed.</summary>
    NoResourceAllow,

    /// <summary>The permissions boundary does not allow.</summary>
    NoBoundaryAllow,

    /// <summary>No session policy allows.</summary>
    NoSessionAllow,
}

/// <summary>Whether a request may be done, and what decides it.</summary>
/// <param name="Outcome">Whether.</param>
/// <param name="Reason">Why.</param>
/// <param name="Policy">The policy that allows or denies, or the boundary that does not allow; else null.</param>
/// <param name="Statement">Which statement of it; null where none does.</param>
/// <remarks>
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html and its pages on requests
/// within an account and across accounts.
/// </remarks>
internal readonly record struct PolicyDecision(
    PolicyOutcome Outcome, DecisionReason Reason, NamedPolicy? Policy, PolicyStatement? Statement)
{
    public bool IsAllowed => Outcome == PolicyOutcome.Allowed;

    /// <summary>Decides a request.</summary>
    /// <param name="policies">All that have a say.</param>
    /// <param name="context">The request.</param>
    /// <param name="grant">What the access control lists of the resource say.</param>
    /// <param name="trace">Where every statement is recorded; null: nowhere.</param>
    public static PolicyDecision Decide(
        PolicySet policies,
        in PolicyContext context,
        ResourceGrant grant = ResourceGrant.None,
        PolicyTrace? trace = null)
    {
        var caller = context.Principal;
        var hasBoundary = policies.Boundary is not null && caller.HasIdentityPolicies;

        // A denial anywhere decides, so everything is asked first.
        var resource = Ask(policies.Resource, in context, hasBoundary, trace);
        var identity = Ask(policies.Identity, in context, hasBoundary, trace);
        var session = Ask(policies.Session, in context, hasBoundary, trace);
        var boundary = hasBoundary
            ? Ask(policies.Boundary!, in context, hasBoundary, trace)
            : new Answer(null, new(PolicyVerdict.Allow, null, PrincipalMatch.Direct));
        if ((Denial(resource) ?? Denial(identity) ?? Denial(session) ?? Denial(boundary)) is { } denial)
        {
            return denial;
        }

        var byList = Of(grant);
        var byResource = byList > resource.Principal ? byList : resource.Principal;
        var granted = byList > resource.Principal
            ? Allowed(DecisionReason.AccessControlList, default)
            : Allowed(DecisionReason.ResourcePolicy, resource);
        if (!caller.HasIdentityPolicies && caller.Kind != PrincipalKind.Root)
        {
            return byResource == PrincipalMatch.None ? Refused(DecisionReason.NoResourceAllow) : granted;
        }

        // A federated user without a policy for the session can do what a resource grants to the session, no more.
        var isLimited = !policies.Session.IsEmpty || caller.Kind == PrincipalKind.FederatedUser;
        var limit = !boundary.Allows ? Refused(DecisionReason.NoBoundaryAllow, policies.Boundary)
            : isLimited && !session.Allows ? Refused(DecisionReason.NoSessionAllow)
            : (PolicyDecision?)null;
        var own = caller.IsOfRoot ? limit ?? Allowed(DecisionReason.Root, default)
            : !identity.Allows ? Refused(DecisionReason.NoIdentityAllow)
            : limit ?? Allowed(DecisionReason.IdentityPolicy, identity);

        if (context.ResourceAccountId is { } account && account != caller.AccountId)
        {
            return byResource == PrincipalMatch.None ? Refused(DecisionReason.NoResourceAllow)
                : own.IsAllowed ? granted with { Reason = DecisionReason.BothAccounts }
                : own;
        }

        switch (byResource)
        {
            // What is granted to the caller itself, no missing allow takes away.
            case PrincipalMatch.Direct:
                return granted;

            // What is granted to the role, or to the user who federated, the session has within its limits.
            case PrincipalMatch.SessionOf:
                return limit ?? granted;

            // A role is assumed by who is trusted, whatever else allows it.
            case PrincipalMatch.None when IsTrust(policies.Resource):
                return Refused(DecisionReason.NoResourceAllow);

            // What is granted to the account, the account's own policies hand on.
            default:
                return own;
        }
    }

    private static PrincipalMatch Of(ResourceGrant grant) => grant switch
    {
        ResourceGrant.Everybody => PrincipalMatch.Direct,
        ResourceGrant.Account => PrincipalMatch.Account,
        _ => PrincipalMatch.None,
    };

    private static bool IsTrust(ImmutableArray<NamedPolicy> policies) =>
        policies is [{ Document.Kind: PolicyKind.Trust }, ..];

    private static PolicyDecision Refused(DecisionReason reason, NamedPolicy? policy = null) =>
        new(PolicyOutcome.ImplicitDeny, reason, policy, null);

    private static PolicyDecision Allowed(DecisionReason reason, Answer answer) =>
        new(PolicyOutcome.Allowed, reason, answer.Policy, answer.Evaluation.Statement);

    private static PolicyDecision? Denial(Answer answer) => answer.Evaluation.Verdict == PolicyVerdict.Deny
        ? new(PolicyOutcome.ExplicitDeny, DecisionReason.DenyStatement, answer.Policy, answer.Evaluation.Statement)
        : null;

    private static Answer Ask(
        ImmutableArray<NamedPolicy> policies, in PolicyContext context, bool hasBoundary, PolicyTrace? trace)
    {
        var answer = default(Answer);
        foreach (var policy in policies)
        {
            var next = Ask(policy, in context, hasBoundary, trace);
            if (next.Evaluation.Verdict > answer.Evaluation.Verdict || next.Principal > answer.Principal)
            {
                answer = next;
            }

            if (answer.Evaluation.Verdict == PolicyVerdict.Deny && trace is null)
            {
                break;
            }
        }

        return answer;
    }

    private static Answer Ask(NamedPolicy policy, in PolicyContext context, bool hasBoundary, PolicyTrace? trace) =>
        new(policy, policy.Document.Evaluate(in context, hasBoundary, trace, policy));

    /// <summary>What the policies of one kind say together.</summary>
    private readonly record struct Answer(NamedPolicy? Policy, PolicyEvaluation Evaluation)
    {
        public bool Allows => Evaluation.Verdict == PolicyVerdict.Allow;

        /// <summary>How closely an allow names the caller.</summary>
        public PrincipalMatch Principal => Allows ? Evaluation.Principal : PrincipalMatch.None;
    }
}
