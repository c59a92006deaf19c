using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Buckets;

/// <summary>DELETE /{bucket}?lifecycle: from now on, a bucket does nothing by itself.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketLifecycle.html</remarks>
internal sealed class DeleteBucketLifecycle(BucketStore buckets) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Delete, TargetKind.Bucket) { Subresource = "lifecycle" };

    public override S3Action ActionFor(S3Target target) => S3Action.PutLifecycleConfiguration;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var changed = await buckets.UpdateAsync(
            request.Bucket.Name,
            bucket => bucket with { Settings = bucket.Settings.Without(BucketSetting.Lifecycle) },
            cancellation);
        return changed is null ? S3Errors.NoSuchBucket : S3Response.Empty(StatusCodes.Status204NoContent);
    }
}
