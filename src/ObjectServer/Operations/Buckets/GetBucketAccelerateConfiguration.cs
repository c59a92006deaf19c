using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Messages;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Buckets;

/// <summary>GET /{bucket}?accelerate: what was said of it; an empty document where nothing ever was.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAccelerateConfiguration.html</remarks>
internal sealed class GetBucketAccelerateConfiguration : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Bucket) { Subresource = "accelerate" };

    public override S3Action ActionFor(S3Target target) => S3Action.GetAccelerateConfiguration;

    public override ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation) =>
        ValueTask.FromResult(StatusDocument.Answer(
            "AccelerateConfiguration", StatusDocument.Find(request.Bucket, BucketSetting.Accelerate)));
}
