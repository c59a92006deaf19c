using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Messages;

namespace ObjectServer.Operations.Buckets;

/// <summary>GET /{bucket}?requestPayment: who pays for requests to a bucket.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketRequestPayment.html</remarks>
internal sealed class GetBucketRequestPayment : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Bucket) { Subresource = "requestPayment" };

    public override S3Action ActionFor(S3Target target) => S3Action.GetBucketRequestPayment;

    public override ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation) =>
        ValueTask.FromResult(S3Response.Xml(xml => xml
            .Root("RequestPaymentConfiguration")
            .Element("Payer", RequesterPays.Is(request.Bucket) ? "Requester" : "BucketOwner")
            .End("RequestPaymentConfiguration")));
}
