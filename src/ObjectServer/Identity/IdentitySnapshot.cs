using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace ObjectServer.Identity;

/// <summary>
/// Every account and all that it has, at one moment. Immutable, but for what it remembers of its own answers.
/// </summary>
internal sealed class IdentitySnapshot
{
    private static readonly ImmutableDictionary<string, string> NoNames =
        ImmutableDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);

    private static readonly ImmutableSortedSet<string> NoKeyIds =
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>No account at all.</summary>
    public static IdentitySnapshot Empty { get; } = new();

    /// <summary>Who signs with the keys that were asked for; no more than there are keys.</summary>
    private readonly ConcurrentDictionary<string, Signer> _signers = new(StringComparer.Ordinal);

    private ImmutableSortedDictionary<string, AccountIdentities> _accounts =
        ImmutableSortedDictionary.Create<string, AccountIdentities>(StringComparer.Ordinal);

    private ImmutableDictionary<string, AccessKey> _keys =
        ImmutableDictionary.Create<string, AccessKey>(StringComparer.Ordinal);

    private ImmutableDictionary<string, string> _canonicalIds = NoNames;
    private ImmutableDictionary<string, string> _emails = NoNames;
    private ImmutableDictionary<string, string> _aliases = NoNames;

    private IdentitySnapshot()
    {
    }

    private IdentitySnapshot(IdentitySnapshot other)
    {
        _accounts = other._accounts;
        _keys = other._keys;
        _canonicalIds = other._canonicalIds;
        _emails = other._emails;
        _aliases = other._aliases;
    }

    /// <summary>In the order of their ids.</summary>
    public IEnumerable<AccountIdentities> Accounts => _accounts.Values;

    public IEnumerable<AccessKey> Keys => _keys.Values;

    /// <summary>The account of that id, or null.</summary>
    public AccountIdentities? FindAccount(string id) => _accounts.GetValueOrDefault(id);

    /// <summary>The account that owns buckets under that id, or null.</summary>
    public Account? FindByCanonicalId(string canonicalId) =>
        _canonicalIds.TryGetValue(canonicalId, out var id) ? _accounts[id].Account : null;

    /// <summary>The account of that address, or null.</summary>
    public Account? FindByEmail(string email) => _emails.TryGetValue(email, out var id) ? _accounts[id].Account : null;

    /// <summary>The account of that alias, or null.</summary>
    public Account? FindByAlias(string alias) => _aliases.TryGetValue(alias, out var id) ? _accounts[id].Account : null;

    /// <summary>The key of that id, on or off, or null.</summary>
    public AccessKey? FindKey(string id) => _keys.GetValueOrDefault(id);

    /// <summary>
    /// Who signs with the key of that id; null where there is none, or it is off. Allocates the first time only.
    /// </summary>
    public Signer? FindSigner(string accessKeyId) =>
        _signers.TryGetValue(accessKeyId, out var known) ? known : MakeSigner(accessKeyId);

    /// <summary>The caller that a user would be.</summary>
    public Caller CallerOf(User user) => Callers.Of(this, user, accessKeyId: null);

    /// <summary>The user of that ARN, or null.</summary>
    public User? FindUser(string arn) =>
        IdentityArn.Parse(arn) is { Kind: "user" } parsed
        && FindAccount(parsed.AccountId)?.Users.GetValueOrDefault(parsed.Name) is { } user && user.Arn == arn
            ? user
            : null;

    /// <summary>The group of that ARN, or null.</summary>
    public Group? FindGroup(string arn) =>
        IdentityArn.Parse(arn) is { Kind: "group" } parsed
        && FindAccount(parsed.AccountId)?.Groups.GetValueOrDefault(parsed.Name) is { } group && group.Arn == arn
            ? group
            : null;

    /// <summary>The role of that ARN, or null.</summary>
    public Role? FindRole(string arn) =>
        IdentityArn.Parse(arn) is { Kind: "role" } parsed
        && FindAccount(parsed.AccountId)?.Roles.GetValueOrDefault(parsed.Name) is { } role && role.Arn == arn
            ? role
            : null;

    /// <summary>The managed policy of that ARN, one of AWS's too, or null.</summary>
    public ManagedPolicy? FindPolicy(string arn) => AwsManagedPolicies.Find(arn)
        ?? (IdentityArn.Parse(arn) is { Kind: "policy" } parsed
            && FindAccount(parsed.AccountId)?.Policies.GetValueOrDefault(parsed.Name) is { } policy && policy.Arn == arn
                ? policy
                : null);

    /// <summary>The same with a document added, or in place of the one with its id.</summary>
    /// <remarks>Whoever adds has seen to it that the name is free, and that the account is there.</remarks>
    public IdentitySnapshot With(IdentityDocument document) => document is Account account
        ? WithAccount(account)
        : Changed(document.AccountId, all => document switch
        {
            User user => Renamed(all, user) with { Users = Without(all, all.Users, user.Id).Add(user.Name, user) },
            Group group => Renamed(all, group) with
            {
                Groups = Without(all, all.Groups, group.Id).Add(group.Name, group),
            },
            Role role => Renamed(all, role) with { Roles = Without(all, all.Roles, role.Id).Add(role.Name, role) },
            ManagedPolicy policy => all with { Policies = all.Policies.Remove(policy.Name).Add(policy.Name, policy) },
            OidcProvider provider => all with { OidcProviders = all.OidcProviders.SetItem(provider.Url, provider) },
            MfaDevice device => all with { MfaDevices = all.MfaDevices.SetItem(device.Name, device) },
            _ => throw new ArgumentOutOfRangeException(nameof(document)),
        });

    /// <summary>The same with a key added, or in place of the one with its id.</summary>
    public IdentitySnapshot With(AccessKey key)
    {
        var owner = key.UserId ?? "";
        var made = Changed(key.AccountId, all => all with
        {
            KeyIds = all.KeyIds.SetItem(owner, (all.KeyIds.GetValueOrDefault(owner) ?? NoKeyIds).Add(key.Id)),
        });
        made._keys = _keys.SetItem(key.Id, key);
        return made;
    }

    /// <summary>The same without a document. An account that is taken away has nothing any more.</summary>
    public IdentitySnapshot Without(IdentityDocument document) => document is Account account
        ? WithoutAccount(account)
        : Changed(document.AccountId, all => document switch
        {
            User user => all with { Users = all.Users.Remove(user.Name), NamesById = all.NamesById.Remove(user.Id) },
            Group group => all with
            {
                Groups = all.Groups.Remove(group.Name),
                NamesById = all.NamesById.Remove(group.Id),
            },
            Role role => all with { Roles = all.Roles.Remove(role.Name), NamesById = all.NamesById.Remove(role.Id) },
            ManagedPolicy policy => all with { Policies = all.Policies.Remove(policy.Name) },
            OidcProvider provider => all with { OidcProviders = all.OidcProviders.Remove(provider.Url) },
            MfaDevice device => all with { MfaDevices = all.MfaDevices.Remove(device.Name) },
            _ => throw new ArgumentOutOfRangeException(nameof(document)),
        });

    /// <summary>The same without a key.</summary>
    public IdentitySnapshot Without(AccessKey key)
    {
        var owner = key.UserId ?? "";
        var made = Changed(key.AccountId, all =>
        {
            var left = (all.KeyIds.GetValueOrDefault(owner) ?? NoKeyIds).Remove(key.Id);
            return all with
            {
                KeyIds = left.IsEmpty ? all.KeyIds.Remove(owner) : all.KeyIds.SetItem(owner, left),
            };
        });
        made._keys = _keys.Remove(key.Id);
        return made;
    }

    private IdentitySnapshot WithAccount(Account account)
    {
        var before = _accounts.GetValueOrDefault(account.Id);
        return new(this)
        {
            _accounts = _accounts.SetItem(
                account.Id, before is null ? new() { Account = account } : before with { Account = account }),
            _canonicalIds = Named(_canonicalIds, before?.Account.CanonicalId, account.CanonicalId, account.Id),
            _emails = Named(_emails, before?.Account.Email, account.Email, account.Id),
            _aliases = Named(_aliases, before?.Account.Alias, account.Alias, account.Id),
        };
    }

    private IdentitySnapshot WithoutAccount(Account account) => new(this)
    {
        _accounts = _accounts.Remove(account.Id),
        _canonicalIds = Named(_canonicalIds, account.CanonicalId, after: null, account.Id),
        _emails = Named(_emails, account.Email, after: null, account.Id),
        _aliases = Named(_aliases, account.Alias, after: null, account.Id),
    };

    private IdentitySnapshot Changed(string accountId, Func<AccountIdentities, AccountIdentities> change) => new(this)
    {
        _accounts = _accounts.SetItem(accountId, change(_accounts[accountId])),
    };

    private static AccountIdentities Renamed(AccountIdentities all, PolicyHolder holder) =>
        all with { NamesById = all.NamesById.SetItem(holder.Id, holder.Name) };

    private static ImmutableSortedDictionary<string, T> Without<T>(
        AccountIdentities all, ImmutableSortedDictionary<string, T> holders, string id) =>
        all.NamesById.TryGetValue(id, out var name) ? holders.Remove(name) : holders;

    private static ImmutableDictionary<string, string> Named(
        ImmutableDictionary<string, string> names, string? before, string? after, string id)
    {
        names = before is null ? names : names.Remove(before);
        return after is null ? names : names.SetItem(after, id);
    }

    private Signer? MakeSigner(string accessKeyId) =>
        FindKey(accessKeyId) is { IsActive: true } key && Callers.Of(this, key) is { } caller
            ? _signers.GetOrAdd(accessKeyId, new Signer(key, caller))
            : null;
}
