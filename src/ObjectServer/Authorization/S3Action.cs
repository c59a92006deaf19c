namespace ObjectServer.Authorization;

/// <summary>An action of the S3 permission model, e.g. <c>s3:GetObject</c>.</summary>
/// <remarks>https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html</remarks>
internal readonly record struct S3Action(string Name)
{
    public static readonly S3Action AbortMultipartUpload = new("s3:AbortMultipartUpload");
    public static readonly S3Action CreateBucket = new("s3:CreateBucket");
    public static readonly S3Action DeleteBucket = new("s3:DeleteBucket");
    public static readonly S3Action DeleteObject = new("s3:DeleteObject");
    public static readonly S3Action DeleteObjectTagging = new("s3:DeleteObjectTagging");
    public static readonly S3Action DeleteObjectVersion = new("s3:DeleteObjectVersion");
    public static readonly S3Action DeleteObjectVersionTagging = new("s3:DeleteObjectVersionTagging");
    public static readonly S3Action GetBucketLocation = new("s3:GetBucketLocation");
    public static readonly S3Action GetBucketTagging = new("s3:GetBucketTagging");
    public static readonly S3Action GetBucketVersioning = new("s3:GetBucketVersioning");
    public static readonly S3Action GetObject = new("s3:GetObject");
    public static readonly S3Action GetObjectAttributes = new("s3:GetObjectAttributes");
    public static readonly S3Action GetObjectTagging = new("s3:GetObjectTagging");
    public static readonly S3Action GetObjectVersion = new("s3:GetObjectVersion");
    public static readonly S3Action GetObjectVersionAttributes = new("s3:GetObjectVersionAttributes");
    public static readonly S3Action GetObjectVersionTagging = new("s3:GetObjectVersionTagging");
    public static readonly S3Action ListAllMyBuckets = new("s3:ListAllMyBuckets");
    public static readonly S3Action ListBucket = new("s3:ListBucket");
    public static readonly S3Action ListBucketMultipartUploads = new("s3:ListBucketMultipartUploads");
    public static readonly S3Action ListBucketVersions = new("s3:ListBucketVersions");
    public static readonly S3Action ListMultipartUploadParts = new("s3:ListMultipartUploadParts");
    public static readonly S3Action PutBucketTagging = new("s3:PutBucketTagging");
    public static readonly S3Action PutBucketVersioning = new("s3:PutBucketVersioning");
    public static readonly S3Action PutObject = new("s3:PutObject");
    public static readonly S3Action PutObjectTagging = new("s3:PutObjectTagging");
    public static readonly S3Action PutObjectVersionTagging = new("s3:PutObjectVersionTagging");
}
