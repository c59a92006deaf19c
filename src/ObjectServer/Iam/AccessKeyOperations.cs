using ObjectServer.Identity;
using ObjectServer.Query;

namespace ObjectServer.Iam;

/// <summary>CreateAccessKey, ListAccessKeys, UpdateAccessKey, DeleteAccessKey, GetAccessKeyLastUsed.</summary>
internal static class AccessKeyOperations
{
    private static readonly TextRule Status = TextRule.OneOf("Active", "Inactive");

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html</remarks>
    public static async ValueTask<ResultWriter?> CreateAsync(IamRequest request, CancellationToken cancellation)
    {
        var name = UserOperations.OptionalName(request);
        var (key, owner) = await request.ChangeAsync(
            change =>
            {
                var user = Owner(request, change.Account, name);
                var kept = change.Account.KeyIdsOf(user?.Id)
                    .Count(id => change.Identities.FindKey(id) is { IsConfigured: false });
                if (kept >= IamQuotas.AccessKeysPerUser)
                {
                    throw IamErrors.Quota("AccessKeysPerUser", IamQuotas.AccessKeysPerUser);
                }

                var made = new AccessKey(UniqueIds.AccessKey(), UniqueIds.Secret())
                {
                    AccountId = request.Caller.AccountId,
                    UserId = user?.Id,
                    Created = change.Now,
                };
                change.Put(made);
                return (made, user);
            },
            cancellation);
        return xml => xml
            .Start("AccessKey")
            .Element("UserName", owner?.Name)
            .Element("AccessKeyId", key.Id)
            .Element("Status", StatusOf(key))
            .Element("SecretAccessKey", key.Secret)
            .Time("CreateDate", key.Created)
            .End("AccessKey");
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html</remarks>
    public static ValueTask<ResultWriter?> ListAsync(IamRequest request, CancellationToken cancellation)
    {
        var user = Owner(request, request.Account, UserOperations.OptionalName(request));
        var page = request.Page(request.Account.KeyIdsOf(user?.Id), id => id, StringComparer.Ordinal);
        return new(xml => xml.Page(
            "AccessKeyMetadata",
            page,
            (member, id) =>
            {
                var key = request.Identities.FindKey(id)!;
                member.Element("UserName", user?.Name)
                    .Element("AccessKeyId", id)
                    .Element("Status", StatusOf(key))
                    .Time("CreateDate", key.Created);
            }));
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html</remarks>
    public static ValueTask<ResultWriter?> UpdateAsync(IamRequest request, CancellationToken cancellation)
    {
        var id = request.Text("AccessKeyId", TextRule.AccessKeyId);
        var isActive = request.Text("Status", Status) == "Active";
        var name = UserOperations.OptionalName(request);
        return request.ChangeAsync(
            change => change.Put(Find(request, change, name, id).Switched(isActive)), cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccessKey.html</remarks>
    public static ValueTask<ResultWriter?> DeleteAsync(IamRequest request, CancellationToken cancellation)
    {
        var id = request.Text("AccessKeyId", TextRule.AccessKeyId);
        var name = UserOperations.OptionalName(request);
        return request.ChangeAsync(change => change.Remove(Find(request, change, name, id)), cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html</remarks>
    public static ValueTask<ResultWriter?> GetLastUsedAsync(IamRequest request, CancellationToken cancellation)
    {
        var id = request.Text("AccessKeyId", TextRule.AccessKeyId);
        var key = request.Identities.FindKey(id);
        if (key?.AccountId != request.Caller.AccountId)
        {
            key = null;
        }

        var user = key?.UserId is { } userId ? request.Account.FindUserById(userId) : null;
        request.Demand(user?.Arn ?? request.Account.Account.RootArn);
        if (key is null)
        {
            throw IamErrors.NoSuch("Access Key", id);
        }

        var used = request.Uses.Find(id);
        return new(xml => xml
            .Element("UserName", user?.Name)
            .Start("AccessKeyLastUsed")
            .Time("LastUsedDate", used?.Time)
            .Element("ServiceName", used?.Service ?? "N/A")
            .Element("Region", used?.Region ?? "N/A")
            .End("AccessKeyLastUsed"));
    }

    /// <summary>Whose keys are meant: a user's, or the root's, which is null.</summary>
    private static User? Owner(IamRequest request, AccountIdentities account, string? name)
    {
        if (name is not null)
        {
            return IamLookup.User(request, account, name);
        }

        request.Demand(account.Account.RootArn);
        return null;
    }

    private static AccessKey Find(IamRequest request, IamChange change, string? name, string id)
    {
        var user = Owner(request, change.Account, name);
        var key = change.Account.KeyIdsOf(user?.Id).Contains(id) ? change.Identities.FindKey(id) : null;
        return key switch
        {
            null => throw IamErrors.NoSuch("Access Key", id),
            { IsConfigured: true } => throw new Errors.S3Exception(IamErrors.UnmodifiableEntity.Saying(
                $"The Access Key {id} is the one that the server was configured with; it is changed there.")),
            _ => key,
        };
    }

    private static string StatusOf(AccessKey key) => key.IsActive ? "Active" : "Inactive";
}
