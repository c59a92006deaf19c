using System.Globalization;

namespace ObjectServer.Hosting;

/// <summary>Counts of bytes as people write them: <c>65536</c>, <c>64KiB</c>, <c>1 GiB</c>, <c>10GB</c>.</summary>
internal static class ByteCount
{
    private static readonly (string Suffix, long Factor)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("B", 1),
    ];

    /// <summary>Reads a count; null where it is none.</summary>
    public static long? Parse(string text)
    {
        var (suffix, factor) = Units.FirstOrDefault(
            unit => text.EndsWith(unit.Suffix, StringComparison.OrdinalIgnoreCase), ("", 1));
        return long.TryParse(
                text[..^suffix.Length].TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= long.MaxValue / factor
            ? number * factor
            : null;
    }

    /// <summary>A count for people, in binary units, e.g. <c>1.5 GiB</c>.</summary>
    public static string Format(long bytes)
    {
        var unit = Units.Take(4).LastOrDefault(unit => bytes >= unit.Factor, ("B", 1));
        return unit.Factor == 1
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes} B")
            : string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / unit.Factor:0.#} {unit.Suffix}");
    }
}
