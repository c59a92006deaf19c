using System.Globalization;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Checksums;
using ObjectServer.Errors;
using ObjectServer.Lifecycle;
using ObjectServer.Messages;
using ObjectServer.Operations.Listing;
using ObjectServer.Operations.Objects;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Multipart;

/// <summary>POST /{bucket}/{key}?uploadId: makes an object of the parts of an upload, and ends the upload.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html</remarks>
internal sealed class CompleteMultipartUpload(
    UploadStore uploads, LifecycleCalendar calendar, TimeProvider time) : S3Operation
{
    /// <summary>Ten thousand parts, each with an ETag and the longest of checksums, and room to spare.</summary>
    private const int MaxXmlBytes = 8 * 1024 * 1024;

    private const int PartsPerPage = 1000;

    private readonly KeepAlive _keepAlive = new(time);

    public override S3Route Route { get; } = new(HttpMethods.Post, TargetKind.Object) { Query = ["uploadId"] };

    public override S3Action ActionFor(S3Target target) => S3Action.PutObject;

    public override IEnumerable<S3Action> FurtherActionsFor(
        S3Target target, IHeaderDictionary headers, BucketRecord? bucket) =>
        WriteDemands.Of(headers, bucket!);

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var document = await request.Body.ReadCompletionAsync(MaxXmlBytes, cancellation);
        var chosen = ChosenPart.ReadAll(document);
        var conditions = WriteConditionHeaders.Read(request.Headers);
        return await _keepAlive.AnswerAsync(
            request.RequestId, CompleteAsync(request, chosen, conditions, cancellation));
    }

    private async Task<LateAnswer> CompleteAsync(
        S3Request request,
        IReadOnlyList<ChosenPart> chosen,
        WriteConditions conditions,
        CancellationToken cancellation)
    {
        var uploadId = request.Query.Find("uploadId")!;
        while (await uploads.FindAsync(request.Bucket, request.Key, uploadId, cancellation) is { } upload)
        {
            var stored = await ReadPartsAsync(request.Bucket, upload, cancellation);
            var assembled = AssembledObject.From(upload, chosen, stored);
            if (CheckWhole(request, upload, assembled) is { } mismatch)
            {
                return mismatch;
            }

            var completion = new UploadCompletion
            {
                Upload = upload,
                Parts = assembled.Parts,
                ETag = assembled.ETag,
                Checksum = assembled.Checksum,
                Conditions = conditions,
            };
            switch (await uploads.CompleteAsync(request.Bucket, completion, cancellation))
            {
                case WriteOutcome.Written written:
                    return Answer(request, written.Version);
                case WriteOutcome.NoSuchUpload:
                    // Someone else completed or aborted it, or replaced a part: what is true now decides.
                    continue;
                case var refused:
                    return WriteAnswers.RefusalOf(refused, request.Bucket, request.Key);
            }
        }

        // A client that lost the first answer asks again, and gets it again.
        var completed = await uploads.FindCompletedAsync(request.Bucket, request.Key, uploadId, cancellation);
        return completed is not null && completed.ETag == AssembledObject.ETagOf(chosen.Select(part => part.ETag))
            ? Answer(request, completed)
            : AbsentUpload.Named(uploadId);
    }

    private async ValueTask<List<Storage.Model.UploadPart>> ReadPartsAsync(
        BucketRecord bucket, UploadRecord upload, CancellationToken cancellation)
    {
        var parts = new List<Storage.Model.UploadPart>();
        PartPage page;
        do
        {
            var after = parts.Count == 0 ? 0 : parts[^1].Number;
            page = await uploads.ListPartsAsync(bucket, upload, after, PartsPerPage, cancellation);
            parts.AddRange(page.Parts);
        }
        while (page.IsTruncated);

        return parts;
    }

    /// <summary>Compares what the client says of the whole object with what its parts make.</summary>
    private static S3Error? CheckWhole(S3Request request, UploadRecord upload, AssembledObject assembled)
    {
        var type = UploadChecksums.OfObject(upload);
        if (request.Header("x-amz-checksum-type") is { } typeName && UploadChecksums.ReadType(typeName) != type)
        {
            return S3Errors.InvalidRequest.Saying(
                $"The upload was created using the {ChecksumNames.NameOf(type)} checksum mode. The complete request "
                + "must use the same checksum mode.");
        }

        return CheckSize(request, assembled.Size) ?? CheckChecksum(request, upload, assembled);
    }

    private static S3Error? CheckSize(S3Request request, long size)
    {
        const string Header = "x-amz-mp-object-size";
        if (request.Header(Header) is not { } text)
        {
            return null;
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var expected))
        {
            return S3Errors.InvalidRequest.Saying($"Value for {Header} header is invalid.");
        }

        return expected == size
            ? null
            : S3Errors.InvalidRequest.Saying(
                $"The provided '{Header}' header value {expected} does not match what was computed: {size}");
    }

    private static S3Error? CheckChecksum(S3Request request, UploadRecord upload, AssembledObject assembled)
    {
        var sent = ChecksumNames.All.Where(naming => request.Headers.ContainsKey(naming.Header)).ToArray();
        if (sent is [])
        {
            return null;
        }

        if (sent is not [var naming])
        {
            return S3Errors.InvalidRequest.Saying(
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
        }

        var expected = UploadChecksums.OfParts(upload);
        if (naming.Algorithm != expected)
        {
            return S3Errors.InvalidRequest.Saying(
                $"Checksum Type mismatch occurred, expected checksum Type: {UploadChecksums.WireName(expected)}, "
                + $"actual checksum Type: {UploadChecksums.WireName(naming.Algorithm)}");
        }

        // A composite checksum ends with the number of parts; clients that compute it themselves may leave that out.
        var base64 = request.Header(naming.Header)!;
        var count = $"-{assembled.Parts.Count}";
        if (UploadChecksums.OfObject(upload) is ChecksumType.Composite
            && base64.EndsWith(count, StringComparison.Ordinal))
        {
            base64 = base64[..^count.Length];
        }

        return assembled.Checksum is { } computed
            && computed.Digest.Span.SequenceEqual(ChecksumNames.ParseHeader(expected, base64))
                ? null
                : S3Errors.BadDigest.Saying(
                    $"The {UploadChecksums.WireName(expected)} you specified did not match the calculated checksum.");
    }

    private LateAnswer Answer(S3Request request, ObjectVersion version) =>
        LateAnswer.Document(xml => Write(xml, request, version))
            .With("x-amz-version-id", version.VersionId.IsNull ? null : version.VersionId.ToString())
            .With(
                LifecycleHeaders.Expiration, LifecycleHeaders.ExpirationOf(request.Bucket, version, calendar));

    private static void Write(S3XmlWriter xml, S3Request request, ObjectVersion version)
    {
        xml.Root("CompleteMultipartUploadResult")
            .Element("Location", ObjectLocation.Of(request, version.Key))
            .Element("Bucket", request.Bucket.Name)
            .Element("Key", version.Key.ToString())
            .ETag(version.ETag);
        if (version.Checksum is { } checksum)
        {
            xml.Checksum(checksum, version.PartCount).Element("ChecksumType", ChecksumNames.NameOf(checksum.Type));
        }

        xml.End("CompleteMultipartUploadResult");
    }
}
