using ObjectServer.Identity;
using ObjectServer.Query;

namespace ObjectServer.Iam;

/// <summary>CreateUser, GetUser, ListUsers, UpdateUser, DeleteUser.</summary>
internal static class UserOperations
{
    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html</remarks>
    public static async ValueTask<ResultWriter?> CreateAsync(IamRequest request, CancellationToken cancellation)
    {
        var name = request.Text("UserName", TextRule.NewUserName);
        var path = request.OptionalText("Path", TextRule.Path) ?? "/";
        var boundary = request.OptionalText("PermissionsBoundary", TextRule.Arn);
        var tags = request.Tags();
        var made = await request.ChangeAsync(
            change =>
            {
                var user = new User
                {
                    AccountId = request.Caller.AccountId,
                    Created = change.Now,
                    Id = UniqueIds.User(),
                    Name = name,
                    Path = path,
                    Boundary = boundary,
                    Tags = tags,
                };
                request.Demand(user.Arn, BoundaryOperations.Conditions(boundary, IamLookup.Requested(tags)));
                if (change.Account.Users.ContainsKey(name))
                {
                    throw IamErrors.Exists($"User with name {name} already exists.");
                }

                if (change.Account.Users.Count >= IamQuotas.Users)
                {
                    throw IamErrors.Quota("UsersPerAccount", IamQuotas.Users);
                }

                TagOperations.DemandQuota(tags);
                BoundaryOperations.DemandExists(request, change.Identities, boundary);
                change.Put(user);
                return user;
            },
            cancellation);
        return xml =>
        {
            xml.Start("User");
            IamXml.UserWithTags(xml, made);
            xml.End("User");
        };
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html</remarks>
    public static ValueTask<ResultWriter?> GetAsync(IamRequest request, CancellationToken cancellation)
    {
        if (OptionalName(request) is not { } name)
        {
            var account = request.Account.Account;
            request.Demand(account.RootArn);
            return new(xml => xml
                .Start("User")
                .Element("UserId", account.Id)
                .Element("Arn", account.RootArn)
                .Time("CreateDate", account.Created)
                .End("User"));
        }

        var user = IamLookup.User(request, request.Account, name);
        return new(xml =>
        {
            xml.Start("User");
            IamXml.UserWithTags(xml, user);
            xml.End("User");
        });
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html</remarks>
    public static ValueTask<ResultWriter?> ListAsync(IamRequest request, CancellationToken cancellation)
    {
        var prefix = request.OptionalText("PathPrefix", TextRule.PathPrefix) ?? "/";
        request.Demand(request.ArnOf("user" + prefix));
        var page = request.Page(
            request.Account.Users.Values.Where(user => user.Path.StartsWith(prefix, StringComparison.Ordinal)),
            user => user.Name,
            StringComparer.OrdinalIgnoreCase);
        return new(xml => xml.Page("Users", page, IamXml.User));
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateUser.html</remarks>
    public static ValueTask<ResultWriter?> UpdateAsync(IamRequest request, CancellationToken cancellation)
    {
        var name = request.Text("UserName", TextRule.ExistingName);
        var newName = request.OptionalText("NewUserName", TextRule.NewUserName);
        var newPath = request.OptionalText("NewPath", TextRule.Path);
        return request.ChangeAsync(
            change =>
            {
                var user = IamLookup.User(request, change.Account, name);
                var renamed = user with { Name = newName ?? user.Name, Path = newPath ?? user.Path };
                request.Demand(renamed.Arn, IamLookup.Resource(user.Tags));
                if (change.Account.Users.GetValueOrDefault(renamed.Name) is { } other && other.Id != user.Id)
                {
                    throw IamErrors.Exists($"User with name {renamed.Name} already exists.");
                }

                change.Put(renamed);
            },
            cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html</remarks>
    public static ValueTask<ResultWriter?> DeleteAsync(IamRequest request, CancellationToken cancellation)
    {
        var name = request.Text("UserName", TextRule.ExistingName);
        return request.ChangeAsync(
            change =>
            {
                var account = change.Account;
                var user = IamLookup.User(request, account, name);
                var left = !user.AttachedPolicies.IsEmpty ? "must detach all policies first."
                    : !user.InlinePolicies.IsEmpty ? "must delete policies first."
                    : account.KeyIdsOf(user.Id).Any() ? "must delete access keys first."
                    : account.MfaDevicesOf(user.Id).Any() ? "must delete MFA device first."
                    : account.GroupsOf(user).Any() ? "must remove users from group first."
                    : null;
                if (left is not null)
                {
                    throw IamErrors.Conflict("Cannot delete entity, " + left);
                }

                change.Remove(user);
            },
            cancellation);
    }

    /// <summary>
    /// The parameter UserName, or where it is absent the name of the user who asks; null for the root.
    /// </summary>
    /// <exception cref="Errors.S3Exception">ValidationError: a session of a role asks, which is no user.</exception>
    public static string? OptionalName(IamRequest request)
    {
        if (request.OptionalText("UserName", TextRule.ExistingName) is { } name)
        {
            return name;
        }

        return request.Caller.Kind switch
        {
            CallerKind.User => request.Caller.UserName,
            CallerKind.Root => null,
            _ => throw new Errors.S3Exception(
                QueryErrors.ValidationError.Saying("Must specify userName when calling with non-User credentials")),
        };
    }
}
