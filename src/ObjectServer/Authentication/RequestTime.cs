using System.Globalization;
using Microsoft.AspNetCore.Http;
using ObjectServer.Errors;

namespace ObjectServer.Authentication;

/// <summary>When the client says that it signed.</summary>
/// <param name="Instant">The moment, in UTC.</param>
/// <param name="Sent">The text that said so.</param>
/// <param name="Timestamp">The time as it stands in the string to sign, e.g. <c>20130524T000000Z</c>.</param>
internal sealed record RequestTime(DateTimeOffset Instant, string Sent, string Timestamp)
{
    private const string Basic = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>HTTP's forms. What stands before a comma, the day of the week, is redundant and often wrong.</summary>
    private static readonly string[] HttpForms =
    [
        "d MMM yyyy HH:mm:ss 'GMT'",
        "d MMM yyyy HH:mm:ss zzz",
        "d-MMM-yy HH:mm:ss 'GMT'",
        "ddd MMM d HH:mm:ss yyyy",
        "ddd MMM  d HH:mm:ss yyyy",
    ];

    /// <summary>The day, e.g. <c>20130524</c>.</summary>
    public ReadOnlySpan<char> Date => Timestamp.AsSpan(0, "yyyyMMdd".Length);

    /// <summary>Reads ISO 8601's basic form, the only one that a presigned query may use.</summary>
    /// <returns>Null where the text is no such time.</returns>
    public static RequestTime? ParseBasic(string text) =>
        ReadBasic(text) is { } instant ? new(instant, text, Timestamp: text) : null;

    /// <summary>When the sender of a header signed: x-amz-date's time, and Date's where that is absent.</summary>
    /// <param name="headers">The headers of the request. ISO 8601's basic form and HTTP's forms will do.</param>
    /// <exception cref="S3Exception">AccessDenied: no time, or one from before 1970.</exception>
    public static RequestTime Of(IHeaderDictionary headers)
    {
        var sent = (headers.TryGetValue("x-amz-date", out var date) ? date : headers.Date).ToString();
        var time = ParseBasic(sent) ?? ParseHttp(sent);
        return time is null || time.Instant < DateTimeOffset.UnixEpoch
            ? throw new S3Exception(S3Errors.AccessDenied
                .Saying("AWS authentication requires a valid Date or x-amz-date header"))
            : time;
    }

    /// <summary>Reads the form of nearly every request, digit by digit.</summary>
    private static DateTimeOffset? ReadBasic(ReadOnlySpan<char> text)
    {
        if (text is not [_, _, _, _, _, _, _, _, 'T', _, _, _, _, _, _, 'Z'])
        {
            return null;
        }

        var (year, month, day) = (Number(text[..4]), Number(text[4..6]), Number(text[6..8]));
        var (hour, minute, second) = (Number(text[9..11]), Number(text[11..13]), Number(text[13..15]));
        var isTime = year >= 1 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            && hour is >= 0 and < 24 && minute is >= 0 and < 60 && second is >= 0 and < 60;
        return isTime ? new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero) : null;
    }

    /// <summary>The number that some digits write; -1 where one of them is no digit.</summary>
    private static int Number(ReadOnlySpan<char> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit(digit))
            {
                return -1;
            }

            number = (number * 10) + (digit - '0');
        }

        return number;
    }

    private static RequestTime? ParseHttp(string text)
    {
        var comma = text.IndexOf(',', StringComparison.Ordinal);
        return Parse(text[(comma + 1)..].Trim(' '), HttpForms) is { } instant
            ? new(instant, text, instant.ToString(Basic, CultureInfo.InvariantCulture))
            : null;
    }

    private static DateTimeOffset? Parse(string text, params string[] formats) =>
        DateTimeOffset.TryParseExact(
            text,
            formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var instant)
            ? instant
            : null;
}
