using ObjectServer.Http;
using ObjectServer.Messages;
using ObjectServer.Storage.Model;

namespace ObjectServer.Lifecycle;

/// <summary>Says in answers when a bucket's rules will end what they are about.</summary>
internal static class LifecycleHeaders
{
    public const string Expiration = "x-amz-expiration";

    /// <summary>Adds when a current object will expire; nothing where it never will.</summary>
    public static S3Response WithExpiration(
        this S3Response response, BucketRecord bucket, ObjectVersion version, LifecycleCalendar calendar) =>
        response.With(Expiration, ExpirationOf(bucket, version, calendar));

    /// <summary>When a current object will expire, as <see cref="Expiration"/> says it; null: never.</summary>
    public static string? ExpirationOf(BucketRecord bucket, ObjectVersion version, LifecycleCalendar calendar) =>
        version is { IsLatest: true, IsDeleteMarker: false }
        && FindReadable(bucket)?.FindExpiration(version, calendar) is { } expiration
            ? $"expiry-date=\"{HttpDates.Format(expiration.Time)}\", rule-id=\"{Uri.EscapeDataString(expiration.Rule.Id)}\""
            : null;

    /// <summary>Adds when an upload will be aborted; nothing where it never will.</summary>
    public static S3Response WithAbort(
        this S3Response response, BucketRecord bucket, UploadRecord upload, LifecycleCalendar calendar) =>
        FindReadable(bucket)?.FindAbort(upload, calendar) is { } abort
            ? response
                .With("x-amz-abort-date", HttpDates.Format(abort.Time))
                .With("x-amz-abort-rule-id", HeaderText(abort.Rule.Id))
            : response;

    /// <summary>What was written is written, whatever state the rules are in: those that cannot be read promise nothing.</summary>
    private static LifecycleConfiguration? FindReadable(BucketRecord bucket)
    {
        try
        {
            return LifecycleConfiguration.Find(bucket);
        }
        catch (CorruptDataException)
        {
            return null;
        }
    }

    /// <summary>The id as it is, or, where a header cannot say it so, in encoded form.</summary>
    private static string HeaderText(string id) =>
        id.All(character => character is >= ' ' and <= '~') ? id : Uri.EscapeDataString(id);
}
