using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Buckets;

/// <summary>GET /{bucket}?policy: the policy of a bucket, byte for byte as it was put.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html</remarks>
internal sealed class GetBucketPolicy : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Bucket) { Subresource = "policy" };

    public override S3Action ActionFor(S3Target target) => S3Action.GetBucketPolicy;

    public override ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation) =>
        ValueTask.FromResult(
            OwnersAlone.Judge(request) is { } foreign ? foreign
            : request.Bucket.Settings.Find(BucketSetting.Policy) is not { } policy ? S3Errors.NoSuchBucketPolicy
            : S3Response.Streaming(new BufferedBody(policy.Bytes)).With("Content-Type", "application/json"));
}
