using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Messages;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Multipart;

/// <summary>Who began an upload: an account by its canonical id, or one of its users or roles by the ARN.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions</remarks>
internal static class UploadInitiator
{
    /// <summary>What is kept of who begins an upload; null where it will own the object as well.</summary>
    public static string? IdOf(Caller caller, string ownerId) =>
        caller.Kind is not (CallerKind.Root or CallerKind.Anonymous) ? caller.Arn
        : caller.CanonicalId == ownerId ? null
        : caller.CanonicalId;

    /// <summary>
    /// Refuses what the caller may do neither by policy nor because its account began the upload. In the account of the
    /// bucket's owner policies decide.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="action">What it does to the upload.</param>
    /// <param name="upload">Null: there is none.</param>
    /// <param name="cancellation">Ends the look-ups.</param>
    /// <exception cref="S3Exception">AccessDenied.</exception>
    public static async ValueTask DemandAsync(
        S3Request request, S3Action action, UploadRecord? upload, CancellationToken cancellation) =>
        await request.Access.DemandAsync(
            action,
            AccessTarget.Of(request.Bucket, request.Key),
            new() { IsInitiator = upload is not null && IsOf(request.Caller, request.Bucket, upload) },
            cancellation);

    private static bool IsOf(Caller caller, BucketRecord bucket, UploadRecord upload)
    {
        if (caller.IsAnonymous || caller.CanonicalId == bucket.OwnerId)
        {
            return false;
        }

        var initiator = upload.InitiatorId ?? upload.OwnerId;
        return initiator.StartsWith("arn:", StringComparison.Ordinal)
            ? initiator.Split(':') is [_, _, _, _, var account, ..] && account == caller.AccountId
            : initiator == caller.CanonicalId;
    }
}
