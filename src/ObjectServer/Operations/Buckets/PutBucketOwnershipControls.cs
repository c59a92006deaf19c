using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage;

namespace ObjectServer.Operations.Buckets;

/// <summary>PUT /{bucket}?ownershipControls: says who owns what others write into a bucket.</summary>
/// <remarks>
/// ACLs and owners that were kept stay as they are; where ACLs are disabled they count for nothing until they are not.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketOwnershipControls.html
/// </remarks>
internal sealed class PutBucketOwnershipControls(BucketStore buckets) : S3Operation
{
    private const int MaxXmlBytes = 16 * 1024;

    public override S3Route Route { get; } =
        new(HttpMethods.Put, TargetKind.Bucket) { Subresource = "ownershipControls" };

    public override S3Action ActionFor(S3Target target) => S3Action.PutBucketOwnershipControls;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var document = await request.Body.ReadDocumentAsync(MaxXmlBytes, checksumRequired: true, cancellation);
        if (document.IsEmpty)
        {
            return S3Errors.MissingRequestBodyError;
        }

        var ownership = OwnershipControls.ReadDocument(document);
        var changed = await buckets.UpdateAsync(
            request.Bucket.Name,
            bucket => ownership == ObjectOwnership.BucketOwnerEnforced && !AccessControlList.Of(bucket).IsOwnersAlone
                ? throw new S3Exception(S3Errors.InvalidBucketAclWithObjectOwnership)
                : bucket with { Settings = bucket.Settings.With(ownership) },
            cancellation);
        return changed is null ? S3Errors.NoSuchBucket : S3Response.Empty();
    }
}
