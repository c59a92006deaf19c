using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ObjectServer.Policies;

namespace ObjectServer.Tests.Policies;

/// <summary>
/// A small language for rows of decisions, so that a row shows what matters of it.
/// </summary>
/// <remarks>
/// <para>
/// A statement: <c>Allow [for PRINCIPALS] ACTIONS [on RESOURCES] [if CONDITION]</c>. Lists are parted by <c>|</c>; one that
/// begins with <c>not:</c> is the element's negation. A principal is <c>*</c> or <c>TYPE=NAME</c>; a condition is JSON
/// with single quotes. Statements are parted by <c> + </c>. A resource without <c>arn:</c> is a bucket's or an object's.
/// </para>
/// <para>Keys: <c>key=value; key=[one|two]; key=[]</c>.</para>
/// <para>
/// A decision: its reason, and the index of the statement if one decides: <c>IdentityPolicy 0</c>.
/// </para>
/// </remarks>
internal sealed record Scene
{
    public const string Home = "111122223333";
    public const string Abroad = "444455556666";
    public const string HomeCanonicalId = "1111111111111111111111111111111111111111111111111111111111111111";
    public const string AbroadCanonicalId = "4444444444444444444444444444444444444444444444444444444444444444";

    private const string S3 = "arn:aws:s3:::";

    /// <summary>Who may ask, by the name that rows use.</summary>
    private static readonly Dictionary<string, PolicyPrincipal> Callers = new()
    {
        ["root"] = PolicyPrincipal.Root(Home, HomeCanonicalId),
        ["alice"] = PolicyPrincipal.User(Home, HomeCanonicalId, "arn:aws:iam::111122223333:user/staff/alice"),
        ["worker"] = PolicyPrincipal.RoleSession(
            Home,
            HomeCanonicalId,
            "arn:aws:iam::111122223333:role/jobs/worker",
            "arn:aws:sts::111122223333:assumed-role/worker/night",
            "cognito-identity.amazonaws.com"),
        ["guest"] = PolicyPrincipal.FederatedUser(
            Home,
            HomeCanonicalId,
            "arn:aws:iam::111122223333:user/staff/alice",
            "arn:aws:sts::111122223333:federated-user/guest"),
        ["rootguest"] = PolicyPrincipal.FederatedUser(
            Home,
            HomeCanonicalId,
            "arn:aws:iam::111122223333:root",
            "arn:aws:sts::111122223333:federated-user/rootguest"),
        ["bob"] = PolicyPrincipal.User(Abroad, AbroadCanonicalId, "arn:aws:iam::444455556666:user/bob"),
        ["bobroot"] = PolicyPrincipal.Root(Abroad, AbroadCanonicalId),
        ["robot"] = PolicyPrincipal.RoleSession(
            Abroad,
            AbroadCanonicalId,
            "arn:aws:iam::444455556666:role/robot",
            "arn:aws:sts::444455556666:assumed-role/robot/one"),
        ["anonymous"] = PolicyPrincipal.Anonymous,
        ["logging"] = PolicyPrincipal.Service("logging.s3.amazonaws.com"),
        ["cognito"] = PolicyPrincipal.Federated("cognito-identity.amazonaws.com"),
    };

    public string Caller { get; init; } = "alice";

    public string Action { get; init; } = "s3:GetObject";

    public string Resource { get; init; } = "bucket/key";

    /// <summary>Null: nobody's.</summary>
    public string? Owner { get; init; } = Home;

    public string Keys { get; init; } = "";

    public string? Identity { get; init; }

    public string? Boundary { get; init; }

    public string? Session { get; init; }

    public string? Bucket { get; init; }

    public string? Trust { get; init; }

    public ResourceGrant Grant { get; init; }

    public string Version { get; init; } = "2012-10-17";

    /// <summary>A document of statements in the language of rows.</summary>
    public static PolicyDocument Document(PolicyKind kind, string statements, string version = "2012-10-17") =>
        PolicyDocument.Parse(
            $$"""{"Version":"{{version}}","Statement":[{{string.Join(',', statements.Split(" + ").Select(Json))}}]}""",
            kind,
            maxBytes: 64 * 1024);

    public static ConditionTable Table(string keys)
    {
        var table = new ConditionTable();
        foreach (var pair in keys.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = pair.Split('=', 2) is [var left, var right] ? (left, right) : (pair, "");
            table = value switch
            {
                "[]" => table.With(key),
                ['[', .., ']'] => table.With(key, value[1..^1].Split('|')),
                _ => table.With(key, value),
            };
        }

        return table;
    }

