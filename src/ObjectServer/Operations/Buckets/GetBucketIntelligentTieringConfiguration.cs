using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Archives;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;

namespace ObjectServer.Operations.Buckets;

/// <summary>GET /{bucket}?intelligent-tiering&amp;id: one of a bucket's configurations of INTELLIGENT_TIERING.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketIntelligentTieringConfiguration.html</remarks>
internal sealed class GetBucketIntelligentTieringConfiguration : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Bucket)
    {
        Subresource = "intelligent-tiering",
        Query = ["id"],
    };

    public override S3Action ActionFor(S3Target target) => S3Action.GetIntelligentTieringConfiguration;

    public override ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var id = request.Query.Find("id");
        var found = TieringConfiguration.AllOf(request.Bucket).FirstOrDefault(configuration => configuration.Id == id);
        return ValueTask.FromResult(found is null
            ? S3Errors.NoSuchConfiguration
            : S3Response.Xml(xml => TieringDocument.Write(xml, found)));
    }
}
