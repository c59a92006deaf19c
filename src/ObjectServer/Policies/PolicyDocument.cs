using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ObjectServer.Policies;

/// <summary>What one policy says of a request.</summary>
internal enum PolicyVerdict
{
    /// <summary>No statement applies.</summary>
    NoMatch,

    /// <summary>A statement allows it, and none denies.</summary>
    Allow,

    /// <summary>A statement denies it.</summary>
    Deny,
}

/// <summary>What one policy says of a request, and which of its statements says it.</summary>
/// <param name="Verdict">What it says.</param>
/// <param name="Statement">The first that says it, for Allow the first of the closest; null for NoMatch.</param>
/// <param name="Principal">For Allow: how closely that statement names the caller.</param>
internal readonly record struct PolicyEvaluation(
    PolicyVerdict Verdict, PolicyStatement? Statement, PrincipalMatch Principal);

/// <summary>A policy document, checked and compiled. Does not change.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html</remarks>
internal sealed class PolicyDocument
{
    /// <summary>Condition keys whose values a body may bring, or what their names begin with.</summary>
    private static readonly string[] ContentKeys =
    [
        "aws:RequestTag/", "aws:TagKeys", "s3:LocationConstraint", "s3:RequestObjectTag/", "s3:RequestObjectTagKeys",
        "s3:object-lock-",
    ];

    private bool? _asksForExistingTags;
    private bool? _asksForContent;

    public required PolicyKind Kind { get; init; }

    /// <summary>The document's name for itself; null without one.</summary>
    public string? Id { get; init; }

    /// <summary>The version of the language: 2008-10-17, also where none is given, or 2012-10-17.</summary>
    public required string Version { get; init; }

    public required ImmutableArray<PolicyStatement> Statements { get; init; }

    /// <summary>How many characters the document has as IAM's limits count them: white space left out.</summary>
    public required int Characters { get; init; }

    /// <summary>The condition keys that conditions and variables ask for, as the document spells them.</summary>
    public IReadOnlyCollection<string> ConditionKeys
    {
        get
        {
            var keys = new SortedSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var statement in Statements)
            {
                keys.UnionWith(statement.Resources.SelectMany(resource => resource.Variables));
                foreach (var condition in statement.Conditions)
                {
                    keys.Add(condition.Key);
                    keys.UnionWith(condition.Tests.SelectMany(test => test.Variables));
                }
            }

            return keys;
        }
    }

    /// <summary>Whether a tag of the object that a request is about has a say: it has to be looked up first.</summary>
    public bool AsksForExistingTags => _asksForExistingTags ??= ConditionKeys.Any(
        key => key.StartsWith("s3:ExistingObjectTag/", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether what the body of a request says may have a say: it has to be read first.</summary>
    public bool AsksForContent => _asksForContent ??= ConditionKeys.Any(
        key => ContentKeys.Any(asked => key.StartsWith(asked, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Reads a document.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="kind">What it is attached to.</param>
    /// <param name="maxBytes">How long it may be.</param>
    /// <exception cref="PolicyException">It is no policy of that kind.</exception>
    public static PolicyDocument Parse(ReadOnlySpan<byte> json, PolicyKind kind, int maxBytes) =>
        PolicyReader.Read(json, kind, maxBytes);

    /// <inheritdoc cref="Parse(ReadOnlySpan{byte}, PolicyKind, int)"/>
    public static PolicyDocument Parse(string json, PolicyKind kind, int maxBytes) =>
        Parse(Encoding.UTF8.GetBytes(json), kind, maxBytes);

    /// <summary>Reads a document that may be none.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="kind">What it is attached to.</param>
    /// <param name="maxBytes">How long it may be.</param>
    /// <param name="policy">The policy, if it is one.</param>
    /// <param name="error">Why it is none.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> json,
        PolicyKind kind,
        int maxBytes,
        [NotNullWhen(true)] out PolicyDocument? policy,
        [NotNullWhen(false)] out PolicyError? error)
    {
        try
        {
            (policy, error) = (Parse(json, kind, maxBytes), null);
            return true;
        }
        catch (PolicyException malformed)
        {
            (policy, error) = (null, malformed.Error);
            return false;
        }
    }

    /// <summary>What this policy alone says of a request.</summary>
    /// <param name="context">The request.</param>
    public PolicyEvaluation Evaluate(in PolicyContext context) => Evaluate(in context, hasBoundary: false, null, null);

    /// <summary>What this policy alone says of a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="hasBoundary">Whether the caller has a permissions boundary.</param>
    /// <param name="trace">Where each statement is recorded with what failed of it; null: nowhere.</param>
    /// <param name="source">What the policy is called in the trace.</param>
    public PolicyEvaluation Evaluate(
        in PolicyContext context, bool hasBoundary, PolicyTrace? trace, NamedPolicy? source)
    {
        var allow = default(PolicyEvaluation);
        var deny = default(PolicyEvaluation);
        foreach (var statement in Statements)
        {
            // Of no use any more: an allow as close as can be is found already.
            if (statement.Effect == PolicyEffect.Allow && allow.Principal == PrincipalMatch.Direct && trace is null)
            {
                continue;
            }

            var failed = statement.Match(in context, hasBoundary, out var principal, out var condition);
            trace?.Add(new(source, statement, failed, condition));
            if (failed != StatementElement.None)
            {
                continue;
            }

            if (statement.Effect == PolicyEffect.Deny)
            {
                if (deny.Statement is null)
                {
                    deny = new(PolicyVerdict.Deny, statement, principal);
                }

                if (trace is null)
                {
                    return deny;
                }
            }
            else if (principal > allow.Principal)
            {
                allow = new(PolicyVerdict.Allow, statement, principal);
            }
        }

        return deny.Statement is null ? allow : deny;
    }
}
