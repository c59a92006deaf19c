using ObjectServer.AccessControl;
using ObjectServer.Policies;
using ObjectServer.Storage.Model;

namespace ObjectServer.Authorization;

/// <summary>What a bucket's owner has settled about who may do what.</summary>
internal sealed class BucketAccess(BucketRecord bucket, PublicAccessBlock block)
{
    public BucketRecord Bucket { get; } = bucket;

    public string OwnerId => Bucket.OwnerId;

    /// <summary>The bucket's policy; null where it has none.</summary>
    public NamedPolicy? Policy { get; } = BucketPolicy.Find(bucket);

    /// <summary>The bucket's own block and its account's, the stricter one of each.</summary>
    public PublicAccessBlock Block { get; } = block;

    /// <summary>Whether access control lists count in this bucket.</summary>
    public bool HasAcls { get; } = !OwnershipControls.AreAclsDisabled(bucket);

    /// <summary>Whether a public policy is there for the owner's account alone.</summary>
    public bool IsRestricted => Block.RestrictPublicBuckets && Policy is { } policy && PublicAccess.IsPublic(policy.Document);
}
