using ObjectServer.Errors;

namespace ObjectServer.AccessControl;

/// <summary>The ACLs that have a name.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl</remarks>
internal static class CannedAcl
{
    public const string Header = "x-amz-acl";

    /// <summary>The owner alone.</summary>
    public const string Private = "private";

    /// <summary>The one that lets the bucket's owner read an object.</summary>
    public const string BucketOwnerRead = "bucket-owner-read";

    /// <summary>The one that gives an object into the hands of the bucket's owner.</summary>
    public const string BucketOwnerFullControl = "bucket-owner-full-control";

    /// <summary>The account that reads machine images for Amazon EC2. There is none such here; the grant is kept and shown.</summary>
    public const string MachineImageReaderId = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c";

    /// <summary>The ACL of a bucket. Those that speak of a bucket's owner say nothing more of a bucket.</summary>
    /// <exception cref="S3Exception">InvalidArgument: there is no such ACL.</exception>
    public static AccessControlList ForBucket(string name, string ownerId) => new(ownerId, name switch
    {
        Private or BucketOwnerRead or BucketOwnerFullControl => null,
        "log-delivery-write" => Owned(
            ownerId,
            AclGrant.To(AclGroup.LogDelivery, AclPermission.Write),
            AclGrant.To(AclGroup.LogDelivery, AclPermission.ReadAcp)),
        _ => ForAnything(name, ownerId),
    });

    /// <summary>The ACL of an object.</summary>
    /// <exception cref="S3Exception">InvalidArgument: there is no such ACL for objects.</exception>
    public static AccessControlList ForObject(string name, string ownerId, string bucketOwnerId) => new(ownerId, name switch
    {
        Private => null,
        BucketOwnerRead or BucketOwnerFullControl when ownerId == bucketOwnerId => null,
        BucketOwnerRead => Owned(ownerId, AclGrant.To(bucketOwnerId, AclPermission.Read)),
        BucketOwnerFullControl => Owned(ownerId, AclGrant.To(bucketOwnerId, AclPermission.FullControl)),
        _ => ForAnything(name, ownerId),
    });

    private static AclGrants ForAnything(string name, string ownerId) => name switch
    {
        "public-read" => Owned(ownerId, AclGrant.To(AclGroup.AllUsers, AclPermission.Read)),
        "public-read-write" => Owned(
            ownerId,
            AclGrant.To(AclGroup.AllUsers, AclPermission.Read),
            AclGrant.To(AclGroup.AllUsers, AclPermission.Write)),
        "authenticated-read" => Owned(ownerId, AclGrant.To(AclGroup.AuthenticatedUsers, AclPermission.Read)),
        "aws-exec-read" => Owned(ownerId, AclGrant.To(MachineImageReaderId, AclPermission.Read)),
        _ => throw new S3Exception(S3Errors.InvalidArgument.With("ArgumentName", Header).With("ArgumentValue", name)),
    };

    private static AclGrants Owned(string ownerId, params ReadOnlySpan<AclGrant> grants) =>
        new([AclGrant.To(ownerId, AclPermission.FullControl), .. grants]);
}
