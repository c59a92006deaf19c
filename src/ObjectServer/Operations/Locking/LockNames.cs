using System.Globalization;
using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Locking;

/// <summary>What S3 calls the modes and states of locks, and how it writes their times.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_ObjectLockRetention.html</remarks>
internal static class LockNames
{
    private const string Governance = "GOVERNANCE";
    private const string Compliance = "COMPLIANCE";
    private const string On = "ON";
    private const string Off = "OFF";

    public static string Of(RetentionMode mode) => mode == RetentionMode.Compliance ? Compliance : Governance;

    public static string OfHold(bool isOn) => isOn ? On : Off;

    /// <summary>E.g. <c>2030-01-01T00:00:00.000Z</c>.</summary>
    public static string Of(DateTimeOffset until) =>
        until.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Null for what is no mode: S3 takes capitals alone.</summary>
    public static RetentionMode? ParseMode(string? text) => text switch
    {
        Governance => RetentionMode.Governance,
        Compliance => RetentionMode.Compliance,
        _ => null,
    };

    /// <summary>Null for what is neither ON nor OFF.</summary>
    public static bool? ParseHold(string? text) => text switch
    {
        On => true,
        Off => false,
        _ => null,
    };

    /// <summary>Null for what is no time of ISO 8601; else whole milliseconds.</summary>
    public static DateTimeOffset? ParseUntil(string? text) => HttpDates.TryParseIso8601(text, out var until)
        ? DateTimeOffset.FromUnixTimeMilliseconds(until.ToUnixTimeMilliseconds())
        : null;

    /// <summary>The refusal of a retention that would be over before it begins; null where it is none.</summary>
    public static S3Error? JudgeUntil(DateTimeOffset until, DateTimeOffset now) => until > now
        ? null
        : S3Errors.InvalidArgument.Saying("The retain until date must be in the future!");
}
