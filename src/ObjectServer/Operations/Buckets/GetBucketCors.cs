using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Cors;
using ObjectServer.Errors;
using ObjectServer.Messages;

namespace ObjectServer.Operations.Buckets;

/// <summary>GET /{bucket}?cors: what a bucket allows to pages of other origins.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketCors.html</remarks>
internal sealed class GetBucketCors : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Bucket) { Subresource = "cors" };

    public override S3Action ActionFor(S3Target target) => S3Action.GetBucketCORS;

    public override ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation) =>
        ValueTask.FromResult(CorsConfiguration.Find(request.Bucket) is { } configuration
            ? S3Response.Xml(xml => CorsDocument.Write(xml, configuration))
            : S3Errors.NoSuchCORSConfiguration);
}
