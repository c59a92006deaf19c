using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Buckets;

/// <summary>PUT /{bucket}?publicAccessBlock: says what is done against public access to a bucket.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html</remarks>
internal sealed class PutPublicAccessBlock(BucketStore buckets) : S3Operation
{
    public override S3Route Route { get; } =
        new(HttpMethods.Put, TargetKind.Bucket) { Subresource = "publicAccessBlock" };

    public override S3Action ActionFor(S3Target target) => S3Action.PutBucketPublicAccessBlock;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var document = await request.Body.ReadDocumentAsync(
            PublicAccessBlock.MaxDocumentBytes, checksumRequired: true, cancellation);
        if (document.IsEmpty)
        {
            return S3Errors.MissingRequestBodyError;
        }

        var block = PublicAccessBlock.ReadDocument(document).Encode();
        var changed = await buckets.UpdateAsync(
            request.Bucket.Name,
            bucket => bucket with { Settings = bucket.Settings.With(BucketSetting.PublicAccessBlock, block) },
            cancellation);
        return changed is null ? S3Errors.NoSuchBucket : S3Response.Empty();
    }
}
