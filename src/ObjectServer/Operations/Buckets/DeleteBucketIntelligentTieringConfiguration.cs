using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Archives;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Buckets;

/// <summary>DELETE /{bucket}?intelligent-tiering&amp;id: what it archived, and nothing else does, can be read again.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketIntelligentTieringConfiguration.html</remarks>
internal sealed class DeleteBucketIntelligentTieringConfiguration(BucketStore buckets) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Delete, TargetKind.Bucket)
    {
        Subresource = "intelligent-tiering",
        Query = ["id"],
    };

    public override S3Action ActionFor(S3Target target) => S3Action.PutIntelligentTieringConfiguration;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var id = request.Query.Find("id");
        var changed = await buckets.UpdateAsync(
            request.Bucket.Name,
            bucket =>
            {
                var all = TieringConfiguration.AllOf(bucket);
                var others = all.RemoveAll(configuration => configuration.Id == id);
                if (others.Length == all.Length)
                {
                    throw new S3Exception(S3Errors.NoSuchConfiguration);
                }

                return bucket with
                {
                    Settings = others.IsEmpty
                        ? bucket.Settings.Without(BucketSetting.IntelligentTiering)
                        : bucket.Settings.With(BucketSetting.IntelligentTiering, TieringDocument.Keep(others)),
                };
            },
            cancellation);
        return changed is null ? S3Errors.NoSuchBucket : S3Response.Empty(StatusCodes.Status204NoContent);
    }
}
