using System.Collections.Frozen;
using ObjectServer.AccessControl;

namespace ObjectServer.Authorization;

/// <summary>What kind of resource an action is about; a policy names it by its ARN.</summary>
internal enum ActionResource
{
    /// <summary>The account, named by <c>arn:aws:s3:::*</c>.</summary>
    Service,

    /// <summary><c>arn:aws:s3:::bucket</c></summary>
    Bucket,

    /// <summary><c>arn:aws:s3:::bucket/key</c></summary>
    Object,
}

/// <summary>The entry of an access control list that allows an action.</summary>
/// <param name="List">Whose list: the bucket's or the object's.</param>
/// <param name="Permission">What it must grant.</param>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#permissions</remarks>
internal sealed record AclDemand(ActionResource List, AclPermission Permission)
{
    public static readonly AclDemand ReadBucket = new(ActionResource.Bucket, AclPermission.Read);
    public static readonly AclDemand WriteBucket = new(ActionResource.Bucket, AclPermission.Write);
    public static readonly AclDemand ReadBucketAcl = new(ActionResource.Bucket, AclPermission.ReadAcp);
    public static readonly AclDemand WriteBucketAcl = new(ActionResource.Bucket, AclPermission.WriteAcp);
    public static readonly AclDemand ReadObject = new(ActionResource.Object, AclPermission.Read);
    public static readonly AclDemand ReadObjectAcl = new(ActionResource.Object, AclPermission.ReadAcp);
    public static readonly AclDemand WriteObjectAcl = new(ActionResource.Object, AclPermission.WriteAcp);
}

