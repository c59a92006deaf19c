using System.Collections.Frozen;
using System.Collections.Immutable;
using ObjectServer.Policies;
using ObjectServer.Storage.Model;

namespace ObjectServer.Identity;

/// <summary>Gathers what a caller is and may do from the directory.</summary>
internal static class Callers
{
    /// <summary>
    /// A bound that cannot be found allows nothing: a user without its bound could do more than was meant.
    /// </summary>
    private static readonly PolicyText NothingAllowed = new(
        """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}""");

    /// <summary>Whoever signs with a key; null where the user is gone.</summary>
    public static Caller? Of(IdentitySnapshot identities, AccessKey key)
    {
        if (identities.FindAccount(key.AccountId) is not { } all)
        {
            return null;
        }

        return key.UserId is null
            ? Caller.Root(all.Account, key.Id)
            : all.FindUserById(key.UserId) is { } user ? Of(identities, user, key.Id) : null;
    }

    /// <summary>A user.</summary>
    /// <param name="identities">Where its account, groups and policies are.</param>
    /// <param name="user">The user.</param>
    /// <param name="accessKeyId">The key that signs; null for none.</param>
    public static Caller Of(IdentitySnapshot identities, User user, string? accessKeyId)
    {
        var all = identities.FindAccount(user.AccountId)!;
        var policies = ImmutableArray.CreateBuilder<NamedPolicy>();
        Add(policies, identities, user, PolicySource.UserInline, PolicySource.UserManaged);
        foreach (var group in all.GroupsOf(user))
        {
            Add(policies, identities, group, PolicySource.GroupInline, PolicySource.GroupManaged);
        }

        return new()
        {
            Kind = CallerKind.User,
            AccountId = all.Account.Id,
            CanonicalId = all.Account.CanonicalId,
            DisplayName = all.Account.Name,
            Arn = user.Arn,
            UserId = user.Id,
            UserName = user.Name,
            AccessKeyId = accessKeyId,
            PrincipalTags = TagsOf(user.Tags),
            Policies = new() { Identity = policies.ToImmutable(), Boundary = BoundaryOf(identities, user.Boundary) },
            Principal = PolicyPrincipal.User(all.Account.Id, all.Account.CanonicalId, user.Arn),
        };
    }

    /// <summary>A session of a role, as far as the role says what it is: its tags, its policies, its bound.</summary>
    /// <param name="identities">Where its account and policies are.</param>
    /// <param name="role">The role.</param>
    /// <param name="sessionName">The session's name.</param>
    /// <param name="provider">Who vouched for the one whose session it is; null where no one did.</param>
    public static Caller Of(IdentitySnapshot identities, Role role, string sessionName, string? provider)
    {
        var account = identities.FindAccount(role.AccountId)!.Account;
        var policies = ImmutableArray.CreateBuilder<NamedPolicy>();
        Add(policies, identities, role, PolicySource.RoleInline, PolicySource.RoleManaged);
        var arn = $"arn:aws:sts::{account.Id}:assumed-role/{role.Name}/{sessionName}";
        return new()
        {
            Kind = CallerKind.AssumedRole,
            AccountId = account.Id,
            CanonicalId = account.CanonicalId,
            DisplayName = account.Name,
            Arn = arn,
            UserId = $"{role.Id}:{sessionName}",
            SessionName = sessionName,
            RoleArn = role.Arn,
            RoleId = role.Id,
            FederatedProvider = provider,
            PrincipalTags = TagsOf(role.Tags),
            Policies = new() { Identity = policies.ToImmutable(), Boundary = BoundaryOf(identities, role.Boundary) },
            Principal = PolicyPrincipal.RoleSession(account.Id, account.CanonicalId, role.Arn, arn, provider),
        };
    }

    /// <summary>Tags as condition keys find them: in any case.</summary>
    public static FrozenDictionary<string, string> TagsOf(IEnumerable<Tag> tags) => tags
        .DistinctBy(tag => tag.Key, StringComparer.OrdinalIgnoreCase)
        .ToFrozenDictionary(tag => tag.Key, tag => tag.Value, StringComparer.OrdinalIgnoreCase);

    private static void Add(
        ImmutableArray<NamedPolicy>.Builder policies,
        IdentitySnapshot identities,
        PolicyHolder holder,
        PolicySource inline,
        PolicySource managed)
    {
        foreach (var (name, policy) in holder.InlinePolicies)
        {
            policies.Add(new(inline, name, holder.Name, policy.Document));
        }

        foreach (var arn in holder.AttachedPolicies)
        {
            if (identities.FindPolicy(arn) is { } policy)
            {
                policies.Add(new(managed, arn, holder.Name, policy.Text.Document));
            }
        }
    }

    private static NamedPolicy? BoundaryOf(IdentitySnapshot identities, string? arn) => arn is null
        ? null
        : new(
            PolicySource.Boundary, arn, Owner: null, (identities.FindPolicy(arn)?.Text ?? NothingAllowed).Document);
}
