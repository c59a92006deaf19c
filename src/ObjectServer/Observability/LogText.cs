using System.Buffers;
using System.Globalization;
using System.Text;

namespace ObjectServer.Observability;

/// <summary>Makes what a client sent safe to stand in one line of a log.</summary>
internal static class LogText
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        [' ', '\\', .. Enumerable.Range(0, 0x20).Select(c => (char)c), .. Enumerable.Range(0x7f, 0x21).Select(c => (char)c)]);

    /// <summary>The text with spaces, backslashes and control characters written as <c>\xNN</c>.</summary>
    public static string OneLine(string text)
    {
        if (!text.AsSpan().ContainsAny(Escaped))
        {
            return text;
        }

        var line = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            if (Escaped.Contains(character))
            {
                line.Append(CultureInfo.InvariantCulture, $"\\x{(int)character:x2}");
            }
            else
            {
                line.Append(character);
            }
        }

        return line.ToString();
    }
}
