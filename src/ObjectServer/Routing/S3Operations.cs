using ObjectServer.AccessControl;
using ObjectServer.Archives;
using ObjectServer.Authentication;
using ObjectServer.Lifecycle;
using ObjectServer.Operations;
using ObjectServer.Operations.Buckets;
using ObjectServer.Operations.Listing;
using ObjectServer.Operations.Multipart;
using ObjectServer.Operations.Objects;
using ObjectServer.Operations.Service;
using ObjectServer.Storage;
using static Microsoft.AspNetCore.Http.HttpMethods;
using UploadPart = ObjectServer.Operations.Multipart.UploadPart;

namespace ObjectServer.Routing;

/// <summary>
/// The operations of the S3 API as AWS publishes them, the browser's form upload, which its model leaves out, and those
/// of S3 Control that are served: by a type of the operation's name, or known by name alone and answered 501. What S3
/// Control calls by the same name as S3 bears the name of its action here.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html</remarks>
internal static class S3Operations
{
    private const TargetKind Service = TargetKind.Service;
    private const TargetKind Bucket = TargetKind.Bucket;
    private const TargetKind Object = TargetKind.Object;

    /// <summary>Every operation by name.</summary>
    /// <param name="stores">Where the served ones work.</param>
    /// <param name="authenticator">Tells who sends a form.</param>
    /// <param name="rules">What to obey of what requests say of owners and ACLs.</param>
    /// <param name="calendar">Tells when what buckets do by themselves falls due.</param>
    /// <param name="archives">Which objects are archived.</param>
    /// <param name="region">Where this server says it is.</param>
    /// <param name="time">Paces the answers that take long.</param>
    public static OperationTable Over(
        LocalStore stores,
        Authenticator authenticator,
        AccessRules rules,
        LifecycleCalendar calendar,
        ArchiveRules archives,
        string region,
        TimeProvider time) => new(List(stores, authenticator, rules, calendar, archives, region, time));

