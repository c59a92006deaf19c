using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Operations.Locking;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Buckets;

/// <summary>
/// PUT /{bucket}?object-lock: lets the versions of a bucket be locked, for good, and says for how long new ones are.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLockConfiguration.html</remarks>
internal sealed class PutObjectLockConfiguration(BucketStore buckets) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Put, TargetKind.Bucket) { Subresource = "object-lock" };

    public override S3Action ActionFor(S3Target target) => S3Action.PutBucketObjectLockConfiguration;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var document = await request.Body.ReadDocumentAsync(
            LockDocuments.MaxXmlBytes, checksumRequired: true, cancellation);
        if (document.IsEmpty)
        {
            return S3Errors.MissingRequestBodyError;
        }

        var retention = LockDocuments.ReadConfiguration(document);
        var changed = await buckets.UpdateAsync(
            request.Bucket.Name,
            bucket => bucket.Versioning == VersioningState.Enabled
                ? bucket with
                {
                    ObjectLockEnabled = true,
                    Settings = retention is null
                        ? bucket.Settings.Without(BucketSetting.ObjectLock)
                        : bucket.Settings.With(BucketSetting.ObjectLock, retention.ToDocument()),
                }
                : throw new S3Exception(S3Errors.InvalidBucketState.Saying(
                    "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")),
            cancellation);
        return changed is null ? S3Errors.NoSuchBucket : S3Response.Empty();
    }
}
