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
    /// <exception cref="S3Exception">NoSuchBucket; AccessDenied: it belongs to another than was expected.</exception>
    public async ValueTask<BucketRecord> FindBucketAsync(
        S3Request request, CopySource source, CancellationToken cancellation)
    {
        var bucket = source.Bucket == request.Bucket.Name
            ? request.Bucket
            : await buckets.FindAsync(source.Bucket, cancellation)
                ?? throw new S3Exception(S3Errors.NoSuchBucket.With("BucketName", source.Bucket));
        if (request.Header(OwnerHeader) is { } owner && owner != request.Access.AccountOf(bucket.OwnerId))
        {
            throw new S3Exception(S3Errors.AccessDenied.Because(
                $"The bucket of the source belongs to another account than {OwnerHeader} says."));
        }

        return bucket;
    }

    /// <summary>Demands that the caller may read the source, which must have been found.</summary>
    /// <param name="request">Asks for the copy.</param>
    /// <param name="bucket">The source's bucket.</param>
    /// <param name="source">What was asked for.</param>
    /// <param name="found">What the store has of it.</param>
    /// <param name="cancellation">Ends the look-ups.</param>
    /// <exception cref="S3Exception">AccessDenied: also where nothing is there, and the caller may not know that.</exception>
    public static async ValueTask DemandAsync(
        S3Request request,
        BucketRecord bucket,
        CopySource source,
        ObjectVersion? found,
        CancellationToken cancellation)
    {
        var action = source.VersionId is null ? S3Action.GetObject : S3Action.GetObjectVersion;
        var target = AccessTarget.Of(bucket, source.Key, source.VersionId);
        var grant = await request.Access.DemandAsync(action, target, cancellation);
        var isAllowed = found is null or { IsDeleteMarker: true }
            ? await request.Access.MayListAsync(bucket, source.Key, cancellation)
            : await request.Access.CoversAsync(grant, bucket, found, cancellation);
        if (!isAllowed)
        {
            throw new S3Exception(S3Errors.AccessDenied);
        }
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
