using ObjectServer.Identity;
using ObjectServer.Policies;
using ObjectServer.Query;

namespace ObjectServer.Iam;

/// <summary>
/// Attach, Detach and List of the managed policies of users, groups and roles; ListEntitiesForPolicy.
/// </summary>
internal static class AttachmentOperations
{
    private static readonly TextRule Entities =
        TextRule.OneOf("User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy");

    private static readonly TextRule Usages = TextRule.OneOf("PermissionsPolicy", "PermissionsBoundary");

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachUserPolicy.html</remarks>
    public static ValueTask<ResultWriter?> AttachAsync(
        IamRequest request, HolderKind kind, CancellationToken cancellation)
    {
        var name = kind.NameIn(request);
        var arn = request.Text("PolicyArn", TextRule.Arn);
        return request.ChangeAsync(
            change =>
            {
                var holder = IamLookup.Holder(request, change.Account, kind, name, Conditions(arn));
                if (IamLookup.Attachable(request, change.Identities, arn) is null)
                {
                    throw IamErrors.NotFound($"Policy {arn} does not exist or is not attachable.");
                }

                if (holder.AttachedPolicies.Contains(arn))
                {
                    return;
                }

                if (holder.AttachedPolicies.Length >= kind.MaxAttached)
                {
                    throw IamErrors.Quota($"PoliciesPer{kind.Title}", kind.MaxAttached);
                }

                change.Put(holder with { AttachedPolicies = holder.AttachedPolicies.Add(arn) });
            },
            cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachUserPolicy.html</remarks>
    public static ValueTask<ResultWriter?> DetachAsync(
        IamRequest request, HolderKind kind, CancellationToken cancellation)
    {
        var name = kind.NameIn(request);
        var arn = request.Text("PolicyArn", TextRule.Arn);
        return request.ChangeAsync(
            change =>
            {
                var holder = IamLookup.Holder(request, change.Account, kind, name, Conditions(arn));
                if (!holder.AttachedPolicies.Contains(arn))
                {
                    throw IamErrors.NotFound($"Policy {arn} was not found.");
                }

                change.Put(holder with { AttachedPolicies = holder.AttachedPolicies.Remove(arn) });
            },
            cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAttachedUserPolicies.html</remarks>
    public static ValueTask<ResultWriter?> ListAsync(
        IamRequest request, HolderKind kind, CancellationToken cancellation)
    {
        var prefix = request.OptionalText("PathPrefix", TextRule.PathPrefix) ?? "/";
        var holder = IamLookup.Holder(request, request.Account, kind, kind.NameIn(request));
        var page = request.Page(
            holder.AttachedPolicies
                .Where(arn => IdentityArn.Parse(arn)!.Value.Path.StartsWith(prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
            arn => arn,
            StringComparer.Ordinal);
        return new(xml => xml.Page("AttachedPolicies", page, IamXml.Attached));
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html</remarks>
    public static ValueTask<ResultWriter?> ListHoldersAsync(IamRequest request, CancellationToken cancellation)
    {
        var arn = request.Text("PolicyArn", TextRule.Arn);
        var filter = request.OptionalText("EntityFilter", Entities);
        var usage = request.OptionalText("PolicyUsageFilter", Usages);
        var prefix = request.OptionalText("PathPrefix", TextRule.PathPrefix) ?? "/";
        IamLookup.Policy(request, request.Identities, arn);
        var page = request.Page(
            request.Account.Holders
                .Where(holder => filter is null || holder.Kind.Equals(filter, StringComparison.OrdinalIgnoreCase))
                .Where(holder => holder.Path.StartsWith(prefix, StringComparison.Ordinal))
                .Where(holder =>
                    (usage != "PermissionsBoundary" && holder.AttachedPolicies.Contains(arn))
                    || (usage != "PermissionsPolicy" && BoundaryOf(holder) == arn))
                .OrderBy(KeyOf, StringComparer.OrdinalIgnoreCase),
            KeyOf,
            StringComparer.OrdinalIgnoreCase);
        return new(xml => xml
            .List("PolicyGroups", page.Members.OfType<Group>(), static (member, group) => member
                .Element("GroupName", group.Name).Element("GroupId", group.Id))
            .List("PolicyUsers", page.Members.OfType<User>(), static (member, user) => member
                .Element("UserName", user.Name).Element("UserId", user.Id))
            .List("PolicyRoles", page.Members.OfType<Role>(), static (member, role) => member
                .Element("RoleName", role.Name).Element("RoleId", role.Id))
            .More(page.Marker));
    }

    /// <summary>The permissions boundary of a user or role; null for none.</summary>
    public static string? BoundaryOf(PolicyHolder holder) => holder switch
    {
        User user => user.Boundary,
        Role role => role.Boundary,
        _ => null,
    };

    private static string KeyOf(PolicyHolder holder) => $"{holder.Kind}/{holder.Name}";

    private static ConditionTable Conditions(string arn) => new ConditionTable().With("iam:PolicyARN", arn);
}
