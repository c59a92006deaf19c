using System.Collections.Immutable;
using System.Globalization;
using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Policies;
using ObjectServer.Query;
using ObjectServer.Xml;

namespace ObjectServer.Iam;

/// <summary>
/// SimulatePrincipalPolicy, SimulateCustomPolicy: what the policy engine would decide, by the engine itself; and the
/// condition keys that policies ask for.
/// </summary>
internal static class SimulationOperations
{
    private static readonly TextRule Handling = TextRule.OneOf(
        "EC2-VPC-InstanceStore", "EC2-VPC-InstanceStore-Subnet", "EC2-VPC-EBS", "EC2-VPC-EBS-Subnet");

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html</remarks>
    public static ValueTask<ResultWriter?> SimulateCustomAsync(IamRequest request, CancellationToken cancellation)
    {
        request.Demand("*");
        var given = ReadPolicies(request, "PolicyInputList", PolicySource.UserInline, isRequired: true);
        var caller = ReadCaller(request) ?? PrincipalOf(request, request.ArnOf("user/simulated"));
        return Simulate(request, new Subject(given, Boundary: null, caller, Caller: null));
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html</remarks>
    public static ValueTask<ResultWriter?> SimulatePrincipalAsync(IamRequest request, CancellationToken cancellation)
    {
        var arn = request.Text("PolicySourceArn", TextRule.Arn);
        request.Demand(arn);
        var subject = FindSubject(request, arn);
        return Simulate(request, subject with
        {
            Policies = subject.Policies.AddRange(
                ReadPolicies(request, "PolicyInputList", PolicySource.UserInline, isRequired: false)),
            Principal = ReadCaller(request) ?? subject.Principal,
        });
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForCustomPolicy.html</remarks>
    public static ValueTask<ResultWriter?> GetKeysOfCustomAsync(IamRequest request, CancellationToken cancellation)
    {
        request.Demand("*");
        return Keys(ReadPolicies(request, "PolicyInputList", PolicySource.UserInline, isRequired: true));
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForPrincipalPolicy.html</remarks>
    public static ValueTask<ResultWriter?> GetKeysOfPrincipalAsync(IamRequest request, CancellationToken cancellation)
    {
        var arn = request.Text("PolicySourceArn", TextRule.Arn);
        request.Demand(arn);
        return Keys(FindSubject(request, arn).Policies.AddRange(
            ReadPolicies(request, "PolicyInputList", PolicySource.UserInline, isRequired: false)));
    }

    private static ValueTask<ResultWriter?> Simulate(IamRequest request, Subject subject)
    {
        var actions = request.Texts("ActionNames", TextRule.ActionName, isRequired: true);
        var resources = request.Texts("ResourceArns", TextRule.ResourceName) is { Count: > 0 } named ? named : ["*"];
        var owner = request.OptionalText("ResourceOwner", TextRule.ResourceName);
        if (request.OptionalText("ResourceHandlingOption", Handling) is not null)
        {
            throw IamErrors.Input("ResourceHandlingOption is for simulations of EC2, which this server is not.");
        }

        var bounds = ReadPolicies(
            request, "PermissionsBoundaryPolicyInputList", PolicySource.Boundary, isRequired: false);
        var boundary = bounds.IsEmpty ? subject.Boundary : bounds[0];
        var resource = request.OptionalText("ResourcePolicy", TextRule.Document) is { } text
            ? new Source(
                new(PolicySource.Resource, "ResourcePolicy", Owner: null,
                    PolicyParameter.Checked(text, PolicyKind.Resource).Document),
                text)
            : null;
        var policies = new PolicySet
        {
            Identity = [.. subject.Policies.Select(source => source.Policy)],
            Boundary = boundary?.Policy,
            Resource = resource is null ? [] : [resource.Policy],
        };
        var context = ReadContext(request);
        var conditions = new SimulatedConditions(context, subject.Caller, request.Now);
        ImmutableArray<Source> sources = [.. subject.Policies, .. Some(boundary), .. Some(resource)];
        var results = actions
            .SelectMany(action => resources.Select(named => (Action: action, Resource: named)))
            .Select((pair, at) => (pair.Action, pair.Resource, At: at))
            .ToList();
        var page = request.Page(
            results, one => one.At.ToString("d9", CultureInfo.InvariantCulture), StringComparer.Ordinal);
        return new(xml => xml.Page("EvaluationResults", page, (member, one) =>
        {
            var trace = new PolicyTrace();
            var decision = PolicyDecision.Decide(
                policies,
                new PolicyContext
                {
                    Principal = subject.Principal,
                    Action = one.Action,
                    Resource = one.Resource,
                    ResourceAccountId = AccountOf(owner) ?? request.Caller.AccountId,
                    Conditions = conditions,
                },
                trace: trace);
            Write(member, one.Action, one.Resource, decision, trace, sources, conditions, boundary);
        }));
    }

    private static void Write(
        S3XmlWriter xml,
        string action,
        string resource,
        PolicyDecision decision,
        PolicyTrace trace,
        ImmutableArray<Source> sources,
        SimulatedConditions conditions,
        Source? boundary)
    {
        // Those that decide: what allowed where it is allowed, what denied where a statement denies.
        PolicyEffect? effect = decision.Outcome switch
        {
            PolicyOutcome.Allowed => PolicyEffect.Allow,
            PolicyOutcome.ExplicitDeny => PolicyEffect.Deny,
            _ => null,
        };
        var applied = trace.Statements.Where(traced => traced.Failed == StatementElement.None).ToList();
        xml.Element("EvalActionName", action)
            .Element("EvalResourceName", resource)
            .Element("EvalDecision", decision.Outcome switch
            {
                PolicyOutcome.Allowed => "allowed",
                PolicyOutcome.ExplicitDeny => "explicitDeny",
                _ => "implicitDeny",
            })
            .List(
                "MatchedStatements",
                applied.Where(traced => traced.Statement.Effect == effect),
                (member, traced) => WriteStatement(member, traced, sources))
            .List(
                "MissingContextValues",
                sources.SelectMany(source => source.Policy.Document.ConditionKeys)
                    .Distinct(StringComparer.OrdinalIgnoreCase)
                    .Where(key => !conditions.TryGet(key, out _)));
        if (boundary is not null)
        {
            var ofBoundary = applied.Where(traced => traced.Policy == boundary.Policy).ToList();
            xml.Start("PermissionsBoundaryDecisionDetail")
                .Element(
                    "AllowedByPermissionsBoundary",
                    ofBoundary.Count > 0 && ofBoundary.All(traced => traced.Statement.Effect == PolicyEffect.Allow))
                .End("PermissionsBoundaryDecisionDetail");
        }
    }

    private static void WriteStatement(S3XmlWriter xml, TracedStatement traced, ImmutableArray<Source> sources)
    {
        var policy = traced.Policy!;
        xml.Element("SourcePolicyId", IdentityArn.Parse(policy.Name)?.Name ?? policy.Name)
            .Element("SourcePolicyType", policy.Source switch
            {
                PolicySource.Resource => "resource",
                _ when policy.Name.StartsWith("arn:aws:iam::aws:", StringComparison.Ordinal) => "aws-managed",
                _ when policy.Name.StartsWith("arn:", StringComparison.Ordinal) => "user-managed",
                PolicySource.UserInline => "user",
                PolicySource.GroupInline => "group",
                PolicySource.RoleInline => "role",
                _ => "none",
            });
        if (sources.FirstOrDefault(source => source.Policy == policy) is { } source)
        {
            var (start, end) = StatementPositions.Find(source.Text, traced.Statement.Index);
            WritePosition(xml, "StartPosition", start);
            WritePosition(xml, "EndPosition", end);
        }
    }

    private static void WritePosition(S3XmlWriter xml, string name, TextPosition position) => xml
        .Start(name)
        .Element("Line", position.Line)
        .Element("Column", position.Column)
        .End(name);

    private static ValueTask<ResultWriter?> Keys(ImmutableArray<Source> sources)
    {
        var keys = sources.SelectMany(source => source.Policy.Document.ConditionKeys)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.OrdinalIgnoreCase)
            .ToList();
        return new(xml => xml.List("ContextKeyNames", keys));
    }

    /// <summary>The policies of a user, a group or a role, as its requests would meet them.</summary>
    /// <exception cref="S3Exception">NoSuchEntity, InvalidInput.</exception>
    private static Subject FindSubject(IamRequest request, string arn)
    {
        var (all, identities) = (request.Account, request.Identities);
        if (IdentityArn.Parse(arn) is not { } parsed || parsed.AccountId != request.Caller.AccountId)
        {
            throw IamErrors.Input($"Invalid Entity Arn: {arn} does not clearly define entity type and name.");
        }

        switch (parsed.Kind)
        {
            case "user" when identities.FindUser(arn) is { } user:
                return SubjectOf(
                    identities, Callers.Of(identities, user, accessKeyId: null), [user, .. all.GroupsOf(user)]);
            case "role" when identities.FindRole(arn) is { } role:
                return SubjectOf(identities, Callers.Of(identities, role, "simulated", provider: null), [role]);
            case "group" when identities.FindGroup(arn) is { } group:
                // Whoever is in the group and has no policies of its own.
                var member = new User
                {
                    AccountId = group.AccountId,
                    Created = default,
                    Id = "",
                    Name = "simulated",
                    Groups = [group.Id],
                };
                var caller = Callers.Of(identities, member, accessKeyId: null);
                return SubjectOf(identities, caller, [group]) with { Caller = null };
            case "user" or "role" or "group":
                throw IamErrors.NotFound($"The {parsed.Kind} with name {parsed.Name} cannot be found.");
            default:
                throw IamErrors.Input($"Invalid Entity Arn: {arn} does not clearly define entity type and name.");
        }
    }

    private static Subject SubjectOf(
        IdentitySnapshot identities, Caller caller, IReadOnlyCollection<PolicyHolder> holders)
    {
        var texts = holders.SelectMany(holder => holder.InlinePolicies.Values)
            .Concat(holders
                .SelectMany(holder => holder.AttachedPolicies.Concat(Some(AttachmentOperations.BoundaryOf(holder))))
                .Select(arn => identities.FindPolicy(arn)?.Text)
                .OfType<PolicyText>())
            .DistinctBy(text => text.Document)
            .ToDictionary(text => text.Document, text => text.Text);
        return new(
            [.. caller.Policies.Identity.Select(SourceOf)],
            caller.Policies.Boundary is { } boundary ? SourceOf(boundary) : null,
            caller.Principal,
            caller);

        Source SourceOf(NamedPolicy policy) => new(policy, texts.GetValueOrDefault(policy.Document) ?? "");
    }

    private static ImmutableArray<Source> ReadPolicies(
        IamRequest request, string name, PolicySource source, bool isRequired)
    {
        var sources = ImmutableArray.CreateBuilder<Source>();
        foreach (var (number, text) in request.Texts(name, TextRule.Document, isRequired).Index())
        {
            sources.Add(new(
                new(
                    source,
                    $"{name}.{number + 1}",
                    Owner: null,
                    PolicyParameter.Checked(text, PolicyKind.Identity).Document),
                text));
        }

        return sources.ToImmutable();
    }

    private static PolicyPrincipal? ReadCaller(IamRequest request) =>
        request.OptionalText("CallerArn", TextRule.ResourceName) is { } arn ? PrincipalOf(request, arn) : null;

    /// <exception cref="S3Exception">InvalidInput.</exception>
    private static PolicyPrincipal PrincipalOf(IamRequest request, string arn)
    {
        if (IdentityArn.Parse(arn) is not { Kind: "user" } parsed)
        {
            throw IamErrors.Input($"Invalid CallerArn: {arn} is not the ARN of a user.");
        }

        var canonicalId = request.Identities.FindAccount(parsed.AccountId)?.Account.CanonicalId
            ?? Account.CanonicalIdOf(parsed.AccountId);
        return PolicyPrincipal.User(parsed.AccountId, canonicalId, arn);
    }

    private static ConditionTable ReadContext(IamRequest request)
    {
        var context = new ConditionTable();
        foreach (var prefix in request.Structures("ContextEntries", "ContextKeyName"))
        {
            context.With(
                request.Text(prefix + "ContextKeyName", TextRule.ResourceName),
                [.. request.Texts(prefix + "ContextKeyValues", TextRule.PolicyDescription)]);
        }

        return context;
    }

    private static string? AccountOf(string? owner) => owner?.Split(':') switch
    {
        null => null,
        [var id] => id,
        [_, _, _, _, var id, ..] => id,
        _ => owner,
    };

    private static IEnumerable<T> Some<T>(T? one)
        where T : class => one is null ? [] : [one];

    /// <summary>A policy and its text.</summary>
    private sealed record Source(NamedPolicy Policy, string Text);

    /// <summary>Whose requests are simulated.</summary>
    private sealed record Subject(
        ImmutableArray<Source> Policies, Source? Boundary, PolicyPrincipal Principal, Caller? Caller);

    /// <summary>What the request gave, and what is known of the caller.</summary>
    private sealed class SimulatedConditions(ConditionTable given, Caller? caller, DateTimeOffset now)
        : IConditionValues
    {
        public bool TryGet(string key, out ConditionValues values) =>
            given.TryGet(key, out values)
            || (caller is not null && CallerConditions.TryGet(caller, now, key, out values));
    }
}
