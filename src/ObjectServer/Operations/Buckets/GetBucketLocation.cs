using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Messages;

namespace ObjectServer.Operations.Buckets;

/// <summary>GET /{bucket}?location: the region of a bucket, as a location constraint.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html</remarks>
internal sealed class GetBucketLocation : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Bucket) { Subresource = "location" };

    public override S3Action ActionFor(S3Target target) => S3Action.GetBucketLocation;

    public override ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation) =>
        ValueTask.FromResult(S3Response.Xml(xml => xml
            .Root("LocationConstraint")
            .Text(LocationConstraint.Of(request.Bucket.Region))
            .End("LocationConstraint")));
}
