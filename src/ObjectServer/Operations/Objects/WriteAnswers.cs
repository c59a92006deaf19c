using ObjectServer.Checksums;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>What operations that write objects answer alike.</summary>
internal static class WriteAnswers
{
    /// <summary>The refusal that belongs to a write that did not happen.</summary>
    public static S3Error RefusalOf(WriteOutcome outcome, BucketRecord bucket, ObjectKey key) => outcome switch
    {
        WriteOutcome.NoSuchBucket => S3Errors.NoSuchBucket.With("BucketName", bucket.Name),
        WriteOutcome.NoSuchKey => S3Errors.NoSuchKey.With("Key", key.ToString()),
        WriteOutcome.PreconditionFailed failed => S3Errors.PreconditionFailed.With("Condition", failed.Condition),
        WriteOutcome.SourceChanged => S3Errors.OperationAborted,
        WriteOutcome.NoSuchUpload => S3Errors.NoSuchUpload,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "This is no refusal."),
    };

    /// <summary>Adds the checksum of an object.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="checksum">Null adds nothing.</param>
    /// <param name="partCount">The object's parts, which a composite checksum shows.</param>
    public static S3Response WithChecksum(this S3Response response, ObjectChecksum? checksum, int partCount) =>
        checksum is null
            ? response
            : response
                .With(ChecksumNames.Of(checksum.Algorithm).Header, CompositeChecksum.Format(checksum, partCount))
                .With("x-amz-checksum-type", ChecksumNames.NameOf(checksum.Type));

    /// <summary>Adds the checksum of one part of an object whose own is composite.</summary>
    public static S3Response WithPartChecksum(this S3Response response, ObjectChecksum part) => response
        .With(ChecksumNames.Of(part.Algorithm).Header, Convert.ToBase64String(part.Digest.Span))
        .With("x-amz-checksum-type", ChecksumNames.NameOf(ChecksumType.Composite));

    /// <summary>Adds the version that a read or a write was about, in a bucket that has known versioning.</summary>
    public static S3Response WithVersion(this S3Response response, BucketRecord bucket, VersionId versionId) =>
        bucket.Versioning is VersioningState.Unversioned
            ? response
            : response.With("x-amz-version-id", versionId.ToString());

    /// <summary>Adds the version that an upload made; S3 does not name the null version here.</summary>
    public static S3Response WithNewVersion(this S3Response response, ObjectVersion made) =>
        made.VersionId.IsNull ? response : response.With("x-amz-version-id", made.VersionId.ToString());
}