/// <summary>An action of the S3 permission model, e.g. <c>s3:GetObject</c>.</summary>
/// <param name="Name">As policies say it, with the prefix.</param>
/// <param name="Resource">What it is about.</param>
/// <param name="Acl">The entry of an access control list that allows it; null: none does.</param>
/// <remarks>https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html</remarks>
internal sealed record S3Action(string Name, ActionResource Resource, AclDemand? Acl)
{
    public static readonly S3Action AbortMultipartUpload = OnObject("AbortMultipartUpload");
    public static readonly S3Action BypassGovernanceRetention = OnObject("BypassGovernanceRetention");
    public static readonly S3Action CreateBucket = OnBucket("CreateBucket");
    public static readonly S3Action CreateBucketMetadataTableConfiguration = OnBucket("CreateBucketMetadataTableConfiguration");
    public static readonly S3Action DeleteBucket = OnBucket("DeleteBucket");
    public static readonly S3Action DeleteBucketMetadataTableConfiguration = OnBucket("DeleteBucketMetadataTableConfiguration");
    public static readonly S3Action DeleteBucketPolicy = OnBucket("DeleteBucketPolicy");
    public static readonly S3Action DeleteBucketWebsite = OnBucket("DeleteBucketWebsite");
    public static readonly S3Action DeleteObject = OnObject("DeleteObject", AclDemand.WriteBucket);
    public static readonly S3Action DeleteObjectTagging = OnObject("DeleteObjectTagging");
    public static readonly S3Action DeleteObjectVersion = OnObject("DeleteObjectVersion", AclDemand.WriteBucket);
    public static readonly S3Action DeleteObjectVersionTagging = OnObject("DeleteObjectVersionTagging");
    public static readonly S3Action GetAccelerateConfiguration = OnBucket("GetAccelerateConfiguration");
    public static readonly S3Action GetAccountPublicAccessBlock = OnService("GetAccountPublicAccessBlock");
    public static readonly S3Action GetAnalyticsConfiguration = OnBucket("GetAnalyticsConfiguration");
    public static readonly S3Action GetBucketAbac = OnBucket("GetBucketAbac");
    public static readonly S3Action GetBucketAcl = OnBucket("GetBucketAcl", AclDemand.ReadBucketAcl);
    public static readonly S3Action GetBucketCORS = OnBucket("GetBucketCORS");
    public static readonly S3Action GetBucketLocation = OnBucket("GetBucketLocation");
    public static readonly S3Action GetBucketLogging = OnBucket("GetBucketLogging");
    public static readonly S3Action GetBucketMetadataTableConfiguration = OnBucket("GetBucketMetadataTableConfiguration");
    public static readonly S3Action GetBucketNotification = OnBucket("GetBucketNotification");
    public static readonly S3Action GetBucketObjectLockConfiguration = OnBucket("GetBucketObjectLockConfiguration");
    public static readonly S3Action GetBucketOwnershipControls = OnBucket("GetBucketOwnershipControls");
    public static readonly S3Action GetBucketPolicy = OnBucket("GetBucketPolicy");
    public static readonly S3Action GetBucketPolicyStatus = OnBucket("GetBucketPolicyStatus");
    public static readonly S3Action GetBucketPublicAccessBlock = OnBucket("GetBucketPublicAccessBlock");
    public static readonly S3Action GetBucketRequestPayment = OnBucket("GetBucketRequestPayment");
    public static readonly S3Action GetBucketTagging = OnBucket("GetBucketTagging");
    public static readonly S3Action GetBucketVersioning = OnBucket("GetBucketVersioning");
    public static readonly S3Action GetBucketWebsite = OnBucket("GetBucketWebsite");
    public static readonly S3Action GetEncryptionConfiguration = OnBucket("GetEncryptionConfiguration");
    public static readonly S3Action GetIntelligentTieringConfiguration = OnBucket("GetIntelligentTieringConfiguration");
    public static readonly S3Action GetInventoryConfiguration = OnBucket("GetInventoryConfiguration");
    public static readonly S3Action GetLifecycleConfiguration = OnBucket("GetLifecycleConfiguration");
    public static readonly S3Action GetMetricsConfiguration = OnBucket("GetMetricsConfiguration");
    public static readonly S3Action GetObject = OnObject("GetObject", AclDemand.ReadObject);
    public static readonly S3Action GetObjectAcl = OnObject("GetObjectAcl", AclDemand.ReadObjectAcl);
    public static readonly S3Action GetObjectAttributes = OnObject("GetObjectAttributes", AclDemand.ReadObject);
    public static readonly S3Action GetObjectLegalHold = OnObject("GetObjectLegalHold");
    public static readonly S3Action GetObjectRetention = OnObject("GetObjectRetention");
    public static readonly S3Action GetObjectTagging = OnObject("GetObjectTagging");
    public static readonly S3Action GetObjectTorrent = OnObject("GetObjectTorrent");
    public static readonly S3Action GetObjectVersion = OnObject("GetObjectVersion", AclDemand.ReadObject);
    public static readonly S3Action GetObjectVersionAcl = OnObject("GetObjectVersionAcl", AclDemand.ReadObjectAcl);
    public static readonly S3Action GetObjectVersionAttributes = OnObject("GetObjectVersionAttributes", AclDemand.ReadObject);
    public static readonly S3Action GetObjectVersionForReplication = OnObject("GetObjectVersionForReplication");
    public static readonly S3Action GetObjectVersionTagging = OnObject("GetObjectVersionTagging");
    public static readonly S3Action GetObjectVersionTorrent = OnObject("GetObjectVersionTorrent");
    public static readonly S3Action GetReplicationConfiguration = OnBucket("GetReplicationConfiguration");
    public static readonly S3Action ListAllMyBuckets = OnService("ListAllMyBuckets");
    public static readonly S3Action ListBucket = OnBucket("ListBucket", AclDemand.ReadBucket);
    public static readonly S3Action ListBucketMultipartUploads = OnBucket("ListBucketMultipartUploads", AclDemand.ReadBucket);
    public static readonly S3Action ListBucketVersions = OnBucket("ListBucketVersions", AclDemand.ReadBucket);
    public static readonly S3Action ListMultipartUploadParts = OnObject("ListMultipartUploadParts");
    public static readonly S3Action ObjectOwnerOverrideToBucketOwner = OnObject("ObjectOwnerOverrideToBucketOwner");
    public static readonly S3Action PutAccelerateConfiguration = OnBucket("PutAccelerateConfiguration");
    public static readonly S3Action PutAccountPublicAccessBlock = OnService("PutAccountPublicAccessBlock");
    public static readonly S3Action PutAnalyticsConfiguration = OnBucket("PutAnalyticsConfiguration");
    public static readonly S3Action PutBucketAbac = OnBucket("PutBucketAbac");
    public static readonly S3Action PutBucketAcl = OnBucket("PutBucketAcl", AclDemand.WriteBucketAcl);
    public static readonly S3Action PutBucketCORS = OnBucket("PutBucketCORS");
    public static readonly S3Action PutBucketLogging = OnBucket("PutBucketLogging");
    public static readonly S3Action PutBucketNotification = OnBucket("PutBucketNotification");
    public static readonly S3Action PutBucketObjectLockConfiguration = OnBucket("PutBucketObjectLockConfiguration");
    public static readonly S3Action PutBucketOwnershipControls = OnBucket("PutBucketOwnershipControls");
    public static readonly S3Action PutBucketPolicy = OnBucket("PutBucketPolicy");
    public static readonly S3Action PutBucketPublicAccessBlock = OnBucket("PutBucketPublicAccessBlock");
    public static readonly S3Action PutBucketRequestPayment = OnBucket("PutBucketRequestPayment");
    public static readonly S3Action PutBucketTagging = OnBucket("PutBucketTagging");
    public static readonly S3Action PutBucketVersioning = OnBucket("PutBucketVersioning");
    public static readonly S3Action PutBucketWebsite = OnBucket("PutBucketWebsite");
    public static readonly S3Action PutEncryptionConfiguration = OnBucket("PutEncryptionConfiguration");
    public static readonly S3Action PutIntelligentTieringConfiguration = OnBucket("PutIntelligentTieringConfiguration");
    public static readonly S3Action PutInventoryConfiguration = OnBucket("PutInventoryConfiguration");
    public static readonly S3Action PutLifecycleConfiguration = OnBucket("PutLifecycleConfiguration");
    public static readonly S3Action PutMetricsConfiguration = OnBucket("PutMetricsConfiguration");
    public static readonly S3Action PutObject = OnObject("PutObject", AclDemand.WriteBucket);
    public static readonly S3Action PutObjectAcl = OnObject("PutObjectAcl", AclDemand.WriteObjectAcl);
    public static readonly S3Action PutObjectLegalHold = OnObject("PutObjectLegalHold");
    public static readonly S3Action PutObjectRetention = OnObject("PutObjectRetention");
    public static readonly S3Action PutObjectTagging = OnObject("PutObjectTagging");
    public static readonly S3Action PutObjectVersionAcl = OnObject("PutObjectVersionAcl", AclDemand.WriteObjectAcl);
    public static readonly S3Action PutObjectVersionTagging = OnObject("PutObjectVersionTagging");
    public static readonly S3Action PutReplicationConfiguration = OnBucket("PutReplicationConfiguration");
    public static readonly S3Action ReplicateDelete = OnObject("ReplicateDelete");
    public static readonly S3Action ReplicateObject = OnObject("ReplicateObject");
    public static readonly S3Action ReplicateTags = OnObject("ReplicateTags");
    public static readonly S3Action RestoreObject = OnObject("RestoreObject");
    public static readonly S3Action UpdateObjectEncryption = OnObject("UpdateObjectEncryption");

