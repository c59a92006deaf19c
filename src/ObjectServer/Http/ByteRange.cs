using System.Globalization;

namespace ObjectServer.Http;

/// <summary>What a Range header comes to for an object of known size.</summary>
internal enum RangeOutcome
{
    /// <summary>No range, one that is no range, or more than one: the whole object, as S3 does.</summary>
    Whole,

    /// <summary>A part of the object: 206.</summary>
    Partial,

    /// <summary>Nothing of the object: 416.</summary>
    Unsatisfiable,
}

/// <summary>A stretch of an object's bytes.</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct ByteRange(long Offset, long Length)
{
    /// <summary>Resolves <c>bytes=first-last</c>, <c>bytes=first-</c> and <c>bytes=-suffix</c>.</summary>
    /// <param name="header">The Range header, or null.</param>
    /// <param name="size">Bytes that there are.</param>
    /// <param name="range">What to give; everything unless the outcome is partial.</param>
    /// <remarks>https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2</remarks>
    public static RangeOutcome Resolve(string? header, long size, out ByteRange range)
    {
        range = new(0, size);
        const string unit = "bytes=";
        if (header is null || !header.StartsWith(unit, StringComparison.OrdinalIgnoreCase))
        {
            return RangeOutcome.Whole;
        }

        var spec = header.AsSpan(unit.Length).Trim();
        var hyphen = spec.IndexOf('-');
        if (hyphen < 0)
        {
            return RangeOutcome.Whole;
        }

        var hasFirst = TryParse(spec[..hyphen], out var first);
        var hasLast = TryParse(spec[(hyphen + 1)..], out var last);
        return (hasFirst, hasLast) switch
        {
            (true, true) when last < first => RangeOutcome.Whole,
            (true, true) => FromFirst(first, last, size, ref range),
            (true, false) when hyphen == spec.Length - 1 => FromFirst(first, long.MaxValue, size, ref range),
            (false, true) when hyphen == 0 => FromSuffix(last, size, ref range),
            _ => RangeOutcome.Whole,
        };
    }

    /// <summary>The value of Content-Range.</summary>
    public string Describe(long size) =>
        string.Create(CultureInfo.InvariantCulture, $"bytes {Offset}-{Offset + Length - 1}/{size}");

    private static RangeOutcome FromFirst(long first, long last, long size, ref ByteRange range)
    {
        if (first >= size)
        {
            return RangeOutcome.Unsatisfiable;
        }

        range = new(first, Math.Min(last, size - 1) - first + 1);
        return RangeOutcome.Partial;
    }

    private static RangeOutcome FromSuffix(long suffix, long size, ref ByteRange range)
    {
        if (suffix == 0 || size == 0)
        {
            return RangeOutcome.Unsatisfiable;
        }

        var length = Math.Min(suffix, size);
        range = new(size - length, length);
        return RangeOutcome.Partial;
    }

    /// <summary>Digits only; a number that is too large is as good as the largest.</summary>
    private static bool TryParse(ReadOnlySpan<char> digits, out long number)
    {
        number = 0;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            number = long.MaxValue;
        }

        return true;
    }
}
