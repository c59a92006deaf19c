using ObjectServer.Errors;

namespace ObjectServer.AccessControl;

/// <summary>
/// What a request may still say of an ACL in a bucket where they are disabled: that the bucket's owner has full
/// control, which is so, in any of the forms that say it.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html</remarks>
internal static class DisabledAcls
{
    /// <summary>Checks the headers of a request.</summary>
    /// <exception cref="S3Exception">AccessControlListNotSupported; what the headers' reader refuses.</exception>
    public static void Check(AclHeaders asked, AclGrantees grantees, string bucketOwnerId)
    {
        if (asked is { Canned: null, AreThere: true })
        {
            Check(asked.ReadGrants(grantees), bucketOwnerId);
        }
        else if (asked.Canned is not (null or CannedAcl.BucketOwnerFullControl))
        {
            throw new S3Exception(S3Errors.AccessControlListNotSupported);
        }
    }

    /// <summary>Checks the grants of a request.</summary>
    /// <exception cref="S3Exception">AccessControlListNotSupported.</exception>
    public static void Check(AclGrants? grants, string bucketOwnerId)
    {
        if (grants is not [var only] || only != AclGrant.To(bucketOwnerId, AclPermission.FullControl))
        {
            throw new S3Exception(S3Errors.AccessControlListNotSupported);
        }
    }
}
