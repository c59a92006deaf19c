using System.Security.Cryptography;
using ObjectServer.AccessControl;
using ObjectServer.Encryption;
using ObjectServer.Identity;
using ObjectServer.Seeding;
using ObjectServer.Storage;

namespace ObjectServer.Commands;

/// <summary>Accounts of a store that no server has open, and the keys of their roots. All else is IAM's.</summary>
internal sealed class AccountCommands(StoppedStore store)
{
    private const int BucketPage = 1000;

    /// <summary>Shows every account with the keys of its root.</summary>
    public Task<int> ListAsync(CancellationToken cancellation) => WithAsync(
        (_, identities) =>
        {
            foreach (var all in identities.Current.Accounts)
            {
                var (account, keys) = (all.Account, string.Join(", ", all.KeyIdsOf(userId: null).Select(id =>
                    identities.Current.FindKey(id) is { IsActive: false } ? $"{id} (inactive)" : id)));
                store.SayLine($"{account.Id}  {account.Name}");
                store.SayLine($"  canonical id  {account.CanonicalId}");
                store.SayLine($"  e-mail        {account.Email ?? "none"}");
                store.SayLine($"  root keys     {(keys.Length == 0 ? "none kept" : keys)}");
                store.SayLine($"  has           {all.Users.Count} users, {all.Groups.Count} groups, {all.Roles.Count} roles");
            }

            return Task.FromResult(ObjectServerCommand.Success);
        },
        cancellation);

    /// <summary>Makes an account and a key of its root, whose secret is shown this once.</summary>
    /// <param name="name">For people.</param>
    /// <param name="id">Twelve digits; null for some that are free.</param>
    /// <param name="email">Null for none.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<int> CreateAsync(string name, string? id, string? email, CancellationToken cancellation)
    {
        var mistake = FindMistake("name", name, SeedRule.AccountName)
            ?? FindMistake("id", id, SeedRule.AccountId)
            ?? FindMistake("email", email, SeedRule.Email);
        return mistake is not null
            ? Task.FromResult(store.Fail(mistake))
            : WithAsync(
                async (_, identities) =>
                {
                    var (made, refusal) = await identities.ChangeAsync(change => Create(change, name, id, email), cancellation);
                    if (made is null)
                    {
                        return store.Fail(refusal!);
                    }

                    store.SayLine($"account            {made.AccountId}");
                    ShowOnce(made);
                    return ObjectServerCommand.Success;
                },
                cancellation);
    }

    /// <summary>Takes an account away with all that it has, unless it owns a bucket.</summary>
    public Task<int> DeleteAsync(string id, CancellationToken cancellation) => WithAsync(
        async (opened, identities) =>
        {
            if (identities.Current.FindAccount(id)?.Account is not { } account)
            {
                return store.Fail(NoSuch(id));
            }

            if (id == Account.FirstId)
            {
                return store.Fail("The first account is always there.");
            }

            if (await FindBucketAsync(opened.Buckets, account.CanonicalId, cancellation) is { } bucket)
            {
                return store.Fail($"Account {id} owns the bucket '{bucket}'. Delete its buckets first.");
            }

            using var blocks = await AccountBlocks.OpenAsync(opened.Documents, cancellation);
            await blocks.PutAsync(account.CanonicalId, block: null, cancellation);
            await identities.ChangeAsync(
                change =>
                {
                    change.RemoveAccount(id);
                    return id;
                },
                cancellation);
            return ObjectServerCommand.Success;
        },
        cancellation);

    /// <summary>Makes a key of an account's root, whose secret is shown this once.</summary>
    public Task<int> CreateKeyAsync(string id, CancellationToken cancellation) => WithAsync(
        async (_, identities) =>
        {
            if (identities.Current.FindAccount(id) is null)
            {
                return store.Fail(NoSuch(id));
            }

            ShowOnce(await identities.ChangeAsync(change => NewKey(change, id), cancellation));
            return ObjectServerCommand.Success;
        },
        cancellation);

    /// <summary>Takes a key of an account's root away.</summary>
    public Task<int> DeleteKeyAsync(string keyId, CancellationToken cancellation) => WithAsync(
        async (_, identities) =>
        {
            if (identities.Current.FindKey(keyId) is not { UserId: null } key)
            {
                return store.Fail($"No root of an account has the key '{keyId}' in this store.");
            }

            await identities.ChangeAsync(
                change =>
                {
                    change.Remove(key);
                    return key;
                },
                cancellation);
            return ObjectServerCommand.Success;
        },
        cancellation);

    private static (AccessKey? Made, string? Refusal) Create(IdentityChange change, string name, string? id, string? email)
    {
        if (id is not null && change.Identities.FindAccount(id) is not null)
        {
            return (null, $"There is an account {id}.");
        }

        if (email is not null && change.Identities.FindByEmail(email) is { } other)
        {
            return (null, $"Account {other.Id} has that e-mail address.");
        }

        while (id is null)
        {
            var drawn = RandomNumberGenerator.GetString("123456789", 1) + RandomNumberGenerator.GetString("0123456789", 11);
            id = change.Identities.FindAccount(drawn) is null ? drawn : null;
        }

        change.Put(Account.Of(id, name, change.Now) with { Email = email });
        return (NewKey(change, id), null);
    }

    private static AccessKey NewKey(IdentityChange change, string accountId)
    {
        var key = new AccessKey(UniqueIds.AccessKey(), UniqueIds.Secret()) { AccountId = accountId, Created = change.Now };
        change.Put(key);
        return key;
    }

    private static async Task<string?> FindBucketAsync(
        BucketStore buckets, string ownerId, CancellationToken cancellation)
    {
        for (var after = ""; ;)
        {
            var page = await buckets.ListAsync("", after, BucketPage, cancellation);
            if (page.Buckets.FirstOrDefault(bucket => bucket.OwnerId == ownerId) is { } found)
            {
                return found.Name;
            }

            if (!page.IsTruncated || page.Buckets.IsEmpty)
            {
                return null;
            }

            after = page.Buckets[^1].Name;
        }
    }

    private static string? FindMistake(string what, string? text, SeedRule rule) =>
        text is null || rule.Holds(text) ? null : $"{what}: This must be {rule.Says}.";

    private static string NoSuch(string id) => $"There is no account {id} in this store.";

    private void ShowOnce(AccessKey key)
    {
        store.SayLine($"access key id      {key.Id}");
        store.SayLine($"secret access key  {key.Secret}");
        store.SayLine("The secret is shown this once.");
    }

    private Task<int> WithAsync(
        Func<LocalStore, IdentityDirectory, Task<int>> run, CancellationToken cancellation) => store.WithAsync(
        async opened =>
        {
            var masterKey = await MasterKey.EstablishAsync(
                store.Options.MasterKeyFile ?? Path.Combine(store.Options.DataDirectory, MasterKey.FileName),
                opened.Documents,
                cancellation);
            using var identities = await IdentityDirectory.OpenAsync(
                opened.Documents, masterKey, configuredKey: null, TimeProvider.System, cancellation);
            return await run(opened, identities);
        },
        cancellation);
}
