using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Policies;
using ObjectServer.Storage.Model;

namespace ObjectServer.Iam;

/// <summary>Finds what a request names, once the caller may do what it asks.</summary>
internal static class IamLookup
{
    /// <summary>The user of a name.</summary>
    /// <param name="request">Who asks for what.</param>
    /// <param name="account">Where the user is.</param>
    /// <param name="name">In any case.</param>
    /// <param name="conditions">The condition keys that belong to the operation; null for none.</param>
    /// <exception cref="S3Exception">AccessDenied, NoSuchEntity.</exception>
    public static User User(
        IamRequest request, AccountIdentities account, string name, ConditionTable? conditions = null) =>
        Demanded(request, account.Users.GetValueOrDefault(name), "user", name, conditions);

    /// <inheritdoc cref="User"/>
    public static Group Group(
        IamRequest request, AccountIdentities account, string name, ConditionTable? conditions = null) =>
        Demanded(request, account.Groups.GetValueOrDefault(name), "group", name, conditions);

    /// <inheritdoc cref="User"/>
    public static Role Role(
        IamRequest request, AccountIdentities account, string name, ConditionTable? conditions = null) =>
        Demanded(request, account.Roles.GetValueOrDefault(name), "role", name, conditions);

    /// <summary>The user, group or role of a name.</summary>
    /// <inheritdoc cref="User"/>
    public static PolicyHolder Holder(
        IamRequest request,
        AccountIdentities account,
        HolderKind kind,
        string name,
        ConditionTable? conditions = null) =>
        Demanded(request, kind.Find(account, name), kind.Word, name, conditions);

    /// <summary>The managed policy of an ARN, one of AWS's too.</summary>
    /// <param name="request">Who asks for what.</param>
    /// <param name="identities">Where policies are.</param>
    /// <param name="arn">Its ARN.</param>
    /// <exception cref="S3Exception">AccessDenied, NoSuchEntity, InvalidInput.</exception>
    public static ManagedPolicy Policy(IamRequest request, IdentitySnapshot identities, string arn)
    {
        var policy = Attachable(request, identities, arn);
        request.Demand(arn, policy is null ? null : Resource(policy.Tags));
        return policy ?? throw IamErrors.NotFound($"Policy {arn} was not found.");
    }

    /// <summary>A managed policy of the caller's own account, which alone it can change.</summary>
    /// <inheritdoc cref="Policy"/>
    public static ManagedPolicy OwnPolicy(IamRequest request, IdentitySnapshot identities, string arn)
    {
        var policy = Policy(request, identities, arn);
        return policy.AccountId == ManagedPolicy.AwsAccount
            ? throw new S3Exception(QueryAccessDenied(request, arn))
            : policy;
    }

    /// <summary>The managed policy of an ARN that the caller's account can use; null where there is none.</summary>
    /// <exception cref="S3Exception">InvalidInput: no ARN of a policy.</exception>
    public static ManagedPolicy? Attachable(IamRequest request, IdentitySnapshot identities, string arn)
    {
        if (IdentityArn.Parse(arn) is not { Kind: "policy" } parsed)
        {
            throw IamErrors.Input($"ARN {arn} is not valid.");
        }

        return parsed.AccountId == ManagedPolicy.AwsAccount || parsed.AccountId == request.Caller.AccountId
            ? identities.FindPolicy(arn)
            : null;
    }

    /// <summary>The condition keys that say which tags something has.</summary>
    public static ConditionTable Resource(IEnumerable<Tag> tags, ConditionTable? others = null)
    {
        var conditions = others ?? new();
        foreach (var tag in tags)
        {
            conditions.With("aws:ResourceTag/" + tag.Key, tag.Value).With("iam:ResourceTag/" + tag.Key, tag.Value);
        }

        return conditions;
    }

    /// <summary>The condition keys that say which tags a request brings.</summary>
    public static ConditionTable Requested(IReadOnlyCollection<Tag> tags)
    {
        var conditions = new ConditionTable();
        foreach (var tag in tags)
        {
            conditions.With("aws:RequestTag/" + tag.Key, tag.Value);
        }

        return tags.Count == 0 ? conditions : conditions.With("aws:TagKeys", [.. tags.Select(tag => tag.Key)]);
    }

    private static T Demanded<T>(
        IamRequest request, T? holder, string word, string name, ConditionTable? conditions)
        where T : PolicyHolder
    {
        conditions = Resource(
            holder switch
            {
                User user => user.Tags,
                Role role => role.Tags,
                _ => [],
            },
            conditions);
        if (holder is not null && AttachmentOperations.BoundaryOf(holder) is { } bound
            && !conditions.TryGet("iam:PermissionsBoundary", out _))
        {
            conditions.With("iam:PermissionsBoundary", bound);
        }

        request.Demand(holder?.Arn ?? request.ArnOf($"{word}/{name}"), conditions);
        return holder ?? throw IamErrors.NoSuch(word, name);
    }

    private static S3Error QueryAccessDenied(IamRequest request, string arn) => Query.QueryErrors.AccessDenied.Saying(
        $"User: {request.Caller.Arn} is not authorized to change the resource {arn}: it is AWS's.");
}
