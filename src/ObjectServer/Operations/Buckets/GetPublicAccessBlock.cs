using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;

namespace ObjectServer.Operations.Buckets;

/// <summary>GET /{bucket}?publicAccessBlock: what is done against public access to a bucket.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetPublicAccessBlock.html</remarks>
internal sealed class GetPublicAccessBlock : S3Operation
{
    public override S3Route Route { get; } =
        new(HttpMethods.Get, TargetKind.Bucket) { Subresource = "publicAccessBlock" };

    public override S3Action ActionFor(S3Target target) => S3Action.GetBucketPublicAccessBlock;

    public override ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation) =>
        ValueTask.FromResult(PublicAccessBlock.Find(request.Bucket) is { } block
            ? S3Response.Xml(xml => block.WriteDocument(xml.Root(PublicAccessBlock.RootName)))
            : S3Errors.NoSuchPublicAccessBlockConfiguration);
}
