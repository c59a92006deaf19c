using System.Globalization;

namespace ObjectServer.Authentication;

/// <summary>When the client says that it signed.</summary>
/// <param name="Instant">The moment, in UTC.</param>
/// <param name="Sent">The text that said so.</param>
/// <param name="Timestamp">The time as it stands in the string to sign, e.g. <c>20130524T000000Z</c>.</param>
internal sealed record RequestTime(DateTimeOffset Instant, string Sent, string Timestamp)
{
    private const string Basic = "yyyyMMdd'T'HHmmss'Z'";

    private static readonly string[] BasicFormats = [Basic];

    /// <summary>
    /// The form of HTTP, and the one of mail with its numeric zone, which is what some libraries make of a Date.
    /// </summary>
    /// <remarks>https://www.rfc-editor.org/rfc/rfc5322#section-3.3</remarks>
    private static readonly string[] HeaderFormats = ["r", "ddd, d MMM yyyy HH:mm:ss zzz"];

    /// <summary>The day, e.g. <c>20130524</c>.</summary>
    public ReadOnlySpan<char> Date => Timestamp.AsSpan(0, "yyyyMMdd".Length);

    /// <summary>Reads ISO 8601's basic form, the only one that a presigned query may use.</summary>
    /// <returns>Null where the text is no such time.</returns>
    public static RequestTime? ParseBasic(string text) =>
        Parse(text, BasicFormats) is { } instant ? new(instant, text, Timestamp: text) : null;

    /// <summary>
    /// Reads ISO 8601's basic form, RFC 1123's, or RFC 5322's with a numeric zone such as <c>-0000</c>: a header may use
    /// any of them.
    /// </summary>
    /// <returns>Null where the text is no such time.</returns>
    public static RequestTime? ParseHeader(string text) =>
        ParseBasic(text)
        ?? (Parse(text, HeaderFormats) is { } instant
            ? new(instant, text, instant.ToString(Basic, CultureInfo.InvariantCulture))
            : null);

    private static DateTimeOffset? Parse(string text, string[] formats) =>
        DateTimeOffset.TryParseExact(
            text,
            formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var instant)
            ? instant
            : null;
}
