using System.Globalization;
using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Policies;
using ObjectServer.Query;

namespace ObjectServer.Iam;

/// <summary>How often a managed policy is used.</summary>
/// <param name="Attached">Users, groups and roles that have it.</param>
/// <param name="Bounding">Users and roles that it bounds.</param>
internal readonly record struct PolicyCounts(int Attached, int Bounding)
{
    /// <summary>Of every policy that an account uses, by ARN.</summary>
    public static Dictionary<string, PolicyCounts> In(AccountIdentities account)
    {
        var counts = new Dictionary<string, PolicyCounts>(StringComparer.Ordinal);
        foreach (var holder in account.Holders)
        {
            foreach (var arn in holder.AttachedPolicies)
            {
                var count = counts.GetValueOrDefault(arn);
                counts[arn] = count with { Attached = count.Attached + 1 };
            }

            if (AttachmentOperations.BoundaryOf(holder) is { } bound)
            {
                var count = counts.GetValueOrDefault(bound);
                counts[bound] = count with { Bounding = count.Bounding + 1 };
            }
        }

        return counts;
    }
}

/// <summary>CreatePolicy, GetPolicy, ListPolicies, DeletePolicy, and the versions of policies.</summary>
internal static class ManagedPolicyOperations
{
    private static readonly TextRule Scopes = TextRule.OneOf("All", "AWS", "Local");
    private static readonly TextRule Usages = TextRule.OneOf("PermissionsPolicy", "PermissionsBoundary");

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html</remarks>
    public static async ValueTask<ResultWriter?> CreateAsync(IamRequest request, CancellationToken cancellation)
    {
        var name = request.Text("PolicyName", TextRule.PolicyName);
        var path = request.OptionalText("Path", TextRule.Path) ?? "/";
        var description = request.OptionalText("Description", TextRule.PolicyDescription);
        var document = ReadDocument(request);
        var tags = request.Tags();
        var made = await request.ChangeAsync(
            change =>
            {
                var policy = new ManagedPolicy
                {
                    AccountId = request.Caller.AccountId,
                    Created = change.Now,
                    Updated = change.Now,
                    Id = UniqueIds.Policy(),
                    Name = name,
                    Path = path,
                    Description = description,
                    Versions = [new(1, document, change.Now)],
                    DefaultVersion = 1,
                    NextVersion = 2,
                    Tags = tags,
                };
                request.Demand(policy.Arn, IamLookup.Requested(tags));
                if (change.Account.Policies.ContainsKey(name))
                {
                    throw IamErrors.Exists($"A policy called {name} already exists. Duplicate names are not allowed.");
                }

                if (change.Account.Policies.Count >= IamQuotas.Policies)
                {
                    throw IamErrors.Quota("PoliciesPerAccount", IamQuotas.Policies);
                }

                TagOperations.DemandQuota(tags);
                change.Put(policy);
                return policy;
            },
            cancellation);
        return xml =>
        {
            xml.Start("Policy");
            IamXml.Policy(xml, made, default, isWhole: true);
            xml.End("Policy");
        };
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html</remarks>
    public static ValueTask<ResultWriter?> GetAsync(IamRequest request, CancellationToken cancellation)
    {
        var policy = IamLookup.Policy(request, request.Identities, request.Text("PolicyArn", TextRule.Arn));
        var counts = PolicyCounts.In(request.Account).GetValueOrDefault(policy.Arn);
        return new(xml =>
        {
            xml.Start("Policy");
            IamXml.Policy(xml, policy, counts, isWhole: true);
            xml.End("Policy");
        });
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html</remarks>
    public static ValueTask<ResultWriter?> ListAsync(IamRequest request, CancellationToken cancellation)
    {
        var scope = request.OptionalText("Scope", Scopes) ?? "All";
        var isAttached = request.Flag("OnlyAttached");
        var usage = request.OptionalText("PolicyUsageFilter", Usages);
        var prefix = request.OptionalText("PathPrefix", TextRule.PathPrefix) ?? "/";
        request.Demand(request.ArnOf("policy" + prefix));
        var counts = PolicyCounts.In(request.Account);
        var page = request.Page(
            (scope == "AWS" ? [] : request.Account.Policies.Values)
                .Concat(scope == "Local" ? [] : AwsManagedPolicies.All)
                .Where(policy => policy.Path.StartsWith(prefix, StringComparison.Ordinal))
                .Where(policy => counts.GetValueOrDefault(policy.Arn) is var count
                    && (!isAttached || count.Attached > 0)
                    && (usage is null || (usage == "PermissionsPolicy" ? count.Attached > 0 : count.Bounding > 0)))
                .OrderBy(policy => policy.Arn, StringComparer.Ordinal),
            policy => policy.Arn,
            StringComparer.Ordinal);
        return new(xml => xml.Page("Policies", page, (member, policy) => IamXml.Policy(
            member, policy, counts.GetValueOrDefault(policy.Arn), isWhole: false)));
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html</remarks>
    public static ValueTask<ResultWriter?> DeleteAsync(IamRequest request, CancellationToken cancellation)
    {
        var arn = request.Text("PolicyArn", TextRule.Arn);
        return request.ChangeAsync(
            change =>
            {
                var policy = IamLookup.OwnPolicy(request, change.Identities, arn);
                if (PolicyCounts.In(change.Account).GetValueOrDefault(arn) != default)
                {
                    throw IamErrors.Conflict("Cannot delete a policy attached to entities.");
                }

                if (policy.Versions.Length > 1)
                {
                    throw IamErrors.Conflict(
                        "This policy has more than one version. Before you delete a policy, you must delete the "
                        + "policy's versions. The default version is deleted with the policy.");
                }

                change.Remove(policy);
            },
            cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html</remarks>
    public static async ValueTask<ResultWriter?> CreateVersionAsync(
        IamRequest request, CancellationToken cancellation)
    {
        var arn = request.Text("PolicyArn", TextRule.Arn);
        var document = ReadDocument(request);
        var isDefault = request.Flag("SetAsDefault");
        var (policy, version) = await request.ChangeAsync(
            change =>
            {
                var found = IamLookup.OwnPolicy(request, change.Identities, arn);
                if (found.Versions.Length >= IamQuotas.VersionsPerPolicy)
                {
                    throw IamErrors.Limited(
                        $"A managed policy can have up to {IamQuotas.VersionsPerPolicy} versions. Before you create a "
                        + "new version, you must delete an existing version.");
                }

                var made = new PolicyVersion(found.NextVersion, document, change.Now);
                var changed = found with
                {
                    Versions = found.Versions.Add(made),
                    NextVersion = found.NextVersion + 1,
                    DefaultVersion = isDefault ? made.Number : found.DefaultVersion,
                    Updated = change.Now,
                };
                change.Put(changed);
                return (changed, made);
            },
            cancellation);
        return xml =>
        {
            xml.Start("PolicyVersion");
            IamXml.Version(xml, policy, version, withDocument: false);
            xml.End("PolicyVersion");
        };
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html</remarks>
    public static ValueTask<ResultWriter?> GetVersionAsync(IamRequest request, CancellationToken cancellation)
    {
        var arn = request.Text("PolicyArn", TextRule.Arn);
        var id = request.Text("VersionId", TextRule.VersionId);
        var policy = IamLookup.Policy(request, request.Identities, arn);
        var version = FindVersion(policy, id);
        return new(xml =>
        {
            xml.Start("PolicyVersion");
            IamXml.Version(xml, policy, version, withDocument: true);
            xml.End("PolicyVersion");
        });
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyVersions.html</remarks>
    public static ValueTask<ResultWriter?> ListVersionsAsync(IamRequest request, CancellationToken cancellation)
    {
        var policy = IamLookup.Policy(request, request.Identities, request.Text("PolicyArn", TextRule.Arn));

        // Newest first; the key counts down, so that it counts up with the list.
        var page = request.Page(
            policy.Versions.OrderByDescending(version => version.Number),
            version => (int.MaxValue - version.Number).ToString("d10", CultureInfo.InvariantCulture),
            StringComparer.Ordinal);
        return new(xml => xml.Page("Versions", page, (member, version) => IamXml.Version(
            member, policy, version, withDocument: false)));
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_SetDefaultPolicyVersion.html</remarks>
    public static ValueTask<ResultWriter?> SetDefaultVersionAsync(
        IamRequest request, CancellationToken cancellation)
    {
        var arn = request.Text("PolicyArn", TextRule.Arn);
        var id = request.Text("VersionId", TextRule.VersionId);
        return request.ChangeAsync(
            change =>
            {
                var policy = IamLookup.OwnPolicy(request, change.Identities, arn);
                change.Put(policy with { DefaultVersion = FindVersion(policy, id).Number, Updated = change.Now });
            },
            cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicyVersion.html</remarks>
    public static ValueTask<ResultWriter?> DeleteVersionAsync(IamRequest request, CancellationToken cancellation)
    {
        var arn = request.Text("PolicyArn", TextRule.Arn);
        var id = request.Text("VersionId", TextRule.VersionId);
        return request.ChangeAsync(
            change =>
            {
                var policy = IamLookup.OwnPolicy(request, change.Identities, arn);
                var version = FindVersion(policy, id);
                if (version.Number == policy.DefaultVersion)
                {
                    throw IamErrors.Conflict("Cannot delete the default version of a policy.");
                }

                change.Put(policy with { Versions = policy.Versions.Remove(version), Updated = change.Now });
            },
            cancellation);
    }

    /// <summary>The policy that a request for tags names.</summary>
    public static ManagedPolicy FindOwn(IamRequest request, IdentitySnapshot identities, ConditionTable conditions)
    {
        var arn = request.Text("PolicyArn", TextRule.Arn);
        var policy = IamLookup.Attachable(request, identities, arn);
        request.Demand(arn, IamLookup.Resource(policy?.Tags ?? [], conditions));
        return policy is null || policy.AccountId == ManagedPolicy.AwsAccount
            ? throw IamErrors.NotFound($"Policy {arn} was not found.")
            : policy;
    }

    private static PolicyText ReadDocument(IamRequest request)
    {
        var document = PolicyParameter.Read(request, "PolicyDocument", PolicyKind.Identity);
        return document.Document.Characters > IamQuotas.PolicySize
            ? throw IamErrors.Quota("PolicySize", IamQuotas.PolicySize)
            : document;
    }

    /// <exception cref="S3Exception">NoSuchEntity.</exception>
    private static PolicyVersion FindVersion(ManagedPolicy policy, string id) =>
        policy.Versions.FirstOrDefault(version => version.Id == id)
        ?? throw IamErrors.NotFound($"Policy {policy.Arn} version {id} does not exist or is not attachable.");
}
