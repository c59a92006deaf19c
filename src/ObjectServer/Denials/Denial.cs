using System.Collections.Immutable;
using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Observability;
using ObjectServer.Policies;

namespace ObjectServer.Denials;

/// <summary>One refusal and all that led to it. Holds no secret: no signature, no token, no key but its id.</summary>
internal sealed record Denial
{
    public required string RequestId { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>The ARN of the caller; <c>*</c> for nobody in particular.</summary>
    public required string Caller { get; init; }

    /// <summary>What kind of principal the caller is; null where a rule refused that asks nobody.</summary>
    public string? CallerKind { get; init; }

    /// <summary>The access key that signed; null where nobody did.</summary>
    public string? AccessKeyId { get; init; }

    /// <summary>E.g. <c>s3:GetObject</c>; the operation, where a rule refused it.</summary>
    public required string Action { get; init; }

    /// <summary>The ARN of what the action was about.</summary>
    public required string Resource { get; init; }

    /// <summary><c>ExplicitDeny</c> or <c>ImplicitDeny</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>Which rule decided.</summary>
    public required string Reason { get; init; }

    /// <summary>The policy and the statement that decided, or the rule; null where it was that none did.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>What else has a say in the bucket: its ownership, ACL and block of public access.</summary>
    public ImmutableArray<string> Circumstances { get; init; } = [];

    /// <summary>Every statement that was considered, in order.</summary>
    public ImmutableArray<ConsideredStatement> Statements { get; init; } = [];

    /// <summary>The condition keys that those statements ask for, and what the request has under them.</summary>
    public ImmutableArray<KeyValuePair<string, ImmutableArray<string>>> Conditions { get; init; } = [];

    /// <summary>A refusal by policies.</summary>
    /// <param name="requestId">Of the request.</param>
    /// <param name="time">When it was decided.</param>
    /// <param name="caller">Who signed, or nobody: then the principal asked.</param>
    /// <param name="context">What was asked for.</param>
    /// <param name="decision">The refusal.</param>
    /// <param name="trace">Of the same decision.</param>
    public static Denial Of(
        string requestId,
        DateTimeOffset time,
        Caller caller,
        in PolicyContext context,
        PolicyDecision decision,
        PolicyTrace trace)
    {
        var conditions = context.Conditions;
        return new()
        {
            RequestId = requestId,
            Time = time,
            Caller = caller.IsAnonymous ? context.Principal.Arn : caller.Arn,
            CallerKind = caller.IsAnonymous ? context.Principal.Kind.ToString() : caller.Kind.ToString(),
            AccessKeyId = caller.AccessKeyId,
            Action = context.Action,
            Resource = context.Resource.ToString(),
            Outcome = decision.Outcome.ToString(),
            Reason = decision.Reason.ToString(),
            DecidedBy = decision is { Policy: { } policy }
                ? decision.Statement is { } statement ? $"{policy}, {NameOf(statement)}" : policy.ToString()
                : null,
            Statements = [.. trace.Statements.Select(Considered)],
            Conditions = [.. trace.Statements
                .SelectMany(traced => traced.Statement.Conditions)
                .Select(condition => condition.Key)
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Select(key => KeyValuePair.Create(key, ValuesOf(conditions, key)))],
        };
    }

    /// <summary>A refusal by a rule that asks no policy.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="refusal">With the rule.</param>
    public static Denial ByRule(Exchange exchange, S3Error refusal) => new()
    {
        RequestId = exchange.RequestId,
        Time = exchange.Now,
        Caller = exchange.CallerArn ?? "*",
        AccessKeyId = exchange.AccessKeyId,
        Action = exchange.Operation,
        Resource = exchange switch
        {
            { Bucket: null } => "*",
            { Key: null } => $"arn:aws:s3:::{exchange.Bucket}",
            _ => $"arn:aws:s3:::{exchange.Bucket}/{exchange.Key}",
        },
        Outcome = PolicyOutcome.ExplicitDeny.ToString(),
        Reason = "Rule",
        DecidedBy = refusal.Why ?? refusal.Message,
    };

    private static ImmutableArray<string> ValuesOf(IConditionValues conditions, string key) =>
        conditions.TryGet(key, out var values) ? [.. Enumerable.Range(0, values.Count).Select(at => values[at])] : [];

    private static ConsideredStatement Considered(TracedStatement traced) => new(
        traced.Policy?.ToString() ?? "",
        NameOf(traced.Statement),
        traced.Statement.Effect.ToString(),
        traced.Failed == StatementElement.None,
        traced.Failed == StatementElement.None ? null
            : traced.Condition is { } condition ? $"Condition {condition}"
            : traced.Failed.ToString());

    private static string NameOf(PolicyStatement statement) =>
        statement.Sid is { } sid ? $"statement {statement.Index} ({sid})" : $"statement {statement.Index}";
}

/// <summary>A statement that was considered.</summary>
/// <param name="Policy">Where it stands.</param>
/// <param name="Statement">Its place from 0, and its Sid where it has one.</param>
/// <param name="Effect"><c>Allow</c> or <c>Deny</c>.</param>
/// <param name="Applies">Whether it applied.</param>
/// <param name="Failed">The element that did not match; null where all did.</param>
internal sealed record ConsideredStatement(
    string Policy, string Statement, string Effect, bool Applies, string? Failed);
