namespace ObjectServer.AccessControl;

/// <summary>Who owns what others write into a bucket. Kept by name.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html</remarks>
public enum ObjectOwnership
{
    /// <summary>The bucket's owner, of everything; ACLs are disabled.</summary>
    BucketOwnerEnforced,

    /// <summary>The bucket's owner, of what is written with <c>bucket-owner-full-control</c>; else who writes.</summary>
    BucketOwnerPreferred,

    /// <summary>Who writes.</summary>
    ObjectWriter,
}
