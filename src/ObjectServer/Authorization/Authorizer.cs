using ObjectServer.AccessControl;
using ObjectServer.Denials;
using ObjectServer.Identity;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Authorization;

/// <summary>What every decision about access needs, whoever asks for what.</summary>
/// <param name="identities">Whose buckets are whose, and who has which device.</param>
/// <param name="blockOfAccount">The block of public access of the account with a canonical id.</param>
/// <param name="objects">Where objects are looked up whose ACL or tags bear on a decision.</param>
/// <param name="denials">Where refusals are kept for whoever asks why.</param>
internal sealed class Authorizer(
    IdentityDirectory identities,
    Func<string, PublicAccessBlock> blockOfAccount,
    ObjectStore objects,
    DenialLog denials)
{
    /// <summary>Begins to ask for one request.</summary>
    /// <param name="requestId">Under which its refusals are found.</param>
    /// <param name="caller">Who sends it.</param>
    /// <param name="facts">What of it bears on decisions.</param>
    public S3Access Begin(string requestId, Caller caller, RequestFacts facts) => new(this, requestId, caller, facts);

    /// <summary>What the owner of a bucket has settled about access to it.</summary>
    public BucketAccess Settled(BucketRecord bucket) =>
        new(bucket, blockOfAccount(bucket.OwnerId));

    /// <summary>The id of the account that owns something; where that account is gone, what nobody is called.</summary>
    public string AccountOf(string canonicalId) => identities.Current.FindByCanonicalId(canonicalId)?.Id ?? canonicalId;

    public ValueTask<ObjectVersion?> FindAsync(AccessTarget target, CancellationToken cancellation) =>
        objects.FindAsync(target.Bucket!, target.Key!.Value, target.VersionId, cancellation);

    /// <summary>Takes a code of a device of an account's root. It counts once.</summary>
    public ValueTask<bool> SpendRootCodeAsync(
        string accountId, string serialNumber, string code, CancellationToken cancellation) =>
        MfaCodes.SpendAsync(identities, accountId, userId: null, serialNumber, code, cancellation);

    public void Keep(Denial denial) => denials.Keep(denial);
}
