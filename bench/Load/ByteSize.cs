using System.Globalization;

namespace ObjectServer.Bench.Load;

/// <summary>Sizes as people type them: <c>4096</c>, <c>4KiB</c>, <c>1.5GiB</c>, <c>10MB</c>.</summary>
internal static class ByteSize
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1),
    ];

    /// <summary>Reads a size in bytes; null when the text is not one or is not a whole number of bytes.</summary>
    public static long? Parse(string text)
    {
        var number = text.AsSpan().Trim();
        var factor = 1L;
        foreach (var (unit, bytes) in Units)
        {
            if (number.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
            {
                number = number[..^unit.Length].TrimEnd();
                factor = bytes;
                break;
            }
        }

        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
        {
            return null;
        }

        var size = amount * factor;
        return size == decimal.Truncate(size) && size <= long.MaxValue ? (long)size : null;
    }

    /// <summary>The size in the largest binary unit that shows it without a fraction.</summary>
    public static string Format(long bytes)
    {
        string[] names = ["B", "KiB", "MiB", "GiB", "TiB"];
        var unit = 0;
        while (unit < names.Length - 1 && bytes >= 1024 && bytes % 1024 == 0)
        {
            bytes /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes} {names[unit]}");
    }
}
