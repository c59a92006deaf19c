using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Lifecycle;
using ObjectServer.Messages;

namespace ObjectServer.Operations.Buckets;

/// <summary>GET /{bucket}?lifecycle: what a bucket does by itself.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html</remarks>
internal sealed class GetBucketLifecycleConfiguration : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Bucket) { Subresource = "lifecycle" };

    public override S3Action ActionFor(S3Target target) => S3Action.GetLifecycleConfiguration;

    public override ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation) =>
        ValueTask.FromResult(LifecycleConfiguration.Find(request.Bucket) is { } configuration
            ? S3Response.Xml(xml => LifecycleDocument.Write(xml, configuration))
                .With(LifecycleConfiguration.MinimumHeader, configuration.MinimumName)
            : S3Errors.NoSuchLifecycleConfiguration.With("BucketName", request.Bucket.Name));
}
