using System.Collections.Immutable;
using System.Text.Json;
using ObjectServer.Identity;
using ObjectServer.Policies;

namespace ObjectServer.Seeding;

/// <summary>
/// Puts accounts and all that they have into a change of the directory: what is there already and equal is left alone,
/// what differs is set, and nothing is taken away.
/// </summary>
/// <param name="change">The change.</param>
/// <param name="mistakes">Told what cannot be so beside what is there already.</param>
internal sealed class SeededIdentities(IdentityChange change, SeedMistakes mistakes)
{
    /// <summary>IAM's limit. The oldest version that does not count makes room for a new one.</summary>
    private const int MaxVersions = 5;

    public void Put(Seed seed)
    {
        // Whatever is named must be there before whatever names it.
        foreach (var account in seed.Accounts)
        {
            PutAccount(account);
        }

        foreach (var account in seed.Accounts.Where(account => AllOf(account.Id) is not null))
        {
            foreach (var policy in account.Policies)
            {
                PutPolicy(account.Id, policy);
            }

            foreach (var group in account.Groups)
            {
                PutGroup(account.Id, group);
            }

            foreach (var role in account.Roles)
            {
                PutRole(account.Id, role);
            }

            foreach (var user in account.Users)
            {
                PutUser(account.Id, user);
            }

            PutKeys(account.Id, userId: null, account.AccessKeys);
        }
    }

    private void PutAccount(SeedAccount seeded)
    {
        var before = AllOf(seeded.Id)?.Account;
        var wanted = before ?? Account.Of(seeded.Id, seeded.Id, change.Now);
        if (before is not null && seeded.CanonicalId is { } other && other != before.CanonicalId)
        {
            mistakes.Add(
                seeded.Place,
                $"The account is there with the canonicalId {before.CanonicalId}, which cannot be changed: buckets are its.");
            return;
        }

        wanted = wanted with
        {
            CanonicalId = seeded.CanonicalId ?? wanted.CanonicalId,
            Name = seeded.Name ?? wanted.Name,
            Email = seeded.Email ?? wanted.Email,
            Alias = seeded.Alias ?? wanted.Alias,
        };
        var identities = change.Identities;
        var isFree = IsFree(seeded, "canonicalId", identities.FindByCanonicalId(wanted.CanonicalId))
            & IsFree(seeded, "email", wanted.Email is { } email ? identities.FindByEmail(email) : null)
            & IsFree(seeded, "alias", wanted.Alias is { } alias ? identities.FindByAlias(alias) : null);
        if (isFree)
        {
            change.PutIfOther(before, wanted);
        }
    }

    private bool IsFree(SeedAccount seeded, string what, Account? owner)
    {
        if (owner is null || owner.Id == seeded.Id)
        {
            return true;
        }

        mistakes.Add(seeded.Place, $"Its {what} is the one of account {owner.Id}.");
        return false;
    }

    private void PutPolicy(string accountId, SeedManagedPolicy seeded)
    {
        var before = AllOf(accountId)!.Policies.GetValueOrDefault(seeded.Name);
        if (!KeepsPath(seeded.Place, before?.Path, seeded.Path))
        {
            return;
        }

        var wanted = before ?? new ManagedPolicy
        {
            AccountId = accountId,
            Id = UniqueIds.Policy(),
            Name = seeded.Name,
            Path = seeded.Path ?? "/",
            Created = change.Now,
            Updated = change.Now,
            Versions = [new(1, new(seeded.Document), change.Now)],
            DefaultVersion = 1,
            NextVersion = 2,
        };
        wanted = wanted with
        {
            Description = seeded.Description ?? wanted.Description,
            Tags = SeededTags.Merge(wanted.Tags, seeded.Tags),
        };
        change.PutIfOther(before, SaysTheSame(wanted.Text.Text, seeded.Document) ? wanted : WithVersion(wanted, seeded.Document));
    }

    private ManagedPolicy WithVersion(ManagedPolicy policy, string document)
    {
        var kept = policy.Versions.Length < MaxVersions
            ? policy.Versions
            : policy.Versions.Remove(policy.Versions.First(version => version.Number != policy.DefaultVersion));
        return policy with
        {
            Versions = kept.Add(new(policy.NextVersion, new(document), change.Now)),
            DefaultVersion = policy.NextVersion,
            NextVersion = policy.NextVersion + 1,
            Updated = change.Now,
        };
    }

    private void PutGroup(string accountId, SeedHolder seeded)
    {
        var before = AllOf(accountId)!.Groups.GetValueOrDefault(seeded.Name);
        var wanted = before ?? new Group
        {
            AccountId = accountId,
            Id = UniqueIds.Group(),
            Name = seeded.Name,
            Created = change.Now,
        };
        change.PutIfOther(before, WithPolicies(wanted, seeded) with { Path = seeded.Path ?? wanted.Path });
    }

