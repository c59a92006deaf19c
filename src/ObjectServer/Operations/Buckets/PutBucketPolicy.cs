using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Policies;
using ObjectServer.Storage;

namespace ObjectServer.Operations.Buckets;

/// <summary>PUT /{bucket}?policy: replaces the policy of a bucket.</summary>
/// <remarks>
/// <c>x-amz-confirm-remove-self-bucket-access</c> gives up what the root of the owning account may else always do: to read,
/// replace and remove a policy that denies it.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
/// </remarks>
internal sealed class PutBucketPolicy(BucketStore buckets) : S3Operation
{
    private const string ConfirmHeader = "x-amz-confirm-remove-self-bucket-access";

    public override S3Route Route { get; } = new(HttpMethods.Put, TargetKind.Bucket) { Subresource = "policy" };

    public override S3Action ActionFor(S3Target target) => S3Action.PutBucketPolicy;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        if (OwnersAlone.Judge(request) is { } foreign)
        {
            return foreign;
        }

        var document = await request.Body.ReadDocumentAsync(
            BucketPolicy.MaxBytes, checksumRequired: true, cancellation);
        var policy = BucketPolicy.Read(document, request.Bucket.Name);
        var access = request.Access.Settled(request.Bucket);
        if (access.Block.BlockPublicPolicy && PublicAccess.IsPublic(policy))
        {
            return S3Errors.AccessDenied.Saying(
                "The policy is public, and the bucket's block on public access (BlockPublicPolicy) refuses those.");
        }

        var isConfirmed = ReadConfirmation(request);
        var changed = await buckets.UpdateAsync(
            request.Bucket.Name,
            bucket => bucket with { Settings = BucketPolicy.With(bucket.Settings, document, isConfirmed) },
            cancellation);
        return changed is null ? S3Errors.NoSuchBucket : S3Response.Empty(StatusCodes.Status204NoContent);
    }

    private static bool ReadConfirmation(S3Request request) => request.Header(ConfirmHeader) is { } value
        && (bool.TryParse(value, out var confirmed)
            ? confirmed
            : throw new S3Exception(S3Errors.InvalidArgument
                .With("ArgumentName", ConfirmHeader)
                .With("ArgumentValue", value)));
}
