using ObjectServer.Identity;
using ObjectServer.Query;

namespace ObjectServer.Iam;

/// <summary>CreateGroup, GetGroup, ListGroups, UpdateGroup, DeleteGroup, and who is in which.</summary>
internal static class GroupOperations
{
    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html</remarks>
    public static async ValueTask<ResultWriter?> CreateAsync(IamRequest request, CancellationToken cancellation)
    {
        var name = request.Text("GroupName", TextRule.GroupName);
        var path = request.OptionalText("Path", TextRule.Path) ?? "/";
        var made = await request.ChangeAsync(
            change =>
            {
                var group = new Group
                {
                    AccountId = request.Caller.AccountId,
                    Created = change.Now,
                    Id = UniqueIds.Group(),
                    Name = name,
                    Path = path,
                };
                request.Demand(group.Arn);
                if (change.Account.Groups.ContainsKey(name))
                {
                    throw IamErrors.Exists($"Group with name {name} already exists.");
                }

                if (change.Account.Groups.Count >= IamQuotas.Groups)
                {
                    throw IamErrors.Quota("GroupsPerAccount", IamQuotas.Groups);
                }

                change.Put(group);
                return group;
            },
            cancellation);
        return xml =>
        {
            xml.Start("Group");
            IamXml.Group(xml, made);
            xml.End("Group");
        };
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroup.html</remarks>
    public static ValueTask<ResultWriter?> GetAsync(IamRequest request, CancellationToken cancellation)
    {
        var group = IamLookup.Group(request, request.Account, request.Text("GroupName", TextRule.GroupName));
        var page = request.Page(
            request.Account.UsersIn(group), user => user.Name, StringComparer.OrdinalIgnoreCase);
        return new(xml =>
        {
            xml.Start("Group");
            IamXml.Group(xml, group);
            xml.End("Group").Page("Users", page, IamXml.User);
        });
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroups.html</remarks>
    public static ValueTask<ResultWriter?> ListAsync(IamRequest request, CancellationToken cancellation)
    {
        var prefix = request.OptionalText("PathPrefix", TextRule.PathPrefix) ?? "/";
        request.Demand(request.ArnOf("group" + prefix));
        var page = request.Page(
            request.Account.Groups.Values.Where(group => group.Path.StartsWith(prefix, StringComparison.Ordinal)),
            group => group.Name,
            StringComparer.OrdinalIgnoreCase);
        return new(xml => xml.Page("Groups", page, static (xml, group) => IamXml.Group(xml, group)));
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateGroup.html</remarks>
    public static ValueTask<ResultWriter?> UpdateAsync(IamRequest request, CancellationToken cancellation)
    {
        var name = request.Text("GroupName", TextRule.GroupName);
        var newName = request.OptionalText("NewGroupName", TextRule.GroupName);
        var newPath = request.OptionalText("NewPath", TextRule.Path);
        return request.ChangeAsync(
            change =>
            {
                var group = IamLookup.Group(request, change.Account, name);
                var renamed = group with { Name = newName ?? group.Name, Path = newPath ?? group.Path };
                request.Demand(renamed.Arn);
                if (change.Account.Groups.GetValueOrDefault(renamed.Name) is { } other && other.Id != group.Id)
                {
                    throw IamErrors.Exists($"Group with name {renamed.Name} already exists.");
                }

                change.Put(renamed);
            },
            cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroup.html</remarks>
    public static ValueTask<ResultWriter?> DeleteAsync(IamRequest request, CancellationToken cancellation)
    {
        var name = request.Text("GroupName", TextRule.GroupName);
        return request.ChangeAsync(
            change =>
            {
                var group = IamLookup.Group(request, change.Account, name);
                var left = !group.AttachedPolicies.IsEmpty ? "must detach all policies first."
                    : !group.InlinePolicies.IsEmpty ? "must delete policies first."
                    : change.Account.UsersIn(group).Any() ? "must remove users from group first."
                    : null;
                if (left is not null)
                {
                    throw IamErrors.Conflict("Cannot delete entity, " + left);
                }

                change.Remove(group);
            },
            cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddUserToGroup.html</remarks>
    public static ValueTask<ResultWriter?> AddUserAsync(IamRequest request, CancellationToken cancellation)
    {
        var groupName = request.Text("GroupName", TextRule.GroupName);
        var userName = request.Text("UserName", TextRule.ExistingName);
        return request.ChangeAsync(
            change =>
            {
                var group = IamLookup.Group(request, change.Account, groupName);
                var user = UserOf(change.Account, userName);
                if (user.Groups.Contains(group.Id))
                {
                    return;
                }

                if (user.Groups.Length >= IamQuotas.GroupsPerUser)
                {
                    throw IamErrors.Quota("GroupsPerUser", IamQuotas.GroupsPerUser);
                }

                change.Put(user with { Groups = user.Groups.Add(group.Id) });
            },
            cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveUserFromGroup.html</remarks>
    public static ValueTask<ResultWriter?> RemoveUserAsync(IamRequest request, CancellationToken cancellation)
    {
        var groupName = request.Text("GroupName", TextRule.GroupName);
        var userName = request.Text("UserName", TextRule.ExistingName);
        return request.ChangeAsync(
            change =>
            {
                var group = IamLookup.Group(request, change.Account, groupName);
                var user = UserOf(change.Account, userName);
                if (!user.Groups.Contains(group.Id))
                {
                    throw IamErrors.NotFound($"User {userName} not in the group {groupName}");
                }

                change.Put(user with { Groups = user.Groups.Remove(group.Id) });
            },
            cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupsForUser.html</remarks>
    public static ValueTask<ResultWriter?> ListForUserAsync(IamRequest request, CancellationToken cancellation)
    {
        var user = IamLookup.User(request, request.Account, request.Text("UserName", TextRule.ExistingName));
        var page = request.Page(
            request.Account.GroupsOf(user), group => group.Name, StringComparer.OrdinalIgnoreCase);
        return new(xml => xml.Page("Groups", page, static (xml, group) => IamXml.Group(xml, group)));
    }

    private static User UserOf(AccountIdentities account, string name) =>
        account.Users.GetValueOrDefault(name) ?? throw IamErrors.NoSuch("user", name);
}
