using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage;

namespace ObjectServer.Operations.Buckets;

/// <summary>PUT /{bucket}?abac: says whether the tags of a bucket are condition keys of policies.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAbac.html</remarks>
internal sealed class PutBucketAbac(BucketStore buckets) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Put, TargetKind.Bucket) { Subresource = "abac" };

    public override S3Action ActionFor(S3Target target) => S3Action.PutBucketAbac;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var document = await request.Body.ReadDocumentAsync(StatusDocument.MaxBytes, checksumRequired: false, cancellation);
        if (document.IsEmpty)
        {
            return S3Errors.MissingRequestBodyError;
        }

        var status = StatusDocument.Read(document, "AbacStatus", BucketAbac.Enabled, BucketAbac.Disabled);
        var changed = await buckets.UpdateAsync(
            request.Bucket.Name,
            bucket => bucket with { Settings = BucketAbac.With(bucket.Settings, status == BucketAbac.Enabled) },
            cancellation);
        return changed is null ? S3Errors.NoSuchBucket : S3Response.Empty();
    }
}
