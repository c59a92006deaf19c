using ObjectServer.Storage.Model;

namespace ObjectServer.AccessControl;

/// <summary>Who owns a bucket or an object, and what others were granted.</summary>
/// <param name="OwnerId">Canonical id of the owning account.</param>
/// <param name="Grants">Null: the owner has full control, and nobody else has anything.</param>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html</remarks>
internal readonly record struct AccessControlList(string OwnerId, AclGrants? Grants)
{
    /// <summary>The ACL of a bucket. Where ACLs are disabled, the owner's alone.</summary>
    public static AccessControlList Of(BucketRecord bucket) =>
        Kept(bucket.OwnerId, OwnershipControls.AreAclsDisabled(bucket) ? null : bucket.Settings.Find(BucketSetting.Acl));

    /// <summary>The ACL of a version. Where ACLs are disabled, the bucket's owner owns it, alone.</summary>
    public static AccessControlList Of(BucketRecord bucket, ObjectVersion version) =>
        OwnershipControls.AreAclsDisabled(bucket) ? new(bucket.OwnerId, null) : Kept(version.OwnerId, version.Acl);

    /// <summary>Whether the world, or everyone with an account, is granted anything.</summary>
    public bool IsPublic => Grants is { ArePublic: true };

    /// <summary>Whether nobody but the owner is granted anything.</summary>
    public bool IsOwnersAlone
    {
        get
        {
            foreach (var grant in Shown)
            {
                if (grant.CanonicalId != OwnerId)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>All grants, those that nobody had to make included.</summary>
    public AclGrants Shown => Grants ?? new(AclGrant.To(OwnerId, AclPermission.FullControl));

    /// <summary>The grants as they are kept; null where they are what nobody has to keep.</summary>
    public SettingDocument? ToDocument() =>
        Grants is null || (Grants is [var only] && only == AclGrant.To(OwnerId, AclPermission.FullControl))
            ? null
            : new SettingDocument(Grants.Encode());

    /// <summary>Whether a caller may do what needs a permission. An owner may always read and write the ACL itself.</summary>
    /// <param name="demanded">One permission, or several of which all are needed.</param>
    /// <param name="canonicalId">The account of the caller; null for one who did not sign.</param>
    /// <param name="isAuthenticated">Whether the caller signed.</param>
    /// <param name="ignorePublic">Whether grants to the world count for nothing: the block on public access says so.</param>
    public AclAllowance Allows(
        AclPermission demanded, string? canonicalId, bool isAuthenticated, bool ignorePublic)
    {
        var isOwner = canonicalId == OwnerId;
        var toAccount = isOwner ? AclPermission.ReadAcp | AclPermission.WriteAcp : default;
        AclPermission toGroup = default;
        if (Grants is null)
        {
            toAccount = isOwner ? AclPermission.FullControl : default;
        }
        else
        {
            foreach (var grant in Grants)
            {
                switch (grant.Group)
                {
                    case null when grant.CanonicalId == canonicalId:
                        toAccount |= grant.Permission;
                        break;
                    case AclGroup.AllUsers when !ignorePublic:
                    case AclGroup.AuthenticatedUsers when !ignorePublic && isAuthenticated:
                        toGroup |= grant.Permission;
                        break;
                }
            }
        }

        return (toAccount & demanded) == demanded ? AclAllowance.ToAccount
            : ((toAccount | toGroup) & demanded) == demanded ? AclAllowance.ToGroup
            : AclAllowance.None;
    }

    private static AccessControlList Kept(string ownerId, SettingDocument? document) =>
        new(ownerId, document is null ? null : AclGrants.Of(document));
}
