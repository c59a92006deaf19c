using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Checksums;
using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Messages;
using ObjectServer.Operations.Locking;
using ObjectServer.Operations.Objects;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Multipart;

/// <summary>PUT /{bucket}/{key}?partNumber&amp;uploadId: adds a part to an upload, or replaces one.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html</remarks>
internal sealed class UploadPart(ObjectStore objects, UploadStore uploads) : S3Operation
{
    public override S3Route Route { get; } =
        new(HttpMethods.Put, TargetKind.Object) { Query = ["partNumber", "uploadId"] };

    public override S3Action ActionFor(S3Target target) => S3Action.PutObject;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var number = PartNumbers.Parse(request.Query);
        var uploadId = request.Query.Find("uploadId")!;
        var upload = await uploads.FindAsync(request.Bucket, request.Key, uploadId, cancellation);
        if (upload is null)
        {
            return AbsentUpload.Named(uploadId);
        }

        if (request.Body.Length is null)
        {
            return S3Errors.MissingContentLength;
        }

        var wanted = new WantedLock(upload.Retention, upload.LegalHold);
        if (wanted.DemandsDigest(request.Bucket) && !request.Body.IsVouchedFor)
        {
            return ObjectLock.MissingDigest("Put Part");
        }

        if (CheckAnnounced(upload, request) is { } mismatch)
        {
            return mismatch;
        }

        // An upload that announced nothing ends with a CRC64NVME, whatever else its parts were sent with.
        using var unasked = upload.ChecksumAlgorithm is null
            ? ChecksumHasher.Create(ContentHashes.DefaultAlgorithm)
            : null;
        await using var content = await objects.BeginContentAsync(
            upload.StorageClass, request.Body.Length, cancellation);
        var received = await request.Body.CopyToAsync(
            Write, upload.ChecksumAlgorithm, PutObject.MaxBytes, cancellation);
        var kept = unasked is null
            ? received.Checksum
            : new ObjectChecksum(unasked.Algorithm, ChecksumType.FullObject, unasked.Finish());
        var eTag = Convert.ToHexStringLower(received.Md5);
        var outcome = await uploads.PutPartAsync(
            request.Bucket, upload, number, eTag, kept, content, cancellation);
        return outcome is PartOutcome.Written
            ? S3Response.Empty()
                .With("ETag", EntityTags.Quote(eTag))
                .With(
                    ChecksumNames.Of(received.Checksum.Algorithm).Header,
                    CompositeChecksum.Format(received.Checksum, partCount: 1))
            : AbsentUpload.Named(uploadId);

        ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken token)
        {
            unasked?.Append(bytes.Span);
            return content.WriteAsync(bytes, token);
        }
    }

    /// <summary>
    /// A composite checksum is made of what the client vouches for, so each part must come with its own. For a full
    /// object the server may compute them.
    /// </summary>
    private static S3Error? CheckAnnounced(UploadRecord upload, S3Request request)
    {
        if (upload.ChecksumAlgorithm is not { } algorithm || upload.ChecksumType is not ChecksumType.Composite)
        {
            return null;
        }

        var isSent = request.Headers.ContainsKey("x-amz-trailer")
            || ChecksumNames.All.Any(naming => request.Headers.ContainsKey(naming.Header));
        return isSent
            ? null
            : S3Errors.InvalidRequest.Saying(
                "Checksum Type mismatch occurred, expected checksum Type: "
                + $"{UploadChecksums.WireName(algorithm)}, actual checksum Type: null");
    }
}
