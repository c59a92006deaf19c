using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Archives;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Buckets;

/// <summary>
/// PUT /{bucket}?intelligent-tiering&amp;id: says after how many days without an access objects of class
/// INTELLIGENT_TIERING are archived; replaces the configuration of the same id.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketIntelligentTieringConfiguration.html</remarks>
internal sealed class PutBucketIntelligentTieringConfiguration(BucketStore buckets) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Put, TargetKind.Bucket)
    {
        Subresource = "intelligent-tiering",
        Query = ["id"],
    };

    public override S3Action ActionFor(S3Target target) => S3Action.PutIntelligentTieringConfiguration;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var document = await request.Body.ReadDocumentAsync(
            TieringDocument.MaxBytes, checksumRequired: false, cancellation);
        if (document.IsEmpty)
        {
            return S3Errors.MissingRequestBodyError;
        }

        var configuration = TieringDocument.Read(document);
        if (request.Query.Find("id") is var id && id != configuration.Id)
        {
            return S3Errors.InvalidArgument
                .Saying("The id in the request does not match the id in the configuration.")
                .With("ArgumentName", "id")
                .With("ArgumentValue", id ?? "");
        }

        var changed = await buckets.UpdateAsync(
            request.Bucket.Name,
            bucket =>
            {
                var others = TieringConfiguration.AllOf(bucket).RemoveAll(other => other.Id == configuration.Id);
                return others.Length < TieringConfiguration.MaxCount
                    ? bucket with
                    {
                        Settings = bucket.Settings.With(
                            BucketSetting.IntelligentTiering, TieringDocument.Keep(others.Add(configuration))),
                    }
                    : throw new S3Exception(S3Errors.TooManyConfigurations);
            },
            cancellation);
        return changed is null ? S3Errors.NoSuchBucket : S3Response.Empty();
    }
}
