using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Operations.Tagging;
using ObjectServer.Storage;

namespace ObjectServer.Operations.Buckets;

/// <summary>PUT /{bucket}?tagging: replaces the tags of a bucket.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html</remarks>
internal sealed class PutBucketTagging(BucketStore buckets) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Put, TargetKind.Bucket) { Subresource = "tagging" };

    public override S3Action ActionFor(S3Target target) => S3Action.PutBucketTagging;

    /// <summary>A policy may ask which tags are given.</summary>
    public override bool AuthorizesItself => true;

    public override bool IsDecidedByDocument => true;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var document = await request.Body.ReadDocumentAsync(
            TagSets.MaxDocumentBytes, checksumRequired: true, cancellation);
        var tags = TagSets.ParseDocument(document, TagRules.Bucket);
        await request.Access.DemandAsync(
            ActionFor(request.Target), AccessTarget.Of(request.Bucket), new() { Tags = tags }, cancellation);
        var changed = await buckets.UpdateAsync(
            request.Bucket.Name,
            bucket => BucketAbac.Is(bucket) ? throw new S3Exception(BucketAbac.KeepsTags) : bucket with { Tags = tags },
            cancellation);
        return changed is null ? S3Errors.NoSuchBucket : S3Response.Empty(StatusCodes.Status204NoContent);
    }
}
