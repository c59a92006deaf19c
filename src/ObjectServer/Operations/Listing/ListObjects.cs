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

/// <summary>GET /{bucket}: the current objects of a bucket, in the form that predates continuation tokens.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html</remarks>
internal sealed class ListObjects(ObjectStore objects, AccessRules rules) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Bucket);

    public override S3Action ActionFor(S3Target target) => S3Action.ListBucket;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var restoresAt = OptionalAttributes.RestoreStatusAt(request);
        var keys = KeyEncoding.Parse(request.Query);
        var prefix = request.Query.Find("prefix") ?? "";
        var delimiter = request.Query.Find("delimiter") ?? "";
        var marker = request.Query.Find("marker") ?? "";
        var maxKeys = IntegerParameter.ParsePageSize(request.Query, "max-keys", "maxKeys");

        var listing = new ObjectListing(
            Encoding.UTF8.GetBytes(prefix), Encoding.UTF8.GetBytes(delimiter), Encoding.UTF8.GetBytes(marker), maxKeys);
        var page = maxKeys == 0
            ? new ObjectPage([], [], IsTruncated: false, default)
            : await objects.ListAsync(request.Bucket, listing, cancellation);

        var owners = new Owners(request.Bucket, rules.Accounts);
        return S3Response.Xml(Write).With("x-amz-bucket-region", request.Bucket.Region);

        void Write(S3XmlWriter xml)
        {
            xml.Root("ListBucketResult")
                .Element("Name", request.Bucket.Name)
                .Element("Prefix", keys.Show(prefix))
                .Element("Marker", keys.Show(marker));
            if (page.IsTruncated && delimiter.Length > 0)
            {
                // Without a delimiter, clients go on after the last key that they were given.
                xml.Element("NextMarker", keys.Show(page.Next.Span));
            }

            xml.Element("MaxKeys", maxKeys)
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
