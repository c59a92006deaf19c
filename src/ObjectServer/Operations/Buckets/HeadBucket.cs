using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Messages;

namespace ObjectServer.Operations.Buckets;

/// <summary>HEAD /{bucket}: whether a bucket is there and the caller may see it, and where it lies.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html</remarks>
internal sealed class HeadBucket : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Head, TargetKind.Bucket);

    public override S3Action ActionFor(S3Target target) => S3Action.ListBucket;

    public override ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation) =>
        ValueTask.FromResult(S3Response.Empty()
            .With("Content-Type", "application/xml")
            .With("x-amz-bucket-arn", $"arn:aws:s3:::{request.Bucket.Name}")
            .With("x-amz-bucket-region", request.Bucket.Region)
            .With("x-amz-access-point-alias", "false"));
}
