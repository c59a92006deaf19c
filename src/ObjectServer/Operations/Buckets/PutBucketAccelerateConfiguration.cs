using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Buckets;

/// <summary>PUT /{bucket}?accelerate: says whether transfers to and from a bucket are to be accelerated.</summary>
/// <remarks>
/// There is one way to this server, so that the answers are as fast either way; clients that ask are told what was set.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAccelerateConfiguration.html
/// </remarks>
internal sealed class PutBucketAccelerateConfiguration(BucketStore buckets) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Put, TargetKind.Bucket) { Subresource = "accelerate" };

    public override S3Action ActionFor(S3Target target) => S3Action.PutAccelerateConfiguration;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var document = await request.Body.ReadDocumentAsync(StatusDocument.MaxBytes, checksumRequired: false, cancellation);
        if (document.IsEmpty)
        {
            return S3Errors.MissingRequestBodyError;
        }

        var status = StatusDocument.Read(document, "AccelerateConfiguration", "Enabled", "Suspended");
        if (request.Bucket.Name.Contains('.', StringComparison.Ordinal))
        {
            return S3Errors.InvalidRequest.Saying(
                "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names");
        }

        var changed = await buckets.UpdateAsync(
            request.Bucket.Name,
            bucket => bucket with
            {
                Settings = bucket.Settings.With(BucketSetting.Accelerate, StatusDocument.Keep(status)),
            },
            cancellation);
        return changed is null ? S3Errors.NoSuchBucket : S3Response.Empty();
    }
}
