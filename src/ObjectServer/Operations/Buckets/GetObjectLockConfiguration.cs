using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Operations.Locking;

namespace ObjectServer.Operations.Buckets;

/// <summary>GET /{bucket}?object-lock: that versions can be locked, and for how long new ones are.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLockConfiguration.html</remarks>
internal sealed class GetObjectLockConfiguration : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Bucket) { Subresource = "object-lock" };

    public override S3Action ActionFor(S3Target target) => S3Action.GetBucketObjectLockConfiguration;

    public override ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation) =>
        ValueTask.FromResult(request.Bucket.ObjectLockEnabled
            ? S3Response.Xml(xml => LockDocuments.WriteConfiguration(xml, request.Bucket.DefaultRetention))
            : S3Errors.ObjectLockConfigurationNotFoundError.With("BucketName", request.Bucket.Name));
}
