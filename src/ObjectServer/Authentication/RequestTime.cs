using System.Globalization;

namespace ObjectServer.Authentication;

/// <summary>When the client says that it signed.</summary>
/// <param name="Instant">The moment, in UTC.</param>
/// <param name="Sent">The text that said so.</param>
/// <param name="Timestamp">The time as it stands in the string to sign, e.g. <c>20130524T000000Z</c>.</param>
internal sealed record RequestTime(DateTimeOffset Instant, string Sent, string Timestamp)
{
    private const string Basic = "yyyyMMdd'T'HHmmss'Z'";
    private const string Rfc1123 = "r";

    /// <summary>The day, e.g. <c>20130524</c>.</summary>
    public ReadOnlySpan<char> Date => Timestamp.AsSpan(0, "yyyyMMdd".Length);

    /// <summary>Reads ISO 8601's basic form, the only one that a presigned query may use.</summary>
    /// <returns>Null where the text is no such time.</returns>
    public static RequestTime? ParseBasic(string text) =>
        Parse(text, Basic) is { } instant ? new(instant, text, Timestamp: text) : null;

    /// <summary>Reads ISO 8601's basic form or RFC 1123's, either of which a header may use.</summary>
    /// <returns>Null where the text is no such time.</returns>
    public static RequestTime? ParseHeader(string text) =>
        ParseBasic(text)
        ?? (Parse(text, Rfc1123) is { } instant
            ? new(instant, text, instant.ToString(Basic, CultureInfo.InvariantCulture))
            : null);

    private static DateTimeOffset? Parse(string text, string format) =>
        DateTimeOffset.TryParseExact(
            text, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant
            : null;
}
