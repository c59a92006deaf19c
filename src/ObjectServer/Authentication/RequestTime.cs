using System.Globalization;

namespace ObjectServer.Authentication;

/// <summary>When the client says that it signed.</summary>
/// <param name="Instant">The moment, in UTC.</param>
/// <param name="Sent">The text that said so.</param>
internal sealed record RequestTime(DateTimeOffset Instant, string Sent)
{
    private const string Basic = "yyyyMMdd'T'HHmmss'Z'";

    private static readonly string[] Formats = [Basic, "r"];

    /// <summary>The time as it stands in the string to sign, e.g. <c>20130524T000000Z</c>.</summary>
    public string Timestamp => Instant.ToString(Basic, CultureInfo.InvariantCulture);

    /// <summary>The day, e.g. <c>20130524</c>.</summary>
    public string Date => Instant.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>Reads ISO 8601's basic form, the only one that a presigned query may use.</summary>
    /// <returns>Null where the text is no such time.</returns>
    public static RequestTime? ParseBasic(string text) => Parse(text, [Basic]);

    /// <summary>Reads ISO 8601's basic form or RFC 1123's, either of which a header may use.</summary>
    /// <returns>Null where the text is no such time.</returns>
    public static RequestTime? ParseHeader(string text) => Parse(text, Formats);

    private static RequestTime? Parse(string text, string[] formats) =>
        DateTimeOffset.TryParseExact(
            text, formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? new(instant, text)
            : null;
}
