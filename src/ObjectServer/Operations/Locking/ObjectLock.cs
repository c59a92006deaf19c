using Microsoft.AspNetCore.Http;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Locking;

/// <summary>What operations say of locks alike.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html</remarks>
internal static class ObjectLock
{
    private const string BypassHeader = "x-amz-bypass-governance-retention";

    /// <summary>The refusal of any lock in a bucket that has no object lock.</summary>
    public static readonly S3Error Missing =
        S3Errors.InvalidRequest.Saying("Bucket is missing Object Lock Configuration");

    /// <summary>The refusal of what a lock in force forbids.</summary>
    public static readonly S3Error Protected =
        S3Errors.AccessDenied.Saying("Access Denied because object protected by object lock.");

    /// <summary>Whether the caller wishes to end governance early.</summary>
    /// <exception cref="S3Exception">InvalidArgument: neither true nor false.</exception>
    public static bool BypassesGovernance(IHeaderDictionary headers)
    {
        if (!headers.TryGetValue(BypassHeader, out var value))
        {
            return false;
        }

        return bool.TryParse(value.ToString(), out var bypasses)
            ? bypasses
            : throw new S3Exception(S3Errors.InvalidArgument
                .With("ArgumentName", BypassHeader)
                .With("ArgumentValue", value.ToString()));
    }

    /// <summary>The refusal of bytes that nobody vouches for, where they are to be kept.</summary>
    /// <param name="requests">E.g. <c>Put Object</c>.</param>
    public static S3Error MissingDigest(string requests) => S3Errors.InvalidRequest.Saying(
        $"Content-MD5 OR x-amz-checksum- HTTP header is required for {requests} requests with Object Lock parameters");

    /// <summary>Adds the lock of a version that is given out, as far as the caller may know of it.</summary>
    public static async ValueTask<S3Response> ShowAsync(
        S3Request request, S3Response response, ObjectVersion version, CancellationToken cancellation)
    {
        if (version.Retention is { } retention
            && await MayAsync(request, S3Action.GetObjectRetention, version, cancellation))
        {
            response
                .With(WantedLock.ModeHeader, LockNames.Of(retention.Mode))
                .With(WantedLock.UntilHeader, LockNames.Of(retention.Until));
        }

        return version.LegalHold is { } isOn
            && await MayAsync(request, S3Action.GetObjectLegalHold, version, cancellation)
                ? response.With(WantedLock.HoldHeader, LockNames.OfHold(isOn))
                : response;
    }

    private static async ValueTask<bool> MayAsync(
        S3Request request, S3Action action, ObjectVersion version, CancellationToken cancellation) =>
        await request.Access.JudgeAsync(
            action,
            AccessTarget.Of(request.Bucket, version.Key, version.VersionId),
            AccessDetails.None,
            cancellation) is not null;
}
