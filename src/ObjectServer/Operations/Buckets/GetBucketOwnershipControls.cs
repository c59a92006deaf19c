using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;

namespace ObjectServer.Operations.Buckets;

/// <summary>GET /{bucket}?ownershipControls: who owns what others write into a bucket.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketOwnershipControls.html</remarks>
internal sealed class GetBucketOwnershipControls : S3Operation
{
    public override S3Route Route { get; } =
        new(HttpMethods.Get, TargetKind.Bucket) { Subresource = "ownershipControls" };

    public override S3Action ActionFor(S3Target target) => S3Action.GetBucketOwnershipControls;

    public override ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation) =>
        ValueTask.FromResult(OwnershipControls.Find(request.Bucket) is { } ownership
            ? S3Response.Xml(xml => OwnershipControls.WriteDocument(xml, ownership))
            : S3Errors.OwnershipControlsNotFoundError);
}
