using ObjectServer.Addressing;
using ObjectServer.Errors;

namespace ObjectServer.Pipeline;

/// <summary>Adds to an error what S3 says of the bucket or the key, where the code that refused did not.</summary>
internal static class ErrorDetails
{
    public static S3Error Complete(S3Error error, S3Target? target) => error.Code switch
    {
        "NoSuchBucket" or "BucketNotEmpty" or "BucketAlreadyExists" or "BucketAlreadyOwnedByYou" or "NoSuchTagSet"
            or "NoSuchBucketPolicy" or "OwnershipControlsNotFoundError" or "NoSuchPublicAccessBlockConfiguration"
            or "NoSuchCORSConfiguration" or "NoSuchWebsiteConfiguration"
            => WithMissing(error, "BucketName", target?.Bucket),
        "NoSuchKey" when target?.Key is { } key
            => WithMissing(error, "Key", key.ToString()),
        "NoSuchVersion" => WithMissing(
            WithMissing(error, "Key", target?.Key?.ToString()), "VersionId", target?.Query.Find("versionId")),
        "NoSuchUpload" => WithMissing(error, "UploadId", target?.Query.Find("uploadId")),
        _ => error,
    };

    private static S3Error WithMissing(S3Error error, string element, string? value) =>
        value is null || error.Details.Any(detail => detail.Key == element) ? error : error.With(element, value);
}
