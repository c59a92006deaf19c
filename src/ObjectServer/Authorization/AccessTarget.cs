using ObjectServer.Storage.Model;

namespace ObjectServer.Authorization;

/// <summary>What an action is about.</summary>
/// <param name="BucketName">The bucket's name; null where the account itself is meant.</param>
/// <param name="Bucket">The bucket; null where there is none yet.</param>
/// <param name="Key">The object's key; null where the bucket itself is meant.</param>
/// <param name="VersionId">The version; null for the current one.</param>
internal readonly record struct AccessTarget(
    string? BucketName, BucketRecord? Bucket, ObjectKey? Key, VersionId? VersionId)
{
    /// <summary>The account itself.</summary>
    public static readonly AccessTarget Account = new(null, null, null, null);

    public static AccessTarget Of(BucketRecord bucket) => new(bucket.Name, bucket, null, null);

    public static AccessTarget Of(BucketRecord bucket, ObjectKey key, VersionId? versionId = null) =>
        new(bucket.Name, bucket, key, versionId);

    /// <summary>The ARN that policies name it by.</summary>
    /// <param name="resource">What the action takes: one that is about a bucket never sees the key.</param>
    public string Arn(ActionResource resource) => (resource, BucketName, Key) switch
    {
        // AWS's own examples name the list of buckets so; a star alone names it as well.
        (ActionResource.Service, _, _) or (_, null, _) => "arn:aws:s3:::*",
        (ActionResource.Object, var name, { } key) => $"arn:aws:s3:::{name}/{key}",
        (ActionResource.Object, var name, null) => $"arn:aws:s3:::{name}/",
        (_, var name, _) => $"arn:aws:s3:::{name}",
    };
}
