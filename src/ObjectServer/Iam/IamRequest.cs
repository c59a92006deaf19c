using System.Collections.Immutable;
using System.Text;
using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Policies;
using ObjectServer.Query;
using ObjectServer.Storage.Model;

namespace ObjectServer.Iam;

/// <summary>A request to IAM: its parameters, checked as they are read, and what the caller may do.</summary>
/// <param name="action">AWS's name of the operation.</param>
/// <param name="query">The request.</param>
/// <param name="directory">Where identities are.</param>
/// <param name="uses">When keys were last used.</param>
internal sealed class IamRequest(string action, QueryRequest query, IdentityDirectory directory, KeyUses uses)
{
    private const int DefaultPage = 100;
    private const int MaxPage = 1000;

    public Caller Caller => query.Caller;

    public DateTimeOffset Now => query.Now;

    public KeyUses Uses => uses;

    /// <summary>The directory as it was when the request began to be answered.</summary>
    public IdentitySnapshot Identities { get; } = directory.Current;

    /// <summary>All that the caller's account has.</summary>
    public AccountIdentities Account => Identities.FindAccount(Caller.AccountId)!;

    /// <summary>
    /// What every ARN of something in the caller's account begins with, e.g. up to <c>user/alice</c>.
    /// </summary>
    public string ArnOf(string resource) => $"arn:aws:iam::{Caller.AccountId}:{resource}";

    /// <inheritdoc cref="QueryParameters.Text"/>
    public string Text(string name, TextRule rule) => query.Parameters.Text(name, rule);

    /// <inheritdoc cref="QueryParameters.OptionalText"/>
    public string? OptionalText(string name, TextRule rule) => query.Parameters.OptionalText(name, rule);

    /// <inheritdoc cref="QueryParameters.Texts"/>
    public IReadOnlyList<string> Texts(string name, TextRule rule, bool isRequired = false) =>
        query.Parameters.Texts(name, rule, isRequired);

    /// <inheritdoc cref="QueryParameters.Number"/>
    public int? Number(string name, int min, int max) => query.Parameters.Number(name, min, max);

    /// <inheritdoc cref="QueryParameters.Flag"/>
    public bool Flag(string name) => query.Parameters.Flag(name);

    /// <summary>What each structure of a list begins with, e.g. <c>ContextEntries.member.1.</c></summary>
    public IReadOnlyList<string> Structures(string name, string part) => query.Parameters.FindStructures(name, part);

    /// <summary>The parameter <c>Tags</c>.</summary>
    /// <exception cref="S3Exception">ValidationError; InvalidInput: a key twice, or one of AWS's own.</exception>
    public ImmutableArray<Tag> Tags()
    {
        var tags = query.Parameters.Tags();
        if (tags.DistinctBy(tag => tag.Key, StringComparer.OrdinalIgnoreCase).Count() < tags.Length)
        {
            throw IamErrors.Input("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
        }

        return tags.Any(tag => tag.Key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            ? throw IamErrors.Input("System tags cannot be added/updated by requester.")
            : tags;
    }

    /// <summary>The page of a list that is asked for.</summary>
    /// <param name="all">The whole list, in the order of its keys.</param>
    /// <param name="keyOf">Unique in the list.</param>
    /// <param name="order">The order of the keys.</param>
    /// <exception cref="S3Exception">ValidationError.</exception>
    public IamPage<T> Page<T>(IEnumerable<T> all, Func<T, string> keyOf, StringComparer order)
    {
        var limit = Number("MaxItems", 1, MaxPage) ?? DefaultPage;
        var after = OptionalText("Marker", TextRule.Marker) is { } marker ? ReadMarker(marker) : null;
        var found = all.Where(one => after is null || order.Compare(keyOf(one), after) > 0).Take(limit + 1).ToList();
        return found.Count <= limit
            ? new(found, Marker: null)
            : new(found[..limit], Convert.ToBase64String(Encoding.UTF8.GetBytes(keyOf(found[limit - 1]))));
    }

    /// <summary>Refuses what the caller may not do.</summary>
    /// <param name="resource">The ARN of what it is done to, or <c>*</c>.</param>
    /// <param name="conditions">The condition keys that belong to the operation; null for none.</param>
    /// <exception cref="S3Exception">AccessDenied.</exception>
    public void Demand(string resource, ConditionTable? conditions = null)
    {
        var name = "iam:" + action;
        var decision = query.Decide(Caller.Policies, new PolicyContext
        {
            Principal = Caller.Principal,
            Action = name,
            Resource = resource,
            ResourceAccountId = Caller.AccountId,
            Conditions = new QueryConditions(query, conditions ?? new()),
        });
        if (!decision.IsAllowed)
        {
            throw new S3Exception(QueryErrors.AccessDenied.Saying(
                $"User: {Caller.Arn} is not authorized to perform: {name} on resource: {resource} "
                + Reason(decision, name)));
        }
    }

    /// <summary>Changes the caller's account: durable once this returns.</summary>
    /// <param name="decide">Looks, demands, changes; throws to change nothing. May run more than once.</param>
    /// <param name="cancellation">Ends the wait; a commit that has begun ends.</param>
    public ValueTask<T> ChangeAsync<T>(Func<IamChange, T> decide, CancellationToken cancellation) =>
        directory.ChangeAsync(change => decide(new(change, Caller.AccountId)), cancellation);

    /// <summary>The same where nothing is to be said of it.</summary>
    public async ValueTask<ResultWriter?> ChangeAsync(Action<IamChange> decide, CancellationToken cancellation)
    {
        await ChangeAsync(
            change =>
            {
                decide(change);
                return true;
            },
            cancellation);
        return null;
    }

    private static string ReadMarker(string marker)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(marker));
        }
        catch (FormatException)
        {
            throw new S3Exception(QueryErrors.ValidationError.Saying("Invalid Marker."));
        }
    }

    private static string Reason(PolicyDecision decision, string name) => decision switch
    {
        { Outcome: PolicyOutcome.ExplicitDeny, Policy.Source: PolicySource.Boundary } =>
            "with an explicit deny in a permissions boundary",
        { Outcome: PolicyOutcome.ExplicitDeny, Policy.Source: PolicySource.Session } =>
            "with an explicit deny in a session policy",
        { Outcome: PolicyOutcome.ExplicitDeny } => "with an explicit deny in an identity-based policy",
        { Reason: DecisionReason.NoBoundaryAllow } => $"because no permissions boundary allows the {name} action",
        { Reason: DecisionReason.NoSessionAllow } => $"because no session policy allows the {name} action",
        _ => $"because no identity-based policy allows the {name} action",
    };
}

/// <summary>A page of a list.</summary>
/// <param name="Members">What is on it.</param>
/// <param name="Marker">Where the next one begins; null where this is the last.</param>
internal sealed record IamPage<T>(IReadOnlyList<T> Members, string? Marker);

/// <summary>A change of one account that is being decided.</summary>
internal readonly struct IamChange(IdentityChange change, string accountId)
{
    /// <summary>When it is decided.</summary>
    public DateTimeOffset Now => change.Now;

    /// <summary>Everything, with the change so far.</summary>
    public IdentitySnapshot Identities => change.Identities;

    /// <summary>The account, with the change so far.</summary>
    public AccountIdentities Account => change.Identities.FindAccount(accountId)!;

    public void Put(IdentityDocument document) => change.Put(document);

    public void Put(AccessKey key) => change.Put(key);

    public void Remove(IdentityDocument document) => change.Remove(document);

    public void Remove(AccessKey key) => change.Remove(key);
}
