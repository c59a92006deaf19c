using ObjectServer.Errors;
using ObjectServer.Storage.Model;

namespace ObjectServer.Authorization;

/// <summary>The setting of a bucket by which its tags are condition keys of policies.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html</remarks>
internal static class BucketAbac
{
    public const string Enabled = "Enabled";
    public const string Disabled = "Disabled";

    /// <summary>
    /// Refuses the operations that replace all tags of a bucket at once: while tags decide on access, they are changed by
    /// operations of S3 Control that say which ones.
    /// </summary>
    public static readonly S3Error KeepsTags = S3Errors.MethodNotAllowed.Saying(
        "The tags of a bucket with ABAC enabled cannot be changed by this operation: use TagResource and UntagResource, or "
        + "disable ABAC.");

    /// <summary>Whether the bucket's tags are condition keys.</summary>
    public static bool Is(BucketRecord bucket) => bucket.Settings.Find(BucketSetting.Abac) is not null;

    /// <summary>The bucket's settings with it or without.</summary>
    public static BucketSettings With(BucketSettings settings, bool isEnabled) => isEnabled
        ? settings.With(BucketSetting.Abac, default)
        : settings.Without(BucketSetting.Abac);
}
