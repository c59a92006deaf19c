using System.Text;
using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Messages;
using ObjectServer.Operations.Listing;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Multipart;

/// <summary>GET /{bucket}?uploads: the uploads in progress, by key, and the oldest of a key first.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html</remarks>
internal sealed class ListMultipartUploads(UploadStore uploads, AccessRules rules) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Bucket) { Subresource = "uploads" };

    public override S3Action ActionFor(S3Target target) => S3Action.ListBucketMultipartUploads;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var keys = KeyEncoding.Parse(request.Query);
        var prefix = request.Query.Find("prefix") ?? "";
        var delimiter = request.Query.Find("delimiter") ?? "";
        var keyMarker = request.Query.Find("key-marker") ?? "";
        var maxUploads = IntegerParameter.ParsePageSize(request.Query, "max-uploads", "max-uploads");

        // Alone, an upload id marker says nothing: S3 takes it as absent.
        var uploadIdMarker = keyMarker.Length == 0 ? "" : request.Query.Find("upload-id-marker") ?? "";
        var listing = new UploadListing(
            Encoding.UTF8.GetBytes(prefix),
            Encoding.UTF8.GetBytes(delimiter),
            Encoding.UTF8.GetBytes(keyMarker),
            uploadIdMarker,
            maxUploads);
        var page = maxUploads == 0
            ? new UploadPage([], [], IsTruncated: false, default, "")
            : await uploads.ListAsync(request.Bucket, listing, cancellation);
        var owners = new Owners(request.Bucket, rules.Accounts);
        return S3Response.Xml(Write);

        void Write(S3XmlWriter xml)
        {
            xml.Root("ListMultipartUploadsResult")
                .Element("Bucket", request.Bucket.Name)
                .Element("KeyMarker", keys.Show(keyMarker))
                .Element("UploadIdMarker", uploadIdMarker)
                .Element("NextKeyMarker", keys.Show(page.NextKeyMarker.Span))
                .Element("NextUploadIdMarker", page.NextUploadIdMarker)
                .Element("Prefix", keys.Show(prefix))
                .Element("Delimiter", delimiter.Length > 0 ? keys.Show(delimiter) : null)
                .Element("EncodingType", keys.Name)
                .Element("MaxUploads", maxUploads)
                .Element("IsTruncated", page.IsTruncated);
            foreach (var upload in page.Uploads)
            {
                WriteUpload(xml, upload, keys, owners);
            }

            xml.CommonPrefixes(page.CommonPrefixes, keys).End("ListMultipartUploadsResult");
        }
    }

    private static void WriteUpload(S3XmlWriter xml, UploadRecord upload, KeyEncoding keys, Owners owners)
    {
        xml.Start("Upload").Element("Key", keys.Show(upload.Key.Utf8)).Element("UploadId", upload.UploadId);
        owners.WriteInitiator(xml, upload);
        owners.Write(xml, upload.OwnerId)
            .Element("StorageClass", upload.StorageClass)
            .Element("Initiated", upload.Initiated)
            .ChecksumChoice(upload.ChecksumAlgorithm, upload.ChecksumType)
            .End("Upload");
    }
}
