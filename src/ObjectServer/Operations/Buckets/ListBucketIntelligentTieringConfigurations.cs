using System.Text;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Archives;
using ObjectServer.Authorization;
using ObjectServer.Messages;
using ObjectServer.Operations.Listing;

namespace ObjectServer.Operations.Buckets;

/// <summary>GET /{bucket}?intelligent-tiering: a bucket's configurations of INTELLIGENT_TIERING, a hundred at a time.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBucketIntelligentTieringConfigurations.html</remarks>
internal sealed class ListBucketIntelligentTieringConfigurations : S3Operation
{
    private const int PageSize = 100;

    public override S3Route Route { get; } =
        new(HttpMethods.Get, TargetKind.Bucket) { Subresource = "intelligent-tiering" };

    public override S3Action ActionFor(S3Target target) => S3Action.GetIntelligentTieringConfiguration;

    public override ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var token = request.Query.Find("continuation-token");
        var after = string.IsNullOrEmpty(token)
            ? ""
            : Encoding.UTF8.GetString(ContinuationToken.Read(token));
        var rest = TieringConfiguration.AllOf(request.Bucket)
            .Where(configuration => string.CompareOrdinal(configuration.Id, after) > 0)
            .ToList();
        return ValueTask.FromResult(S3Response.Xml(xml =>
        {
            xml.Root("ListBucketIntelligentTieringConfigurationsOutput")
                .Element("IsTruncated", rest.Count > PageSize)
                .Element("ContinuationToken", token);
            if (rest.Count > PageSize)
            {
                xml.Element(
                    "NextContinuationToken",
                    ContinuationToken.After(Encoding.UTF8.GetBytes(rest[PageSize - 1].Id)));
            }

            foreach (var configuration in rest.Take(PageSize))
            {
                TieringDocument.WriteElement(xml, configuration);
            }

            xml.End("ListBucketIntelligentTieringConfigurationsOutput");
        }));
    }
}
