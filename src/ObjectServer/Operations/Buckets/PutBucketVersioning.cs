using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Buckets;

/// <summary>PUT /{bucket}?versioning: has a bucket keep old versions from now on, or no more.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html</remarks>
internal sealed class PutBucketVersioning(BucketStore buckets) : S3Operation
{
    private const int MaxXmlBytes = 16 * 1024;

    public override S3Route Route { get; } = new(HttpMethods.Put, TargetKind.Bucket) { Subresource = "versioning" };

    public override S3Action ActionFor(S3Target target) => S3Action.PutBucketVersioning;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var document = await request.Body.ReadDocumentAsync(MaxXmlBytes, checksumRequired: true, cancellation);
        var versioning = Read(S3XmlReader.Parse(document, "VersioningConfiguration"));

        var changed = await buckets.UpdateAsync(
            request.Bucket.Name,
            bucket => bucket.ObjectLockEnabled && versioning != VersioningState.Enabled
                ? throw new S3Exception(S3Errors.InvalidBucketState.Saying(
                    "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."))
                : bucket with { Versioning = versioning },
            cancellation);
        return changed is null ? S3Errors.NoSuchBucket : S3Response.Empty();
    }

    private static VersioningState Read(S3XmlElement configuration)
    {
        if (configuration.Children.Any(child => child.Name is not ("Status" or "MfaDelete")))
        {
            throw new S3Exception(S3Errors.MalformedXML);
        }

        switch (configuration.Child("MfaDelete")?.Text)
        {
            case null or "Disabled":
                break;
            case "Enabled":
                throw new S3Exception(S3Errors.NotImplemented.Saying(
                    "MFA delete is not implemented: no caller has such a device here."));
            default:
                throw new S3Exception(S3Errors.MalformedXML);
        }

        return configuration.Child("Status")?.Text switch
        {
            "Enabled" => VersioningState.Enabled,
            "Suspended" => VersioningState.Suspended,
            null => throw new S3Exception(S3Errors.IllegalVersioningConfigurationException.Saying(
                "The Versioning element must be specified")),
            _ => throw new S3Exception(S3Errors.MalformedXML),
        };
    }
}
