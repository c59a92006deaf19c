using System.Globalization;

namespace ObjectServer.Policies;

/// <summary>Dates as conditions have them: the forms of ISO 8601 that the W3C names, or seconds since 1970.</summary>
/// <remarks>
/// Four digits are a year. A time without a zone is UTC. https://www.w3.org/TR/NOTE-datetime
/// </remarks>
internal static class PolicyDate
{
    private static readonly string[] Forms =
    [
        "yyyy", "yyyy-MM", "yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK",
    ];

    /// <summary>Reads a date. Null: it is none.</summary>
    public static DateTime? Parse(string text)
    {
        if (DateTime.TryParseExact(
            text,
            Forms,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var date))
        {
            return date;
        }

        if (!decimal.TryParse(
                text,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var seconds)
            || Math.Abs(seconds) > 1_000_000_000_000)
        {
            return null;
        }

        var ticks = DateTime.UnixEpoch.Ticks + (seconds * TimeSpan.TicksPerSecond);
        return ticks >= DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks
            ? new DateTime((long)ticks, DateTimeKind.Utc)
            : null;
    }
}
