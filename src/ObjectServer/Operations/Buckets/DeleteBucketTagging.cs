using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage;

namespace ObjectServer.Operations.Buckets;

/// <summary>DELETE /{bucket}?tagging: removes the tags of a bucket.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketTagging.html</remarks>
internal sealed class DeleteBucketTagging(BucketStore buckets) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Delete, TargetKind.Bucket) { Subresource = "tagging" };

    public override S3Action ActionFor(S3Target target) => S3Action.PutBucketTagging;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var changed = await buckets.UpdateAsync(
            request.Bucket.Name,
            bucket => BucketAbac.Is(bucket) ? throw new S3Exception(BucketAbac.KeepsTags) : bucket with { Tags = [] },
            cancellation);
        return changed is null ? S3Errors.NoSuchBucket : S3Response.Empty(StatusCodes.Status204NoContent);
    }
}
