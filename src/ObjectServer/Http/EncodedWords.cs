using System.Globalization;
using System.Text;

namespace ObjectServer.Http;

/// <summary>Text beyond ASCII in headers: encoded words, as S3 answers user metadata with and reads it from.</summary>
/// <remarks>
/// https://www.rfc-editor.org/rfc/rfc2047
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html#UserMetadata
/// </remarks>
internal static class EncodedWords
{
    /// <summary>The longest encoded word, by the RFC.</summary>
    private const int MaxWordLength = 75;

    private const string Base64Start = "=?UTF-8?B?";
    private const string QuotedStart = "=?UTF-8?Q?";
    private const string End = "?=";

    /// <summary>Whether a header can carry the text in ISO 8859-1, as it is.</summary>
    public static bool IsHeaderText(string text) =>
        !text.AsSpan().ContainsAnyExceptInRange(' ', '\u00ff') && !text.AsSpan().ContainsAnyInRange('\u007f', '\u009f');

    /// <summary>
    /// Visible ASCII as it is; all else as UTF-8 in encoded words, with quoting where most of it is ASCII and in
    /// Base64 where most is not.
    /// </summary>
    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var ascii = text.Count(char.IsAscii);
        return ascii > text.Length - ascii
            ? Join(text, QuotedStart, MaxWordLength - QuotedStart.Length - End.Length, Quote)
            : Join(text, Base64Start, MaxWordLength - Base64Start.Length - End.Length, Convert.ToBase64String);
    }

    /// <summary>Replaces the encoded words in a text by what they stand for; what is not one stays as it is.</summary>
    public static string Decode(string text)
    {
        if (!text.Contains("=?", StringComparison.Ordinal))
        {
            return text;
        }

        var decoded = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        var followsWord = false;
        while (!rest.IsEmpty)
        {
            var start = rest.IndexOf("=?");
            var gap = start < 0 ? rest : rest[..start];
            var word = rest[gap.Length..];
            var length = TryDecodeWord(word, out var meaning);
            if (length == 0)
            {
                // Two characters on, so that the next search does not find this place again.
                var skip = gap.Length + Math.Min(2, word.Length);
                decoded.Append(rest[..skip]);
                rest = rest[skip..];
                followsWord = false;
                continue;
            }

            // White space between two encoded words only separates them.
            if (!followsWord || !gap.IsWhiteSpace())
            {
                decoded.Append(gap);
            }

            decoded.Append(meaning);
            rest = word[length..];
            followsWord = true;
        }

        return decoded.ToString();
    }

    /// <summary>Encodes as many whole characters into each word as fit.</summary>
    private static string Join(string text, string start, int room, Func<byte[], string> encode)
    {
        var words = new List<string>();
        var pending = "";
        var utf8 = new List<byte>();
        var buffer = new byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var added = buffer[..rune.EncodeToUtf8(buffer)];
            var longer = encode([.. utf8, .. added]);
            if (longer.Length > room)
            {
                words.Add(start + pending + End);
                utf8.Clear();
                longer = encode(added);
            }

            utf8.AddRange(added);
            pending = longer;
        }

        words.Add(start + pending + End);
        return string.Join(' ', words);
    }

    private static string Quote(byte[] utf8)
    {
        var quoted = new StringBuilder(utf8.Length * 3);
        foreach (var value in utf8)
        {
            _ = value switch
            {
                (byte)' ' => quoted.Append('_'),
                (byte)'=' or (byte)'?' or (byte)'_' or < (byte)' ' or >= 0x7f =>
                    quoted.Append(CultureInfo.InvariantCulture, $"={value:X2}"),
                _ => quoted.Append((char)value),
            };
        }

        return quoted.ToString();
    }

    /// <summary>Decodes the encoded word at the start of a text.</summary>
    /// <returns>Its length; 0 where the text does not start with one that can be read.</returns>
    private static int TryDecodeWord(ReadOnlySpan<char> text, out string meaning)
    {
        meaning = "";
        Span<Range> parts = stackalloc Range[5];
        if (text.Split(parts, '?') < 5 || text[parts[0]] is not "=" || !text[parts[4]].StartsWith("="))
        {
            return 0;
        }

        var encoding = text[parts[1]] switch
        {
            var name when name.Equals("UTF-8", StringComparison.OrdinalIgnoreCase) => StrictUtf8,
            var name when name.Equals("US-ASCII", StringComparison.OrdinalIgnoreCase) => StrictUtf8,
            var name when name.Equals("ISO-8859-1", StringComparison.OrdinalIgnoreCase) => Encoding.Latin1,
            _ => null,
        };
        var bytes = text[parts[2]] switch
        {
            "B" or "b" => TryReadBase64(text[parts[3]]),
            "Q" or "q" => TryUnquote(text[parts[3]]),
            _ => null,
        };
        if (encoding is null || bytes is null)
        {
            return 0;
        }

        try
        {
            meaning = encoding.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return 0;
        }

        return parts[4].Start.Value + 1;
    }

    private static byte[]? TryReadBase64(ReadOnlySpan<char> text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64Chars(text, bytes, out var written) ? bytes[..written] : null;
    }

    private static byte[]? TryUnquote(ReadOnlySpan<char> text)
    {
        var bytes = new List<byte>(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '_':
                    bytes.Add((byte)' ');
                    break;
                case '=':
                    if (at + 2 >= text.Length
                        || !byte.TryParse(text.Slice(at + 1, 2), NumberStyles.AllowHexSpecifier, null, out var value))
                    {
                        return null;
                    }

                    bytes.Add(value);
                    at += 2;
                    break;
                case > '~' or <= ' ':
                    return null;
                case var plain:
                    bytes.Add((byte)plain);
                    break;
            }
        }

        return [.. bytes];
    }

    private static UTF8Encoding StrictUtf8 { get; } =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
