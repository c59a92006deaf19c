using ObjectServer.Identity;
using ObjectServer.Policies;
using ObjectServer.Query;

namespace ObjectServer.Iam;

/// <summary>
/// CreateRole, GetRole, ListRoles, UpdateRole, UpdateRoleDescription, UpdateAssumeRolePolicy, DeleteRole.
/// </summary>
internal static class RoleOperations
{
    private const int MinSessionSeconds = 3600;
    private const int MaxSessionSeconds = 43_200;

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html</remarks>
    public static async ValueTask<ResultWriter?> CreateAsync(IamRequest request, CancellationToken cancellation)
    {
        var name = request.Text("RoleName", TextRule.RoleName);
        var path = request.OptionalText("Path", TextRule.Path) ?? "/";
        var trust = ReadTrust(request, "AssumeRolePolicyDocument");
        var description = request.OptionalText("Description", TextRule.RoleDescription);
        var seconds = request.Number("MaxSessionDuration", MinSessionSeconds, MaxSessionSeconds) ?? MinSessionSeconds;
        var boundary = request.OptionalText("PermissionsBoundary", TextRule.Arn);
        var tags = request.Tags();
        var made = await request.ChangeAsync(
            change =>
            {
                var role = new Role
                {
                    AccountId = request.Caller.AccountId,
                    Created = change.Now,
                    Id = UniqueIds.Role(),
                    Name = name,
                    Path = path,
                    Description = description,
                    MaxSessionSeconds = seconds,
                    TrustPolicy = trust,
                    Boundary = boundary,
                    Tags = tags,
                };
                request.Demand(role.Arn, BoundaryOperations.Conditions(boundary, IamLookup.Requested(tags)));
                if (change.Account.Roles.ContainsKey(name))
                {
                    throw IamErrors.Exists($"Role with name {name} already exists.");
                }

                if (change.Account.Roles.Count >= IamQuotas.Roles)
                {
                    throw IamErrors.Quota("RolesPerAccount", IamQuotas.Roles);
                }

                TagOperations.DemandQuota(tags);
                BoundaryOperations.DemandExists(request, change.Identities, boundary);
                change.Put(role);
                return role;
            },
            cancellation);
        return xml => Write(xml, made, used: null);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html</remarks>
    public static ValueTask<ResultWriter?> GetAsync(IamRequest request, CancellationToken cancellation)
    {
        var role = IamLookup.Role(request, request.Account, request.Text("RoleName", TextRule.RoleName));
        return new(xml => Write(xml, role, request.Uses.Find(role.Id)));
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html</remarks>
    public static ValueTask<ResultWriter?> ListAsync(IamRequest request, CancellationToken cancellation)
    {
        var prefix = request.OptionalText("PathPrefix", TextRule.PathPrefix) ?? "/";
        request.Demand(request.ArnOf("role" + prefix));
        var page = request.Page(
            request.Account.Roles.Values.Where(role => role.Path.StartsWith(prefix, StringComparison.Ordinal)),
            role => role.Name,
            StringComparer.OrdinalIgnoreCase);
        return new(xml => xml.Page("Roles", page, IamXml.Role));
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html</remarks>
    public static async ValueTask<ResultWriter?> UpdateAsync(IamRequest request, CancellationToken cancellation)
    {
        var name = request.Text("RoleName", TextRule.RoleName);
        var description = request.OptionalText("Description", TextRule.RoleDescription);
        var seconds = request.Number("MaxSessionDuration", MinSessionSeconds, MaxSessionSeconds);
        await request.ChangeAsync(
            change =>
            {
                var role = IamLookup.Role(request, change.Account, name);
                change.Put(role with
                {
                    Description = description ?? role.Description,
                    MaxSessionSeconds = seconds ?? role.MaxSessionSeconds,
                });
            },
            cancellation);
        return static _ => { };
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRoleDescription.html</remarks>
    public static async ValueTask<ResultWriter?> UpdateDescriptionAsync(
        IamRequest request, CancellationToken cancellation)
    {
        var name = request.Text("RoleName", TextRule.RoleName);
        var description = request.Text("Description", TextRule.RoleDescription);
        var changed = await request.ChangeAsync(
            change =>
            {
                var role = IamLookup.Role(request, change.Account, name) with { Description = description };
                change.Put(role);
                return role;
            },
            cancellation);
        return xml => Write(xml, changed, request.Uses.Find(changed.Id));
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html</remarks>
    public static ValueTask<ResultWriter?> UpdateTrustAsync(IamRequest request, CancellationToken cancellation)
    {
        var name = request.Text("RoleName", TextRule.RoleName);
        var trust = ReadTrust(request, "PolicyDocument");
        return request.ChangeAsync(
            change => change.Put(IamLookup.Role(request, change.Account, name) with { TrustPolicy = trust }),
            cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html</remarks>
    public static ValueTask<ResultWriter?> DeleteAsync(IamRequest request, CancellationToken cancellation)
    {
        var name = request.Text("RoleName", TextRule.RoleName);
        return request.ChangeAsync(
            change =>
            {
                var role = IamLookup.Role(request, change.Account, name);
                if (!role.AttachedPolicies.IsEmpty)
                {
                    throw IamErrors.Conflict("Cannot delete entity, must detach all policies first.");
                }

                if (!role.InlinePolicies.IsEmpty)
                {
                    throw IamErrors.Conflict("Cannot delete entity, must delete policies first.");
                }

                change.Remove(role);
            },
            cancellation);
    }

    private static PolicyText ReadTrust(IamRequest request, string name)
    {
        var trust = PolicyParameter.Read(request, name, PolicyKind.Trust);
        return trust.Document.Characters > IamQuotas.TrustPolicySize
            ? throw IamErrors.Quota("ACLSizePerRole", IamQuotas.TrustPolicySize)
            : trust;
    }

    private static void Write(Xml.S3XmlWriter xml, Role role, KeyUse? used)
    {
        xml.Start("Role");
        IamXml.RoleWithTags(xml, role, used);
        xml.End("Role");
    }
}
