using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Policies;

namespace ObjectServer.Operations.Buckets;

/// <summary>GET /{bucket}?policyStatus: whether the policy of a bucket is public.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicyStatus.html</remarks>
internal sealed class GetBucketPolicyStatus : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Bucket) { Subresource = "policyStatus" };

    public override S3Action ActionFor(S3Target target) => S3Action.GetBucketPolicyStatus;

    public override ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation) =>
        ValueTask.FromResult(BucketPolicy.Find(request.Bucket) is not { } policy
            ? S3Errors.NoSuchBucketPolicy
            : S3Response.Xml(xml => xml
                .Root("PolicyStatus")
                .Element("IsPublic", PublicAccess.IsPublic(policy.Document))
                .End("PolicyStatus")));
}