    private void PutRole(string accountId, SeedHolder seeded)
    {
        var before = AllOf(accountId)!.Roles.GetValueOrDefault(seeded.Name);
        if (!KeepsPath(seeded.Place, before?.Path, seeded.Path))
        {
            return;
        }

        var wanted = before ?? new Role
        {
            AccountId = accountId,
            Id = UniqueIds.Role(),
            Name = seeded.Name,
            Path = seeded.Path ?? "/",
            Created = change.Now,
            TrustPolicy = new(seeded.TrustPolicy, PolicyKind.Trust),
        };
        change.PutIfOther(before, WithPolicies(wanted, seeded) with
        {
            Description = seeded.Description ?? wanted.Description,
            MaxSessionSeconds = seeded.MaxSessionSeconds ?? wanted.MaxSessionSeconds,
            TrustPolicy = SaysTheSame(wanted.TrustPolicy.Text, seeded.TrustPolicy)
                ? wanted.TrustPolicy
                : new(seeded.TrustPolicy, PolicyKind.Trust),
            Tags = SeededTags.Merge(wanted.Tags, seeded.Tags),
            Boundary = BoundaryOf(seeded) ?? wanted.Boundary,
        });
    }

    private void PutUser(string accountId, SeedHolder seeded)
    {
        var all = AllOf(accountId)!;
        var before = all.Users.GetValueOrDefault(seeded.Name);
        var wanted = before ?? new User
        {
            AccountId = accountId,
            Id = UniqueIds.User(),
            Name = seeded.Name,
            Created = change.Now,
        };
        var groups = wanted.Groups;
        foreach (var name in seeded.Groups)
        {
            if (all.Groups.GetValueOrDefault(name) is not { } group)
            {
                mistakes.Add(seeded.Place, $"There is no group '{name}' in account {accountId}.");
            }
            else if (!groups.Contains(group.Id))
            {
                groups = groups.Add(group.Id);
            }
        }

        change.PutIfOther(before, WithPolicies(wanted, seeded) with
        {
            Path = seeded.Path ?? wanted.Path,
            Groups = groups,
            Tags = SeededTags.Merge(wanted.Tags, seeded.Tags),
            Boundary = BoundaryOf(seeded) ?? wanted.Boundary,
        });
        PutKeys(accountId, wanted.Id, seeded.AccessKeys);
    }

    /// <param name="accountId">The account of the keys.</param>
    /// <param name="userId">The user's unique id; null for the root.</param>
    /// <param name="keys">Those that are to be there.</param>
    private void PutKeys(string accountId, string? userId, ImmutableArray<SeedAccessKey> keys)
    {
        foreach (var seeded in keys)
        {
            var before = change.Identities.FindKey(seeded.Id);
            var isSame = before is not null && before.Secret == seeded.Secret && before.IsActive == seeded.IsActive;
            if (before is not null && (before.AccountId != accountId || before.UserId != userId))
            {
                mistakes.Add(seeded.Place, $"The key '{seeded.Id}' belongs to somebody else.");
            }
            else if (before is { IsConfigured: true } && !isSame)
            {
                mistakes.Add(
                    seeded.Place, $"The key '{seeded.Id}' is the root's that the server was started with, and is another there.");
            }
            else if (!isSame)
            {
                change.Put(new AccessKey(seeded.Id, seeded.Secret)
                {
                    AccountId = accountId,
                    UserId = userId,
                    IsActive = seeded.IsActive,
                    Created = before?.Created ?? change.Now,
                });
            }
        }
    }

    private T WithPolicies<T>(T holder, SeedHolder seeded)
        where T : PolicyHolder
    {
        var inline = holder.InlinePolicies;
        foreach (var policy in seeded.Policies)
        {
            if (inline.GetValueOrDefault(policy.Name) is not { } kept || !SaysTheSame(kept.Text, policy.Document))
            {
                inline = inline.SetItem(policy.Name, new(policy.Document));
            }
        }

        var attached = holder.AttachedPolicies;
        foreach (var arn in seeded.AttachedPolicies)
        {
            if (IsPolicy(seeded, arn) && !attached.Contains(arn))
            {
                attached = attached.Add(arn);
            }
        }

        return holder with { Name = seeded.Name, InlinePolicies = inline, AttachedPolicies = attached };
    }

    private string? BoundaryOf(SeedHolder seeded) =>
        seeded.Boundary is { } arn && IsPolicy(seeded, arn) ? arn : null;

    private bool IsPolicy(SeedHolder seeded, string arn)
    {
        if (change.Identities.FindPolicy(arn) is not null)
        {
            return true;
        }

        mistakes.Add(seeded.Place, $"There is no policy '{arn}'.");
        return false;
    }

    /// <summary>ARNs of policies and roles stand elsewhere, and hold the path.</summary>
    private bool KeepsPath(SeedPlace place, string? before, string? wanted)
    {
        if (before is null || wanted is null || before == wanted)
        {
            return true;
        }

        mistakes.Add(place, $"It is there with the path '{before}', which cannot be changed.");
        return false;
    }

    /// <summary>Whether two documents are the same but for white space and the order of fields.</summary>
    private static bool SaysTheSame(string left, string right)
    {
        if (left == right)
        {
            return true;
        }

        using var one = JsonDocument.Parse(left);
        using var other = JsonDocument.Parse(right);
        return JsonElement.DeepEquals(one.RootElement, other.RootElement);
    }

    private AccountIdentities? AllOf(string accountId) => change.Identities.FindAccount(accountId);
}
