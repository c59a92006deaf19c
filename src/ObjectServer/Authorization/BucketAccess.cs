using ObjectServer.AccessControl;
using ObjectServer.Policies;
using ObjectServer.Storage.Model;

namespace ObjectServer.Authorization;

/// <summary>What a bucket's owner has settled about who may do what.</summary>
/// <param name="bucket">The bucket.</param>
/// <param name="ofAccount">The block of public access of the account that owns it.</param>
internal readonly struct BucketAccess(BucketRecord bucket, PublicAccessBlock ofAccount)
{
    public BucketRecord Bucket => bucket;

    public string OwnerId => bucket.OwnerId;

    /// <summary>The bucket's policy; null where it has none.</summary>
    public NamedPolicy? Policy { get; } = BucketPolicy.Find(bucket);

    /// <summary>The bucket's own block and its account's, the stricter one of each.</summary>
    public PublicAccessBlock Block => ofAccount.And(PublicAccessBlock.Find(bucket));

    /// <summary>Whether access control lists count in this bucket.</summary>
    public bool HasAcls { get; } = !OwnershipControls.AreAclsDisabled(bucket);

    /// <summary>Whether a public policy is there for the owner's account alone.</summary>
    public bool IsRestricted =>
        Policy is { } policy && Block.RestrictPublicBuckets && PublicAccess.IsPublic(policy.Document);
}
