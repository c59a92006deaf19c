using System.Text;
using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Messages;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Listing;

/// <summary>GET /{bucket}?list-type=2: the current objects of a bucket.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html</remarks>
internal sealed class ListObjectsV2(ObjectStore objects, AccessRules rules) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Bucket) { Query = ["list-type=2"] };

    public override S3Action ActionFor(S3Target target) => S3Action.ListBucket;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var restoresAt = OptionalAttributes.RestoreStatusAt(request);
        var keys = KeyEncoding.Parse(request.Query);
        var prefix = request.Query.Find("prefix") ?? "";
        var delimiter = request.Query.Find("delimiter") ?? "";
        var startAfter = request.Query.Find("start-after");
        var token = request.Query.Find("continuation-token");
        var withOwner = string.Equals(request.Query.Find("fetch-owner"), "true", StringComparison.OrdinalIgnoreCase);
        var maxKeys = IntegerParameter.ParsePageSize(request.Query, "max-keys", "maxKeys");

        // A token goes on with a listing, wherever that was told to start; an empty one has not begun.
        var after = string.IsNullOrEmpty(token) ? Encoding.UTF8.GetBytes(startAfter ?? "") : ContinuationToken.Read(token);
        var listing = new ObjectListing(
            Encoding.UTF8.GetBytes(prefix), Encoding.UTF8.GetBytes(delimiter), after, maxKeys);
        var page = maxKeys == 0
            ? new ObjectPage([], [], IsTruncated: false, default)
            : await objects.ListAsync(request.Bucket, listing, cancellation);

        var owners = withOwner ? new Owners(request.Bucket, rules.Accounts) : null;
        return S3Response.Xml(Write).With("x-amz-bucket-region", request.Bucket.Region);

        void Write(S3XmlWriter xml)
        {
            xml.Root("ListBucketResult")
                .Element("Name", request.Bucket.Name)
                .Element("Prefix", keys.Show(prefix))
                .Element("StartAfter", keys.Show(startAfter))
                .Element("ContinuationToken", token);
            if (page.IsTruncated)
            {
                xml.Element("NextContinuationToken", ContinuationToken.After(page.Next.Span));
            }

            xml.Element("KeyCount", page.Objects.Length + page.CommonPrefixes.Length)
                .Element("MaxKeys", maxKeys)
                .Element("Delimiter", delimiter.Length > 0 ? keys.Show(delimiter) : null)
                .Element("EncodingType", keys.Name)
                .Element("IsTruncated", page.IsTruncated);
            foreach (var found in page.Objects)
            {
                xml.Contents(found, keys, owners, restoresAt);
            }

            xml.CommonPrefixes(page.CommonPrefixes, keys).End("ListBucketResult");
        }
    }
}
