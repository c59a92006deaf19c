using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Messages;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>Finds the source of a copy: it must exist, be the caller's to read, and meet the conditions.</summary>
internal sealed class CopySourceReader(BucketStore buckets)
{
    private const string OwnerHeader = "x-amz-source-expected-bucket-owner";

    /// <summary>The bucket of a source.</summary>
    /// <exception cref="S3Exception">NoSuchBucket, AccessDenied.</exception>
    public async ValueTask<BucketRecord> FindBucketAsync(
        S3Request request, CopySource source, CancellationToken cancellation)
    {
        var bucket = source.Bucket == request.Bucket.Name
            ? request.Bucket
            : await buckets.FindAsync(source.Bucket, cancellation)
                ?? throw new S3Exception(S3Errors.NoSuchBucket.With("BucketName", source.Bucket));
        var action = source.VersionId is null ? S3Action.GetObject : S3Action.GetObjectVersion;
        var isExpected = request.Header(OwnerHeader) is not { } owner
            || (bucket.OwnerId == request.Caller.CanonicalId && owner == request.Caller.AccountId);
        return isExpected && Grant.Judge(request.Caller, action, bucket) is not null
            ? bucket
            : throw new S3Exception(S3Errors.AccessDenied);
    }

    /// <summary>Whether what was found cannot be copied, and the refusal that says so.</summary>
    /// <param name="request">Has the conditions.</param>
    /// <param name="source">What was asked for.</param>
    /// <param name="found">What the store has of it.</param>
    /// <returns>Null: it can be copied.</returns>
    public static S3Error? Judge(S3Request request, CopySource source, ObjectVersion? found)
    {
        if (found is null)
        {
            return AbsentObject.Missing(source.Key, source.VersionId);
        }

        if (found.IsDeleteMarker)
        {
            return source.VersionId is null
                ? S3Errors.NoSuchKey.With("Key", source.Key.ToString())
                : S3Errors.InvalidRequest.Saying(
                    "The source of a copy request may not specifically refer to a delete marker by version id.");
        }

        var conditions = ReadConditions.Read(request.Headers, CopySource.ConditionPrefix);
        return conditions.Judge(found.ETag, found.LastModified) is { Condition: { } condition }
            ? S3Errors.PreconditionFailed.With("Condition", condition)
            : null;
    }
}
