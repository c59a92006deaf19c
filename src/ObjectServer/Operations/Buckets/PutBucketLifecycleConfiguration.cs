using System.Buffers;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Lifecycle;
using ObjectServer.Messages;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Buckets;

/// <summary>PUT /{bucket}?lifecycle: replaces what a bucket does by itself.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html</remarks>
internal sealed class PutBucketLifecycleConfiguration(BucketStore buckets) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Put, TargetKind.Bucket) { Subresource = "lifecycle" };

    public override S3Action ActionFor(S3Target target) => S3Action.PutLifecycleConfiguration;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var document = await request.Body.ReadDocumentAsync(
            LifecycleDocument.MaxBytes, checksumRequired: true, cancellation);
        if (document.IsEmpty)
        {
            return S3Errors.MissingRequestBodyError;
        }

        var configuration = LifecycleDocument.Read(document, ReadMinimum(request));
        if (LifecycleChecks.FindMistake(configuration) is { } mistake)
        {
            return mistake;
        }

        var kept = new ArrayBufferWriter<byte>(document.Length);
        LifecycleDocument.WriteKept(new S3XmlWriter(kept), configuration);
        var changed = await buckets.UpdateAsync(
            request.Bucket.Name,
            bucket => MfaDelete.Is(bucket)
                ? throw new S3Exception(S3Errors.InvalidBucketState.Saying(
                    "MFA delete is enabled on this bucket, so it can have no lifecycle configuration."))
                : bucket with { Settings = bucket.Settings.With(BucketSetting.Lifecycle, kept.WrittenMemory) },
            cancellation);
        return changed is null
            ? S3Errors.NoSuchBucket
            : S3Response.Empty().With(LifecycleConfiguration.MinimumHeader, configuration.MinimumName);
    }

    private static TransitionMinimum ReadMinimum(S3Request request) =>
        request.Header(LifecycleConfiguration.MinimumHeader) is not { Length: > 0 } named
            ? TransitionMinimum.AllStorageClasses128K
            : LifecycleConfiguration.ParseMinimum(named)
                ?? throw new S3Exception(S3Errors.InvalidRequest.Saying(
                    $"Invalid TransitionDefaultMinimumObjectSize found: {named}"));
}
