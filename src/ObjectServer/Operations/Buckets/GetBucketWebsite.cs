using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Websites;

namespace ObjectServer.Operations.Buckets;

/// <summary>GET /{bucket}?website: what a bucket is as a website.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketWebsite.html</remarks>
internal sealed class GetBucketWebsite : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Bucket) { Subresource = "website" };

    public override S3Action ActionFor(S3Target target) => S3Action.GetBucketWebsite;

    public override ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation) =>
        ValueTask.FromResult(WebsiteConfiguration.Find(request.Bucket) is { } configuration
            ? S3Response.Xml(xml => WebsiteDocument.Write(xml, configuration))
            : S3Errors.NoSuchWebsiteConfiguration);
}
