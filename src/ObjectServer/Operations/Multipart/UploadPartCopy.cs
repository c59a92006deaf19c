using System.Buffers;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Archives;
using ObjectServer.Authorization;
using ObjectServer.Body;
using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Messages;
using ObjectServer.Operations.Listing;
using ObjectServer.Operations.Objects;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Multipart;

/// <summary>
/// PUT /{bucket}/{key}?partNumber&amp;uploadId with <c>x-amz-copy-source</c>: adds bytes of an object to an upload.
/// </summary>
/// <remarks>
/// The bytes are read, hashed and written anew: a part has digests of its own, and its bytes may end with the source.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
/// </remarks>
internal sealed class UploadPartCopy(
    BucketStore buckets, ObjectStore objects, UploadStore uploads, ArchiveRules archives, TimeProvider time)
    : S3Operation
{
    private const int BlockBytes = 256 * 1024;

    private readonly CopySourceReader _sources = new(buckets);
    private readonly KeepAlive _keepAlive = new(time);

    public override S3Route Route { get; } = new(HttpMethods.Put, TargetKind.Object)
    {
        Query = ["partNumber", "uploadId"],
        Header = CopySource.Header,
    };

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

        var source = CopySource.Parse(request.Header(CopySource.Header) ?? "");
        var sourceBucket = await _sources.FindBucketAsync(request, source, cancellation);
        var stored = await objects.OpenAsync(sourceBucket, source.Key, source.VersionId, cancellation);
        try
        {
            await CopySourceReader.DemandAsync(request, sourceBucket, source, stored?.Version, cancellation);
            if ((CopySourceReader.Judge(request, source, stored?.Version)
                ?? archives.Judge(stored!.Version, sourceBucket, request.Now)) is { } refusal)
            {
                return refusal;
            }

            await archives.NoteAccessAsync(stored!.Version, sourceBucket, request.Now);

            var range = CopySourceRange.Read(request, stored.Version.Size);
            if (range.Length > PutObject.MaxBytes)
            {
                return S3Errors.InvalidRequest.Saying(
                    "The specified copy source is larger than the maximum allowable size for a copy source: "
                    + PutObject.MaxBytes);
            }

            var opened = stored;
            stored = null;
            return await _keepAlive.AnswerAsync(
                request.RequestId, CopyAsync(request, upload, number, opened, range, cancellation));
        }
        finally
        {
            if (stored is not null)
            {
                await stored.DisposeAsync();
            }
        }
    }

    /// <summary>Copies a stretch of an opened object, and closes that.</summary>
    private async Task<LateAnswer> CopyAsync(
        S3Request request,
        UploadRecord upload,
        int number,
        StoredObject source,
        ByteRange range,
        CancellationToken cancellation)
    {
        await using var closing = source;
        await using var content = await objects.BeginContentAsync(
            upload.StorageClass, range.Length, cancellation);
        await using var intake = request.Body.BeginIntake(
            content.WriteAsync, UploadChecksums.OfParts(upload), needsSha256: false, range.Length);
        await PumpAsync(source, range, intake, cancellation);
        var computed = await intake.FinishAsync(cancellation);
        var checksum = new ObjectChecksum(
            UploadChecksums.OfParts(upload), ChecksumType.FullObject, computed.Checksum);
        var outcome = await uploads.PutPartAsync(
            request.Bucket,
            upload,
            number,
            Convert.ToHexStringLower(computed.Md5),
            checksum,
            content,
            cancellation);
        return outcome is PartOutcome.Written { Part: var part }
            ? Answer(upload, source.Version, part)
            : AbsentUpload.Named(upload.UploadId);
    }

    private static async ValueTask PumpAsync(
        StoredObject source, ByteRange range, ContentIntake intake, CancellationToken cancellation)
    {
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            var end = range.Offset + range.Length;
            for (var position = range.Offset; position < end;)
            {
                // Reads that end where stored blocks do have none verified twice.
                var wanted = (int)Math.Min(BlockBytes - (position % BlockBytes), end - position);
                var read = await source.ReadAsync(position, block.AsMemory(0, wanted), cancellation);
                if (read == 0)
                {
                    throw new CorruptDataException(
                        $"The object ends at byte {position}, before the {end} that it should have.");
                }

                await intake.AppendAsync(block.AsMemory(0, read), cancellation);
                position += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static LateAnswer Answer(UploadRecord upload, ObjectVersion source, Storage.Model.UploadPart part) =>
        LateAnswer.Document(xml =>
        {
            xml.Root("CopyPartResult").Element("LastModified", part.LastModified).ETag(part.ETag);
            if (upload.ChecksumAlgorithm is not null && part.Checksum is { } checksum)
            {
                xml.Checksum(checksum, partCount: 1);
            }

            xml.End("CopyPartResult");
        }).With("x-amz-copy-source-version-id", source.VersionId.IsNull ? null : source.VersionId.ToString());
}
