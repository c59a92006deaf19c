using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Lifecycle;
using ObjectServer.Messages;
using ObjectServer.Operations.Listing;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Multipart;

/// <summary>GET /{bucket}/{key}?uploadId: the parts that an upload has so far.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html</remarks>
internal sealed class ListParts(UploadStore uploads, AccessRules rules, LifecycleCalendar calendar) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Object) { Query = ["uploadId"] };

    /// <summary>Who began the upload may list its parts.</summary>
    public override bool AuthorizesItself => true;

    public override S3Action ActionFor(S3Target target) => S3Action.ListMultipartUploadParts;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var uploadId = request.Query.Find("uploadId")!;
        var maxParts = IntegerParameter.ParsePageSize(request.Query, "max-parts", "max-parts");
        var marker = IntegerParameter.Parse(request.Query, "part-number-marker", "part-number-marker") ?? 0;
        var upload = await uploads.FindAsync(request.Bucket, request.Key, uploadId, cancellation);
        await UploadInitiator.DemandAsync(request, ActionFor(request.Target), upload, cancellation);
        if (upload is null)
        {
            return AbsentUpload.Named(uploadId);
        }

        var page = maxParts == 0
            ? new PartPage([], IsTruncated: false)
            : await uploads.ListPartsAsync(request.Bucket, upload, marker, maxParts, cancellation);
        var owners = new Owners(request.Bucket, rules.Accounts);
        return S3Response.Xml(Write).WithAbort(request.Bucket, upload, calendar);

        void Write(S3XmlWriter xml)
        {
            xml.Root("ListPartsResult")
                .Element("Bucket", request.Bucket.Name)
                .Element("Key", upload.Key.ToString())
                .Element("UploadId", upload.UploadId);
            owners.WriteInitiator(xml, upload);
            owners.Write(xml, upload.OwnerId)
                .Element("StorageClass", upload.StorageClass)
                .Element("PartNumberMarker", marker)
                .Element("NextPartNumberMarker", page.Parts.IsEmpty ? 0 : page.Parts[^1].Number)
                .Element("MaxParts", maxParts)
                .ChecksumChoice(upload.ChecksumAlgorithm, upload.ChecksumType)
                .Element("IsTruncated", page.IsTruncated);
            WriteParts(xml, upload, page.Parts);
            xml.End("ListPartsResult");
        }
    }

    /// <summary>Parts show the checksum that was announced; one that nobody asked for is the server's own.</summary>
    private static void WriteParts(S3XmlWriter xml, UploadRecord upload, ImmutableArray<Storage.Model.UploadPart> parts)
    {
        foreach (var part in parts)
        {
            xml.Start("Part")
                .Element("PartNumber", part.Number)
                .Element("LastModified", part.LastModified)
                .ETag(part.ETag)
                .Element("Size", part.Size);
            if (upload.ChecksumAlgorithm is not null && part.Checksum is { } checksum)
            {
                xml.Checksum(checksum, partCount: 1);
            }

            xml.End("Part");
        }
    }
}
