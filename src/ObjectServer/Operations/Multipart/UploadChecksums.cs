using ObjectServer.Checksums;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Multipart;

/// <summary>What checksum an upload's parts bear, and the object that they become.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html</remarks>
internal static class UploadChecksums
{
    /// <summary>What CreateMultipartUpload announces; both null where it says nothing.</summary>
    /// <exception cref="S3Exception">InvalidRequest: S3 knows no such algorithm, type or combination.</exception>
    public static (ChecksumAlgorithm? Algorithm, ChecksumType? Type) ReadAnnounced(S3Request request)
    {
        var typeName = request.Header("x-amz-checksum-type");
        if (request.Header("x-amz-checksum-algorithm") is not { } algorithmName)
        {
            return typeName is null
                ? (null, null)
                : throw Invalid(
                    "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
        }

        var algorithm = ChecksumNames.ParseAlgorithm(algorithmName);
        if (typeName is null)
        {
            return (algorithm, ChecksumNames.DefaultMultipartType(algorithm));
        }

        var type = ReadType(typeName);
        return ChecksumNames.AllowsMultipart(algorithm, type)
            ? (algorithm, type)
            : throw Invalid(
                $"The {ChecksumNames.NameOf(type)} checksum type cannot be used with the {WireName(algorithm)} "
                + "checksum algorithm.");
    }

    /// <summary>Reads a value of <c>x-amz-checksum-type</c>.</summary>
    /// <exception cref="S3Exception">InvalidRequest: there is no such type.</exception>
    public static ChecksumType ReadType(string name) =>
        ChecksumNames.TryParseType(name, out var type)
            ? type
            : throw Invalid("Value for x-amz-checksum-type header is invalid.");

    /// <summary>The algorithm of a part's checksum: the announced one, or the one S3 computes by itself.</summary>
    public static ChecksumAlgorithm OfParts(NewUpload upload) =>
        upload.ChecksumAlgorithm ?? ContentHashes.DefaultAlgorithm;

    /// <summary>What the object's checksum covers.</summary>
    public static ChecksumType OfObject(NewUpload upload) => upload.ChecksumType ?? ChecksumType.FullObject;

    /// <summary>The algorithm as messages name it, e.g. <c>crc32</c>.</summary>
    public static string WireName(ChecksumAlgorithm algorithm) =>
        ChecksumNames.Of(algorithm).Name.ToLowerInvariant();

    private static S3Exception Invalid(string message) => new(S3Errors.InvalidRequest.Saying(message));
}
