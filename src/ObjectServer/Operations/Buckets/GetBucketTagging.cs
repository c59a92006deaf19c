using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Operations.Tagging;

namespace ObjectServer.Operations.Buckets;

/// <summary>GET /{bucket}?tagging: the tags of a bucket.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html</remarks>
internal sealed class GetBucketTagging : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Bucket) { Subresource = "tagging" };

    public override S3Action ActionFor(S3Target target) => S3Action.GetBucketTagging;

    public override ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation) =>
        ValueTask.FromResult(request.Bucket.Tags.IsEmpty
            ? S3Errors.NoSuchTagSet
            : S3Response.Xml(xml => TagSets.Write(xml, request.Bucket.Tags)));
}
