using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Operations.Locking;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>What the four operations on an object's lock share.</summary>
internal static class LockedObject
{
    /// <summary>The version whose lock is asked for, or the refusal to tell of it.</summary>
    public static async ValueTask<(ObjectVersion? Found, S3Error? Refusal)> FindAsync(
        ObjectStore objects, S3Request request, CancellationToken cancellation)
    {
        var versionId = RequestedVersion.Read(request.Query);
        if (!request.Bucket.ObjectLockEnabled)
        {
            return (null, ObjectLock.Missing);
        }

        var found = await objects.FindAsync(request.Bucket, request.Key, versionId, cancellation);
        if (found is null or { IsDeleteMarker: true })
        {
            return (null, Absent(request, versionId, found));
        }

        return await request.MayGiveOutAsync(found, cancellation) ? (found, null) : (null, S3Errors.AccessDenied);
    }

    /// <summary>How a change of the lock ended.</summary>
    public static S3Response Answer(S3Request request, VersionId? versionId, LockOutcome outcome) => outcome switch
    {
        LockOutcome.Changed changed => S3Response.Empty().WithVersion(request.Bucket, changed.Version.VersionId),
        LockOutcome.NoSuchBucket => S3Errors.NoSuchBucket.With("BucketName", request.Bucket.Name),
        LockOutcome.NoObjectLock => ObjectLock.Missing,
        LockOutcome.NoObject absent => Absent(request, versionId, absent.Marker),
        LockOutcome.Protected => ObjectLock.Protected,
        _ => throw new InvalidOperationException($"{outcome} is no outcome of a change of a lock."),
    };

    private static S3Error Absent(S3Request request, VersionId? versionId, ObjectVersion? marker) => marker is null
        ? AbsentObject.Missing(request.Key, versionId)
        : AbsentObject.MarkerByVersion(request, marker);
}
