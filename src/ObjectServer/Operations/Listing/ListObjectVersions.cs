using System.Text;
using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Listing;

/// <summary>GET /{bucket}?versions: every version and delete marker of a bucket, the newest of a key first.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html</remarks>
internal sealed class ListObjectVersions(ObjectStore objects, AccessRules rules) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Bucket) { Subresource = "versions" };

    public override S3Action ActionFor(S3Target target) => S3Action.ListBucketVersions;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var restoresAt = OptionalAttributes.RestoreStatusAt(request);
        var keys = KeyEncoding.Parse(request.Query);
        var prefix = request.Query.Find("prefix") ?? "";
        var delimiter = request.Query.Find("delimiter") ?? "";
        var keyMarker = request.Query.Find("key-marker") ?? "";
        var versionIdMarker = request.Query.Find("version-id-marker");
        var maxKeys = IntegerParameter.ParsePageSize(request.Query, "max-keys", "maxKeys");
        if (JudgeMarkers(keyMarker, versionIdMarker) is { } refusal)
        {
            return refusal;
        }

        var listing = new VersionListing(
            Encoding.UTF8.GetBytes(prefix),
            Encoding.UTF8.GetBytes(delimiter),
            Encoding.UTF8.GetBytes(keyMarker),
            versionIdMarker is null ? null : VersionId.Parse(versionIdMarker),
            maxKeys);
        var page = maxKeys == 0
            ? new VersionPage([], [], IsTruncated: false, default, null)
            : await objects.ListVersionsAsync(request.Bucket, listing, cancellation);

        var owners = new Owners(request.Bucket, rules.Accounts);
        return S3Response.Xml(Write).With("x-amz-bucket-region", request.Bucket.Region);

        void Write(S3XmlWriter xml)
        {
            xml.Root("ListVersionsResult")
                .Element("Name", request.Bucket.Name)
                .Element("Prefix", keys.Show(prefix))
                .Element("KeyMarker", keys.Show(keyMarker))
                .Element("VersionIdMarker", versionIdMarker ?? "");
            if (page.IsTruncated)
            {
                xml.Element("NextKeyMarker", keys.Show(page.NextKeyMarker.Span))
                    .Element("NextVersionIdMarker", page.NextVersionIdMarker?.ToString());
            }

            xml.Element("MaxKeys", maxKeys)
                .Element("Delimiter", delimiter.Length > 0 ? keys.Show(delimiter) : null)
                .Element("EncodingType", keys.Name)
                .Element("IsTruncated", page.IsTruncated);
            foreach (var found in page.Versions)
            {
                WriteVersion(xml, found, keys, owners, restoresAt);
            }

            xml.CommonPrefixes(page.CommonPrefixes, keys).End("ListVersionsResult");
        }
    }

    private static S3Error? JudgeMarkers(string keyMarker, string? versionIdMarker)
    {
        var message = versionIdMarker switch
        {
            null => null,
            _ when keyMarker.Length == 0 => "A version-id marker cannot be specified without a key marker.",
            "" => "A version-id marker cannot be empty.",
            _ when !ObjectStore.CouldExist(VersionId.Parse(versionIdMarker)) => "Invalid version id specified",
            _ => null,
        };
        return message is null
            ? null
            : S3Errors.InvalidArgument
                .Saying(message)
                .With("ArgumentName", "version-id-marker")
                .With("ArgumentValue", versionIdMarker!);
    }

    private static void WriteVersion(
        S3XmlWriter xml, ListedVersion found, KeyEncoding keys, Owners owners, DateTimeOffset? restoresAt)
    {
        var element = found.IsDeleteMarker ? "DeleteMarker" : "Version";
        xml.Start(element)
            .Element("Key", keys.Show(found.Key.Utf8))
            .Element("VersionId", found.VersionId.ToString())
            .Element("IsLatest", found.IsLatest)
            .Element("LastModified", found.LastModified);
        if (found.IsDeleteMarker)
        {
            owners.Write(xml, found.OwnerId);
        }
        else
        {
            xml.ETag(found.ETag)
                .ChecksumChoice(found.ChecksumAlgorithm, found.ChecksumType)
                .Element("Size", found.Size);
            owners.Write(xml, found.OwnerId)
                .Element("StorageClass", found.StorageClass)
                .RestoreStatus(found, restoresAt);
        }

        xml.End(element);
    }
}
