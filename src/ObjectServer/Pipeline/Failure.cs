using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;

namespace ObjectServer.Pipeline;

/// <summary>Whose failure an exception is.</summary>
internal enum Blame
{
    /// <summary>The client's: an expected answer that had to be thrown.</summary>
    Refusal,

    /// <summary>The client is gone: nobody is left to answer.</summary>
    Gone,

    /// <summary>The store takes no writes now, and says why.</summary>
    Unavailable,

    /// <summary>Ours.</summary>
    Fault,
}

/// <summary>An exception as the client and the log are told of it.</summary>
internal readonly record struct Failure(Blame Blame, S3Error Error)
{
    /// <summary>Sorts an exception.</summary>
    /// <param name="exception">What was thrown while a request ran.</param>
    /// <param name="isClientGone">Whether the connection was lost.</param>
    public static Failure Of(Exception exception, bool isClientGone) => exception switch
    {
        S3Exception refusal => new(isClientGone ? Blame.Gone : Blame.Refusal, refusal.Error),
        StoreUnavailableException unavailable => new(Blame.Unavailable, ErrorFor(unavailable.Reason)),
        BadHttpRequestException bad => new(Blame.Refusal, ErrorFor(bad)),
        OperationCanceledException or ConnectionResetException or ConnectionAbortedException or IOException
            when isClientGone => new(Blame.Gone, S3Errors.ConnectionClosedByRequester),
        _ => new(Blame.Fault, S3Errors.InternalError),
    };

    private static S3Error ErrorFor(UnavailableReason reason) => reason switch
    {
        UnavailableReason.ReadOnly => S3Errors.ServiceUnavailable.Saying(
            "The store is read-only after a failed write to its disk. Reads go on; writes need a restart of the server."),
        UnavailableReason.DiskNearlyFull => S3Errors.ServiceUnavailable.Saying(
            "The disk of the store is nearly full. Reads and deletes go on; writes need more free space."),
        UnavailableReason.Overloaded => S3Errors.SlowDown.WithHeader("Retry-After", "1"),
        UnavailableReason.Closing => S3Errors.ServiceUnavailable.Saying("The server is shutting down."),
        _ => S3Errors.ServiceUnavailable,
    };

    private static S3Error ErrorFor(BadHttpRequestException bad) => bad.StatusCode switch
    {
        StatusCodes.Status408RequestTimeout => S3Errors.RequestTimeout,
        StatusCodes.Status413PayloadTooLarge => S3Errors.EntityTooLarge,
        _ => S3Errors.IncompleteBody,
    };
}
