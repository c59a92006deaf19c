using ObjectServer.AccessControl;
using ObjectServer.Identity;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Seeding;

/// <summary>Brings a store to what a seed file says, before anybody is served.</summary>
/// <param name="store">The store.</param>
/// <param name="identities">Its identities.</param>
/// <param name="blocks">The blocks of public access that accounts have.</param>
/// <param name="newBuckets">What a new bucket gets where the file does not say.</param>
/// <param name="region">The region of new buckets.</param>
internal sealed class SeedPlanting(
    LocalStore store, IdentityDirectory identities, AccountBlocks blocks, NewBuckets newBuckets, string region)
{
    /// <summary>Sets what differs. Done twice, the second time changes nothing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Ends it; what was done stays.</param>
    /// <exception cref="SeedException">
    /// The file is wrong, or does not fit what is there already. Of identities nothing was changed; of buckets those were
    /// that fit.
    /// </exception>
    /// <exception cref="StoreUnavailableException">Something would have to be written, and the store takes no writes now.</exception>
    public async Task PlantAsync(string path, CancellationToken cancellation)
    {
        var seed = SeedReader.Read(path);
        var mistakes = new SeedMistakes(path);
        await identities.ChangeAsync(
            change =>
            {
                mistakes.Clear();
                new SeededIdentities(change, mistakes).Put(seed);
                mistakes.ThrowIfAny();
                return seed;
            },
            cancellation);

        var buckets = new SeededBuckets(store, newBuckets, region, mistakes);
        foreach (var account in seed.Accounts)
        {
            var ownerId = identities.Current.FindAccount(account.Id)!.Account.CanonicalId;
            if (account.PublicAccessBlock is { } block && block != blocks.Find(ownerId))
            {
                await blocks.PutAsync(ownerId, block, cancellation);
            }

            foreach (var bucket in account.Buckets)
            {
                await buckets.PutAsync(ownerId, bucket, cancellation);
            }
        }

        mistakes.ThrowIfAny();
    }
}
