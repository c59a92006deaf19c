using System.Globalization;

namespace ObjectServer.Hosting;

/// <summary>Spans of time as settings have them: <c>250ms</c>, <c>10s</c>, <c>5m</c>, <c>24h</c>, <c>30d</c>.</summary>
internal static class TimeText
{
    private static readonly (string Unit, TimeSpan Span)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
        ("d", TimeSpan.FromDays(1)),
    ];

    /// <summary>Reads a span; null where it is none, or beyond ten thousand days.</summary>
    public static TimeSpan? Parse(string text)
    {
        foreach (var (unit, span) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && long.TryParse(
                    text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                && count <= TimeSpan.FromDays(10_000) / span)
            {
                return count * span;
            }
        }

        return null;
    }
}
