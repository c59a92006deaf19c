using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Messages;

namespace ObjectServer.Operations.Buckets;

/// <summary>GET /{bucket}?abac: whether the tags of a bucket are condition keys of policies.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAbac.html</remarks>
internal sealed class GetBucketAbac : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Bucket) { Subresource = "abac" };

    public override S3Action ActionFor(S3Target target) => S3Action.GetBucketAbac;

    public override ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation) =>
        ValueTask.FromResult(StatusDocument.Answer(
            "AbacStatus", BucketAbac.Is(request.Bucket) ? BucketAbac.Enabled : BucketAbac.Disabled));
}