    /// <summary>What is decided, in the language of rows.</summary>
    public string Decide(PolicyTrace? trace = null)
    {
        var set = new PolicySet
        {
            Identity = Named(PolicySource.UserInline, PolicyKind.Identity, Identity),
            Boundary = Named(PolicySource.Boundary, PolicyKind.Boundary, Boundary).FirstOrDefault(),
            Session = Named(PolicySource.Session, PolicyKind.Session, Session),
            Resource = Trust is null
                ? Named(PolicySource.Resource, PolicyKind.Resource, Bucket)
                : Named(PolicySource.Resource, PolicyKind.Trust, Trust),
        };
        var context = new PolicyContext
        {
            Principal = Callers[Caller],
            Action = Action,
            Resource = Arn(Resource),
            ResourceAccountId = Owner,
            Conditions = Table(Keys),
        };
        var decision = PolicyDecision.Decide(set, in context, Grant, trace);
        Assert.Equal(
            decision.Reason switch
            {
                DecisionReason.DenyStatement => PolicyOutcome.ExplicitDeny,
                >= DecisionReason.NoIdentityAllow => PolicyOutcome.ImplicitDeny,
                _ => PolicyOutcome.Allowed,
            },
            decision.Outcome);
        if (decision.Statement is not null)
        {
            Assert.Contains(decision.Statement, decision.Policy!.Document.Statements);
        }

        return decision.Statement is null
            ? $"{decision.Reason}"
            : string.Create(CultureInfo.InvariantCulture, $"{decision.Reason} {decision.Statement.Index}");
    }

    /// <summary>
    /// Whether a condition holds: by a statement that allows with it, and by one that denies with it.
    /// </summary>
    public static bool Holds(string condition, string keys, string version = "2012-10-17")
    {
        var scene = new Scene { Identity = $"Allow s3:* on * if {condition}", Keys = keys, Version = version };
        var holds = scene.Decide() == "IdentityPolicy 0";
        var denying = scene with { Identity = $"Allow s3:* on * + Deny s3:* on * if {condition}" };
        Assert.Equal(holds ? "DenyStatement 1" : "IdentityPolicy 0", denying.Decide());

        // With a trace, the same.
        Assert.Equal(holds ? "DenyStatement 1" : "IdentityPolicy 0", denying.Decide(new()));
        return holds;
    }

    private static string Arn(string resource) =>
        resource == "*" || resource.StartsWith("arn:", StringComparison.Ordinal) ? resource : S3 + resource;

    private ImmutableArray<NamedPolicy> Named(PolicySource source, PolicyKind kind, string? statements) =>
        statements is null ? [] : [new(source, "policy", "owner", Document(kind, statements, Version))];

    private static string Json(string statement)
    {
        var (head, condition) = statement.Split(" if ", 2) is [var left, var right] ? (left, right) : (statement, null);
        var words = head.Split(' ');
        var effect = words[0];
        var at = 1;
        var text = new StringBuilder($"{{\"Effect\":\"{effect}\"");
        if (words[at] == "for")
        {
            text.Append(Element("Principal", words[at + 1], Principals));
            at += 2;
        }

        text.Append(Element("Action", words[at], items => JsonSerializer.Serialize(items)));
        if (at + 1 < words.Length)
        {
            Assert.Equal("on", words[at + 1]);

            // What follows may have spaces.
            var resources = string.Join(' ', words[(at + 2)..]);
            text.Append(Element("Resource", resources, items => JsonSerializer.Serialize(items.Select(Arn))));
        }

        if (condition is not null)
        {
            text.Append(",\"Condition\":").Append(condition.Replace('\'', '"').Replace('`', '\''));
        }

        return text.Append('}').ToString();
    }

    private static string Element(string name, string list, Func<string[], string> write)
    {
        const string Not = "not:";
        var isNot = list.StartsWith(Not, StringComparison.Ordinal);
        var items = (isNot ? list[Not.Length..] : list).Split('|');
        return $",\"{(isNot ? "Not" : "")}{name}\":{write(items)}";
    }

    private static string Principals(string[] items) => items is ["*"]
        ? "\"*\""
        : JsonSerializer.Serialize(items
            .Select(item => item.Split('=', 2))
            .GroupBy(item => item[0], item => item[1])
            .ToDictionary(group => group.Key, group => group.ToArray()));
}
