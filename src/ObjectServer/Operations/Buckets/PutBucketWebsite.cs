using System.Buffers;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;
using ObjectServer.Websites;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Buckets;

/// <summary>PUT /{bucket}?website: makes a bucket a website, or another one.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketWebsite.html</remarks>
internal sealed class PutBucketWebsite(BucketStore buckets) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Put, TargetKind.Bucket) { Subresource = "website" };

    public override S3Action ActionFor(S3Target target) => S3Action.PutBucketWebsite;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var document = await request.Body.ReadDocumentAsync(
            WebsiteConfiguration.MaxBytes, checksumRequired: true, cancellation);
        if (document.IsEmpty)
        {
            return S3Errors.MissingRequestBodyError;
        }

        var kept = new ArrayBufferWriter<byte>(document.Length);
        WebsiteDocument.Write(new S3XmlWriter(kept), WebsiteDocument.Read(document));
        var changed = await buckets.UpdateAsync(
            request.Bucket.Name,
            bucket => bucket with { Settings = bucket.Settings.With(BucketSetting.Website, kept.WrittenMemory) },
            cancellation);
        return changed is null ? S3Errors.NoSuchBucket : S3Response.Empty();
    }
}
