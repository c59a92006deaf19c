using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Messages;

namespace ObjectServer.Operations.Buckets;

/// <summary>GET /{bucket}?acl: who owns a bucket, and what others were granted.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAcl.html</remarks>
internal sealed class GetBucketAcl(AccessRules rules) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Bucket) { Subresource = "acl" };

    public override S3Action ActionFor(S3Target target) => S3Action.GetBucketAcl;

    public override ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation) =>
        ValueTask.FromResult(S3Response.Xml(
            xml => AclDocument.Write(xml, AccessControlList.Of(request.Bucket), rules.Accounts)));
}