    /// <summary>Every action, by its name in lower case.</summary>
    public static FrozenDictionary<string, S3Action> ByLowerName { get; } = new[]
    {
        AbortMultipartUpload, BypassGovernanceRetention, CreateBucket, CreateBucketMetadataTableConfiguration,
        DeleteBucket, DeleteBucketMetadataTableConfiguration, DeleteBucketPolicy, DeleteBucketWebsite, DeleteObject,
        DeleteObjectTagging, DeleteObjectVersion, DeleteObjectVersionTagging, GetAccelerateConfiguration,
        GetAccountPublicAccessBlock, GetAnalyticsConfiguration, GetBucketAbac, GetBucketAcl, GetBucketCORS,
        GetBucketLocation, GetBucketLogging, GetBucketMetadataTableConfiguration, GetBucketNotification,
        GetBucketObjectLockConfiguration, GetBucketOwnershipControls, GetBucketPolicy, GetBucketPolicyStatus,
        GetBucketPublicAccessBlock, GetBucketRequestPayment, GetBucketTagging, GetBucketVersioning, GetBucketWebsite,
        GetEncryptionConfiguration, GetIntelligentTieringConfiguration, GetInventoryConfiguration,
        GetLifecycleConfiguration, GetMetricsConfiguration, GetObject, GetObjectAcl, GetObjectAttributes,
        GetObjectLegalHold, GetObjectRetention, GetObjectTagging, GetObjectTorrent, GetObjectVersion,
        GetObjectVersionAcl, GetObjectVersionAttributes, GetObjectVersionForReplication, GetObjectVersionTagging,
        GetObjectVersionTorrent, GetReplicationConfiguration, ListAllMyBuckets, ListBucket,
        ListBucketMultipartUploads, ListBucketVersions, ListMultipartUploadParts, ObjectOwnerOverrideToBucketOwner,
        PutAccelerateConfiguration, PutAccountPublicAccessBlock, PutAnalyticsConfiguration, PutBucketAbac,
        PutBucketAcl, PutBucketCORS, PutBucketLogging, PutBucketNotification, PutBucketObjectLockConfiguration,
        PutBucketOwnershipControls, PutBucketPolicy, PutBucketPublicAccessBlock, PutBucketRequestPayment,
        PutBucketTagging, PutBucketVersioning, PutBucketWebsite, PutEncryptionConfiguration,
        PutIntelligentTieringConfiguration, PutInventoryConfiguration, PutLifecycleConfiguration,
        PutMetricsConfiguration, PutObject, PutObjectAcl, PutObjectLegalHold, PutObjectRetention, PutObjectTagging,
        PutObjectVersionAcl, PutObjectVersionTagging, PutReplicationConfiguration, ReplicateDelete, ReplicateObject,
        ReplicateTags, RestoreObject, UpdateObjectEncryption,
    }.ToFrozenDictionary(action => action.Name.ToLowerInvariant(), StringComparer.Ordinal);

    public override string ToString() => Name;

    private static S3Action OnObject(string name, AclDemand? acl = null) =>
        new("s3:" + name, ActionResource.Object, acl);

    private static S3Action OnBucket(string name, AclDemand? acl = null) =>
        new("s3:" + name, ActionResource.Bucket, acl);

    private static S3Action OnService(string name) => new("s3:" + name, ActionResource.Service, Acl: null);
}
