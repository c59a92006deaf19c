using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Buckets;

/// <summary>DELETE /{bucket}: removes a bucket that holds no object, no version and no delete marker.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html</remarks>
internal sealed class DeleteBucket(BucketStore buckets) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Delete, TargetKind.Bucket);

    public override S3Action ActionFor(S3Target target) => S3Action.DeleteBucket;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        return await buckets.DeleteAsync(request.Bucket.Name, cancellation) switch
        {
            DeleteBucketOutcome.NotEmpty => S3Errors.BucketNotEmpty,
            DeleteBucketOutcome.NoSuchBucket => S3Errors.NoSuchBucket,
            _ => S3Response.Empty(StatusCodes.Status204NoContent),
        };
    }
}
