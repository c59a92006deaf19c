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

    public override TakenHeaders Takes => TakenHeaders.Factor;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var document = await request.Body.ReadDocumentAsync(MaxXmlBytes, checksumRequired: true, cancellation);
        var (versioning, mfaDelete) = Read(S3XmlReader.Parse(document, "VersioningConfiguration"));
        var isFactorNeeded = MfaDelete.Is(request.Bucket) || mfaDelete == true;
        if (await request.Access.JudgeFactorAsync(request.Bucket, isFactorNeeded, cancellation) is { } refusal)
        {
            return refusal;
        }

        var changed = await buckets.UpdateAsync(
            request.Bucket.Name,
            bucket => Judge(bucket, versioning, mfaDelete, isFactorNeeded) is { } conflict
                ? throw new S3Exception(conflict)
                : bucket with
                {
                    Versioning = versioning,
                    Settings = mfaDelete is { } asked && (asked || MfaDelete.WasEverSet(bucket))
                        ? MfaDelete.With(bucket.Settings, asked)
                        : bucket.Settings,
                },
            cancellation);
        return changed is null ? S3Errors.NoSuchBucket : S3Response.Empty();
    }

    /// <summary>Refuses what the bucket cannot be, as it is when that would be committed.</summary>
    private static S3Error? Judge(
        BucketRecord bucket, VersioningState versioning, bool? mfaDelete, bool wasFactorShown)
    {
        if (MfaDelete.Is(bucket) && !wasFactorShown)
        {
            return MfaDelete.Demanded;
        }

        if (bucket.ObjectLockEnabled && versioning != VersioningState.Enabled)
        {
            return S3Errors.InvalidBucketState.Saying(
                "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.");
        }

        return mfaDelete == true && bucket.Settings.Find(BucketSetting.Lifecycle) is not null
            ? S3Errors.InvalidBucketState.Saying(
                "A lifecycle configuration is present on this bucket, so MFA delete cannot be enabled.")
            : null;
    }

    /// <returns>The state; whether MFA delete is to hold, null where that is not said.</returns>
    private static (VersioningState Versioning, bool? MfaDelete) Read(S3XmlElement configuration)
    {
        if (configuration.Children.Any(child => child.Name is not ("Status" or "MfaDelete")))
        {
            throw new S3Exception(S3Errors.MalformedXML);
        }

        var versioning = configuration.Child("Status")?.Text switch
        {
            "Enabled" => VersioningState.Enabled,
            "Suspended" => VersioningState.Suspended,
            null => throw new S3Exception(S3Errors.IllegalVersioningConfigurationException.Saying(
                "The Versioning element must be specified")),
            _ => throw new S3Exception(S3Errors.MalformedXML),
        };
        return (versioning, configuration.Child("MfaDelete")?.Text switch
        {
            null => null,
            "Enabled" => true,
            "Disabled" => false,
            _ => throw new S3Exception(S3Errors.MalformedXML),
        });
    }
}
