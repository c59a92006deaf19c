using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Buckets;

/// <summary>DELETE /{bucket}?website: from now on, a bucket is no website.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketWebsite.html</remarks>
internal sealed class DeleteBucketWebsite(BucketStore buckets) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Delete, TargetKind.Bucket) { Subresource = "website" };

    public override S3Action ActionFor(S3Target target) => S3Action.DeleteBucketWebsite;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var changed = await buckets.UpdateAsync(
            request.Bucket.Name,
            bucket => bucket with { Settings = bucket.Settings.Without(BucketSetting.Website) },
            cancellation);
        return changed is null ? S3Errors.NoSuchBucket : S3Response.Empty(StatusCodes.Status204NoContent);
    }
}
