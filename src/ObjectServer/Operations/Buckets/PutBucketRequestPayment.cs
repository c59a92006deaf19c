using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Buckets;

/// <summary>PUT /{bucket}?requestPayment: says who pays for requests to a bucket.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketRequestPayment.html</remarks>
internal sealed class PutBucketRequestPayment(BucketStore buckets) : S3Operation
{
    private const int MaxXmlBytes = 16 * 1024;

    public override S3Route Route { get; } = new(HttpMethods.Put, TargetKind.Bucket) { Subresource = "requestPayment" };

    public override S3Action ActionFor(S3Target target) => S3Action.PutBucketRequestPayment;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var document = await request.Body.ReadDocumentAsync(MaxXmlBytes, checksumRequired: true, cancellation);
        var configuration = S3XmlReader.Parse(document, "RequestPaymentConfiguration");
        var requesterPays = configuration.Child("Payer")?.Text switch
        {
            "Requester" => true,
            "BucketOwner" => false,
            _ => throw new S3Exception(S3Errors.MalformedXML),
        };
        var changed = await buckets.UpdateAsync(
            request.Bucket.Name,
            bucket => bucket with { Settings = RequesterPays.With(bucket.Settings, requesterPays) },
            cancellation);
        return changed is null ? S3Errors.NoSuchBucket : S3Response.Empty();
    }
}
