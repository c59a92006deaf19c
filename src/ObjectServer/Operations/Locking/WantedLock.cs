using Microsoft.AspNetCore.Http;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Locking;

/// <summary>The lock that a write asks for in its headers.</summary>
/// <param name="Retention">Null: none of its own.</param>
/// <param name="LegalHold">Null: it says nothing of it.</param>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html</remarks>
internal readonly record struct WantedLock(Retention? Retention, bool? LegalHold)
{
    public const string ModeHeader = "x-amz-object-lock-mode";
    public const string UntilHeader = "x-amz-object-lock-retain-until-date";
    public const string HoldHeader = "x-amz-object-lock-legal-hold";

    /// <summary>Whether the header, in lower case, is one of the three.</summary>
    public static bool IsHeader(string name) => name is ModeHeader or UntilHeader or HoldHeader;

    /// <summary>Reads the three headers.</summary>
    /// <exception cref="S3Exception">
    /// InvalidArgument for what is no lock; InvalidRequest for any lock in a bucket that has no object lock.
    /// </exception>
    public static WantedLock Read(IHeaderDictionary headers, BucketRecord bucket, DateTimeOffset now)
    {
        var wanted = new WantedLock(ReadRetention(headers, now), ReadHold(headers));
        return wanted == default || bucket.ObjectLockEnabled
            ? wanted
            : throw new S3Exception(ObjectLock.Missing);
    }

    /// <summary>
    /// Whether S3 demands that the client vouches for the bytes: what is kept for years has to be what was meant.
    /// </summary>
    public bool DemandsDigest(BucketRecord bucket) => this != default || bucket.DefaultRetention is not null;

    private static Retention? ReadRetention(IHeaderDictionary headers, DateTimeOffset now)
    {
        var (mode, until) = (Value(headers, ModeHeader), Value(headers, UntilHeader));
        if (mode is null && until is null)
        {
            return null;
        }

        if (mode is null || until is null)
        {
            throw new S3Exception(S3Errors.InvalidArgument.Saying(
                $"{UntilHeader} and {ModeHeader} must both be supplied"));
        }

        var retention = new Retention(
            LockNames.ParseMode(mode) ?? throw Invalid("Unknown wormMode directive.", ModeHeader, mode),
            LockNames.ParseUntil(until)
                ?? throw Invalid("The retain until date must be provided in ISO 8601 format", UntilHeader, until));
        return LockNames.JudgeUntil(retention.Until, now) is { } refusal
            ? throw new S3Exception(refusal.With("ArgumentName", UntilHeader).With("ArgumentValue", until))
            : retention;
    }

    private static bool? ReadHold(IHeaderDictionary headers) => Value(headers, HoldHeader) is { } text
        ? LockNames.ParseHold(text) ?? throw Invalid("Legal Hold must be either of 'ON' or 'OFF'", HoldHeader, text)
        : null;

    private static string? Value(IHeaderDictionary headers, string name) =>
        headers.TryGetValue(name, out var values) ? values.ToString() : null;

    private static S3Exception Invalid(string message, string header, string value) => new(S3Errors.InvalidArgument
        .Saying(message)
        .With("ArgumentName", header)
        .With("ArgumentValue", value));
}