    private static OperationRow[] List(
        LocalStore stores,
        Authenticator authenticator,
        AccessRules rules,
        LifecycleCalendar calendar,
        ArchiveRules archives,
        string region,
        TimeProvider time) =>
    [
        Served(new AbortMultipartUpload(stores.Uploads)),
        Served(new CompleteMultipartUpload(stores.Uploads, calendar, time)),
        Served(new CopyObject(stores.Objects, stores.Buckets, rules, archives, calendar)),
        Served(new CreateBucket(stores.Buckets, rules, region)),
        Unserved("CreateBucketMetadataConfiguration", Post, Bucket, "metadataConfiguration"),
        Unserved("CreateBucketMetadataTableConfiguration", Post, Bucket, "metadataTable"),
        Served(new CreateMultipartUpload(stores.Uploads, rules, calendar)),
        Unserved("CreateSession", Get, Bucket, "session"),
        Served(new DeleteAccountPublicAccessBlock(rules.Blocks)),
        Served(new DeleteBucket(stores.Buckets)),
        Unserved("DeleteBucketAnalyticsConfiguration", Delete, Bucket, "analytics", query: "id"),
        Served(new DeleteBucketCors(stores.Buckets)),
        Unserved("DeleteBucketEncryption", Delete, Bucket, "encryption"),
        Served(new DeleteBucketIntelligentTieringConfiguration(stores.Buckets)),
        Unserved("DeleteBucketInventoryConfiguration", Delete, Bucket, "inventory", query: "id"),
        Served(new DeleteBucketLifecycle(stores.Buckets)),
        Unserved("DeleteBucketMetadataConfiguration", Delete, Bucket, "metadataConfiguration"),
        Unserved("DeleteBucketMetadataTableConfiguration", Delete, Bucket, "metadataTable"),
        Unserved("DeleteBucketMetricsConfiguration", Delete, Bucket, "metrics", query: "id"),
        Served(new DeleteBucketOwnershipControls(stores.Buckets)),
        Served(new DeleteBucketPolicy(stores.Buckets)),
        Unserved("DeleteBucketReplication", Delete, Bucket, "replication"),
        Served(new DeleteBucketTagging(stores.Buckets)),
        Served(new DeleteBucketWebsite(stores.Buckets)),
        Served(new DeleteObject(stores.Objects)),
        Unserved("DeleteObjectAnnotation", Delete, Object, "annotation", query: "annotationName"),
        Served(new DeleteObjectTagging(stores.Objects)),
        Served(new DeleteObjects(stores.Objects)),
        Served(new DeletePublicAccessBlock(stores.Buckets)),
        Served(new GetAccountPublicAccessBlock(rules.Blocks)),
        Served(new GetBucketAbac()),
        Served(new GetBucketAccelerateConfiguration()),
        Served(new GetBucketAcl(rules)),
        Unserved("GetBucketAnalyticsConfiguration", Get, Bucket, "analytics", query: "id"),
        Served(new GetBucketCors()),
        Unserved("GetBucketEncryption", Get, Bucket, "encryption"),
        Served(new GetBucketIntelligentTieringConfiguration()),
        Unserved("GetBucketInventoryConfiguration", Get, Bucket, "inventory", query: "id"),
        Unserved("GetBucketLifecycle", Get, Bucket, "lifecycle", takenBy: "GetBucketLifecycleConfiguration"),
        Served(new GetBucketLifecycleConfiguration()),
        Served(new GetBucketLocation()),
        Unserved("GetBucketLogging", Get, Bucket, "logging"),
        Unserved("GetBucketMetadataConfiguration", Get, Bucket, "metadataConfiguration"),
        Unserved("GetBucketMetadataTableConfiguration", Get, Bucket, "metadataTable"),
        Unserved("GetBucketMetricsConfiguration", Get, Bucket, "metrics", query: "id"),
        Unserved("GetBucketNotification", Get, Bucket, "notification", takenBy: "GetBucketNotificationConfiguration"),
        Unserved("GetBucketNotificationConfiguration", Get, Bucket, "notification"),
        Served(new GetBucketOwnershipControls()),
        Served(new GetBucketPolicy()),
        Served(new GetBucketPolicyStatus()),
        Unserved("GetBucketReplication", Get, Bucket, "replication"),
        Served(new GetBucketRequestPayment()),
        Served(new GetBucketTagging()),
        Served(new GetBucketVersioning()),
        Served(new GetBucketWebsite()),
        Served(new GetObject(stores.Objects, archives, calendar)),
        Served(new GetObjectAcl(stores.Objects, rules)),
        Unserved("GetObjectAnnotation", Get, Object, "annotation", query: "annotationName"),
        Served(new GetObjectAttributes(stores.Objects)),
        Served(new GetObjectLegalHold(stores.Objects)),
        Served(new GetObjectLockConfiguration()),
        Served(new GetObjectRetention(stores.Objects)),
        Served(new GetObjectTagging(stores.Objects)),
        Unserved("GetObjectTorrent", Get, Object, "torrent"),
        Served(new GetPublicAccessBlock()),
        Served(new HeadBucket()),
        Served(new HeadObject(stores.Objects, archives, calendar)),
        Unserved("ListBucketAnalyticsConfigurations", Get, Bucket, "analytics"),
        Served(new ListBucketIntelligentTieringConfigurations()),
        Unserved("ListBucketInventoryConfigurations", Get, Bucket, "inventory"),
        Unserved("ListBucketMetricsConfigurations", Get, Bucket, "metrics"),
        Served(new ListBuckets(stores.Buckets, rules)),
        Unserved("ListDirectoryBuckets", Get, Service, takenBy: "ListBuckets"),
        Served(new ListMultipartUploads(stores.Uploads, rules)),
        Unserved("ListObjectAnnotations", Get, Object, "annotation"),
        Served(new ListObjectVersions(stores.Objects, rules)),
        Served(new ListObjects(stores.Objects, rules)),
        Served(new ListObjectsV2(stores.Objects, rules)),
        Served(new ListParts(stores.Uploads, rules, calendar)),
        Served(new PostObject(stores.Objects, authenticator, rules, calendar)),
        Served(new PutAccountPublicAccessBlock(rules.Blocks)),
        Served(new PutBucketAbac(stores.Buckets)),
        Served(new PutBucketAccelerateConfiguration(stores.Buckets)),
        Served(new PutBucketAcl(stores.Buckets, rules)),
        Unserved("PutBucketAnalyticsConfiguration", Put, Bucket, "analytics", query: "id"),
        Served(new PutBucketCors(stores.Buckets)),
        Unserved("PutBucketEncryption", Put, Bucket, "encryption"),
        Served(new PutBucketIntelligentTieringConfiguration(stores.Buckets)),
        Unserved("PutBucketInventoryConfiguration", Put, Bucket, "inventory", query: "id"),
        Unserved("PutBucketLifecycle", Put, Bucket, "lifecycle", takenBy: "PutBucketLifecycleConfiguration"),
        Served(new PutBucketLifecycleConfiguration(stores.Buckets)),
        Unserved("PutBucketLogging", Put, Bucket, "logging"),
        Unserved("PutBucketMetricsConfiguration", Put, Bucket, "metrics", query: "id"),
        Unserved("PutBucketNotification", Put, Bucket, "notification", takenBy: "PutBucketNotificationConfiguration"),
        Unserved("PutBucketNotificationConfiguration", Put, Bucket, "notification"),
        Served(new PutBucketOwnershipControls(stores.Buckets)),
        Served(new PutBucketPolicy(stores.Buckets)),
        Unserved("PutBucketReplication", Put, Bucket, "replication"),
        Served(new PutBucketRequestPayment(stores.Buckets)),
        Served(new PutBucketTagging(stores.Buckets)),
        Served(new PutBucketVersioning(stores.Buckets)),
        Served(new PutBucketWebsite(stores.Buckets)),
        Served(new PutObject(stores.Objects, rules, calendar)),
        Served(new PutObjectAcl(stores.Objects, rules)),
        Unserved("PutObjectAnnotation", Put, Object, "annotation", query: "annotationName"),
        Served(new PutObjectLegalHold(stores.Objects)),
        Served(new PutObjectLockConfiguration(stores.Buckets)),
        Served(new PutObjectRetention(stores.Objects)),
        Served(new PutObjectTagging(stores.Objects)),
        Served(new PutPublicAccessBlock(stores.Buckets)),
        Served(new RenameObject(stores.Objects)),
        Served(new RestoreObject(stores.Objects, archives)),
        Unserved("SelectObjectContent", Post, Object, "select", query: "select-type=2"),
        Unserved("UpdateBucketMetadataAnnotationTableConfiguration", Put, Bucket, "metadataAnnotationTable"),
        Unserved("UpdateBucketMetadataInventoryTableConfiguration", Put, Bucket, "metadataInventoryTable"),
        Unserved("UpdateBucketMetadataJournalTableConfiguration", Put, Bucket, "metadataJournalTable"),
        Unserved("UpdateObjectEncryption", Put, Object, "encryption"),
        Served(new UploadPart(stores.Objects, stores.Uploads)),
        Served(new UploadPartCopy(stores.Buckets, stores.Objects, stores.Uploads, archives, time)),
        Unserved("WriteGetObjectResponse", Post, Bucket, header: "x-amz-request-route"),
    ];

    private static OperationRow Served(S3Operation operation) =>
        new(operation.Name, operation.Route) { Served = operation };

    private static OperationRow Unserved(
        string name,
        string method,
        TargetKind target,
        string? subresource = null,
        string? query = null,
        string? header = null,
        string? contentType = null,
        string? takenBy = null) =>
        new(name, new S3Route(method, target)
        {
            Subresource = subresource,
            Query = query?.Split('&') ?? [],
            Header = header,
            ContentType = contentType,
        })
        {
            TakenBy = takenBy,
        };
}
