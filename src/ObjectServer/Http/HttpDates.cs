using System.Globalization;

namespace ObjectServer.Http;

/// <summary>Instants as HTTP headers carry them: UTC, to the second.</summary>
/// <remarks>https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7</remarks>
internal static class HttpDates
{
    /// <summary>The form that everyone writes, and the two that everyone must still read.</summary>
    private static readonly string[] Formats =
    [
        "ddd, d MMM yyyy HH:mm:ss 'GMT'",
        "dddd, dd-MMM-yy HH:mm:ss 'GMT'",
        "ddd MMM d HH:mm:ss yyyy",
    ];

    private static readonly string[] Iso8601Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyyMMdd'T'HHmmssK",
    ];

    /// <summary>E.g. <c>Sun, 06 Nov 1994 08:49:37 GMT</c>.</summary>
    public static string Format(DateTimeOffset time) => time.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Reads any of HTTP's three forms.</summary>
    public static bool TryParse(string? text, out DateTimeOffset time) => TryParse(text, Formats, out time);

    /// <summary>Reads an instant as S3 writes it in documents, e.g. <c>1994-11-06T08:49:37.000Z</c>.</summary>
    public static bool TryParseIso8601(string? text, out DateTimeOffset time) =>
        TryParse(text, Iso8601Formats, out time);

    /// <summary>Reads either.</summary>
    public static bool TryParseAny(string? text, out DateTimeOffset time) =>
        TryParse(text, out time) || TryParseIso8601(text, out time);

    /// <summary>The instant without what HTTP cannot say.</summary>
    public static DateTimeOffset ToSecond(DateTimeOffset time) =>
        time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond));

    private static bool TryParse(string? text, string[] formats, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(
            text,
            formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces,
            out time);
}
