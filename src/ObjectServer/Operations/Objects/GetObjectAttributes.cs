using System.Globalization;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Checksums;
using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Messages;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Objects;

/// <summary>GET /{bucket}/{key}?attributes: chosen facts of an object, its parts among them.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html</remarks>
internal sealed class GetObjectAttributes(ObjectStore objects) : S3Operation
{
    private const string AttributesHeader = "x-amz-object-attributes";
    private const int MaxParts = 1000;

    private static readonly string[] Names = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];

    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Object) { Subresource = "attributes" };

    public override S3Action ActionFor(S3Target target) => RequestedVersion.IsIn(target.Query)
        ? S3Action.GetObjectVersionAttributes
        : S3Action.GetObjectAttributes;

    public override IEnumerable<S3Action> FurtherActionsFor(
        S3Target target, IHeaderDictionary headers, BucketRecord? bucket) =>
        [RequestedVersion.IsIn(target.Query) ? S3Action.GetObjectVersion : S3Action.GetObject];

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var versionId = RequestedVersion.Read(request.Query);
        var attributes = ReadAttributes(request);
        var limit = Math.Min(ReadNumber(request, "x-amz-max-parts") ?? MaxParts, MaxParts);
        var after = ReadNumber(request, "x-amz-part-number-marker") ?? 0;

        await using var stored = await objects.OpenAsync(request.Bucket, request.Key, versionId, cancellation);
        if (AbsentObject.Is(request, versionId, stored?.Version, out var refusal))
        {
            return refusal;
        }

        var version = stored!.Version;
        if (!await request.MayGiveOutAsync(version, cancellation))
        {
            return S3Errors.AccessDenied;
        }

        var page = attributes.Contains("ObjectParts") && version.PartCount > 0
            ? new PartsPage(version, await ReadPartsAsync(stored, cancellation), after, limit)
            : null;
        return S3Response.Xml(xml => Write(xml, version, attributes, page))
            .With("Last-Modified", HttpDates.Format(version.LastModified))
            .WithVersion(request.Bucket, version.VersionId);
    }

    /// <summary>S3 lists parts only where they have checksums of their own that make up the object's.</summary>
    private static async ValueTask<IReadOnlyList<ObjectPart>?> ReadPartsAsync(
        StoredObject stored, CancellationToken cancellation) =>
        stored.Version.Checksum is { Type: ChecksumType.Composite }
            ? await stored.ReadPartsAsync(cancellation)
            : null;

    private static void Write(S3XmlWriter xml, ObjectVersion version, HashSet<string> attributes, PartsPage? page)
    {
        xml.Root("GetObjectAttributesResponse");
        if (attributes.Contains("ETag"))
        {
            xml.Element("ETag", version.ETag);
        }

        if (attributes.Contains("Checksum") && version.Checksum is { } checksum)
        {
            xml.Start("Checksum");
            WriteChecksum(xml, checksum);
            xml.Element("ChecksumType", ChecksumNames.NameOf(checksum.Type)).End("Checksum");
        }

        page?.Write(xml);
        if (attributes.Contains("StorageClass"))
        {
            xml.Element("StorageClass", version.StorageClass);
        }

        if (attributes.Contains("ObjectSize"))
        {
            xml.Element("ObjectSize", version.Size);
        }

        xml.End("GetObjectAttributesResponse");
    }

    /// <summary>Without the part count that other answers put behind a composite checksum.</summary>
    private static void WriteChecksum(S3XmlWriter xml, ObjectChecksum checksum) =>
        xml.Element(ChecksumNames.Of(checksum.Algorithm).Element, Convert.ToBase64String(checksum.Digest.Span));

    private static HashSet<string> ReadAttributes(S3Request request)
    {
        var attributes = request.Headers[AttributesHeader].ToString()
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .ToHashSet(StringComparer.Ordinal);
        if (attributes.Count == 0)
        {
            throw new S3Exception(S3Errors.InvalidRequest.Saying(
                "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or "
                + "empty"));
        }

        return attributes.IsSubsetOf(Names) ? attributes : throw Invalid(
            "Invalid attribute name specified.", AttributesHeader, request.Headers[AttributesHeader].ToString());
    }

    private static int? ReadNumber(S3Request request, string name)
    {
        if (request.Header(name) is not { } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Invalid($"Provided {name} not an integer or within integer range", name, text);
    }

    private static S3Exception Invalid(string message, string name, string value) => new(S3Errors.InvalidArgument
        .Saying(message)
        .With("ArgumentName", name)
        .With("ArgumentValue", value));

    /// <summary>A stretch of an object's parts.</summary>
    private sealed class PartsPage(ObjectVersion version, IReadOnlyList<ObjectPart>? parts, int after, int limit)
    {
        public void Write(S3XmlWriter xml)
        {
            xml.Start("ObjectParts").Element("PartsCount", version.PartCount);
            if (parts is not null)
            {
                WriteParts(xml, parts);
            }

            xml.End("ObjectParts");
        }

        private void WriteParts(S3XmlWriter xml, IReadOnlyList<ObjectPart> all)
        {
            var rest = all.Where(part => part.Number > after).ToList();
            var page = rest.Take(limit).ToList();
            xml.Element("PartNumberMarker", after)
                .Element("NextPartNumberMarker", page is [.., var last] ? last.Number : 0)
                .Element("MaxParts", limit)
                .Element("IsTruncated", page.Count < rest.Count);
            foreach (var part in page)
            {
                xml.Start("Part").Element("PartNumber", part.Number).Element("Size", part.Size);
                if (part.Checksum is { } own)
                {
                    WriteChecksum(xml, own);
                }

                xml.End("Part");
            }
        }
    }
}
