using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using ObjectServer.Errors;

namespace ObjectServer.Addressing;

/// <summary>Percent-encoding as requests come with it, and as AWS writes it in canonical requests.</summary>
/// <remarks>https://www.rfc-editor.org/rfc/rfc3986#section-2.1</remarks>
internal static class PercentEncoding
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private static readonly SearchValues<char> Encoded = SearchValues.Create("%+");
    private static readonly SearchValues<char> PlainInQuery = SearchValues.Create(Unreserved);
    private static readonly SearchValues<char> PlainInPath = SearchValues.Create(Unreserved + "/");

    private static readonly SearchValues<byte> PathBytes =
        SearchValues.Create(Encoding.ASCII.GetBytes(Unreserved + "!$&'()*+,;=:@/"));

    private static readonly SearchValues<byte> VisibleBytes =
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(code => (byte)code)]);

    /// <summary>Decodes a path, or a part of one, to the bytes it stands for. A plus sign is a plus sign.</summary>
    /// <exception cref="S3Exception">InvalidURI: a broken escape, or bytes that are not UTF-8.</exception>
    public static byte[] DecodePath(ReadOnlySpan<char> encoded) => Decode(encoded, plus: (byte)'+');

    /// <summary>Decodes a name or a value of a query. A plus sign is a space.</summary>
    /// <exception cref="S3Exception">InvalidURI: a broken escape, or bytes that are not UTF-8.</exception>
    public static string DecodeQuery(string encoded) =>
        encoded.AsSpan().ContainsAny(Encoded) ? Encoding.UTF8.GetString(Decode(encoded, plus: (byte)' ')) : encoded;

    /// <summary>
    /// Writes a path as AWS signs it: decoded, then every byte encoded but unreserved characters and slashes, because
    /// clients differ in what they leave as it is.
    /// </summary>
    /// <param name="encoded">The path as sent.</param>
    /// <exception cref="S3Exception">InvalidURI: a broken escape, or bytes that are not UTF-8.</exception>
    public static string CanonicalPath(string encoded)
    {
        if (!encoded.AsSpan().ContainsAnyExcept(PlainInPath))
        {
            return encoded;
        }

        // Every % in the result begins an escape, so that %2F is nothing but a slash.
        return EncodeQuery(Encoding.UTF8.GetString(DecodePath(encoded)))
            .Replace("%2F", "/", StringComparison.Ordinal);
    }

    /// <summary>Writes a part of a query as AWS signs it: every byte encoded but unreserved characters.</summary>
    public static string EncodeQuery(string text) =>
        text.AsSpan().ContainsAnyExcept(PlainInQuery) ? Uri.EscapeDataString(text) : text;

    /// <summary>Writes a key, or the end of one, as the path of a URL: what a path can have stays as it is.</summary>
    public static string EncodePath(ReadOnlySpan<byte> utf8) => Encode(utf8, PathBytes);

    /// <summary>Writes text that is a URL, or a part of one, as a header can carry it: visible ASCII stays as it is.</summary>
    public static string EncodeUrl(string url) =>
        url.AsSpan().ContainsAnyExceptInRange('!', '~') ? Encode(Encoding.UTF8.GetBytes(url), VisibleBytes) : url;

    private static string Encode(ReadOnlySpan<byte> utf8, SearchValues<byte> plain)
    {
        if (!utf8.ContainsAnyExcept(plain))
        {
            return Encoding.ASCII.GetString(utf8);
        }

        var text = new StringBuilder(utf8.Length + 16);
        foreach (var value in utf8)
        {
            if (plain.Contains(value))
            {
                text.Append((char)value);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            }
        }

        return text.ToString();
    }

    private static byte[] Decode(ReadOnlySpan<char> encoded, byte plus)
    {
        var utf8 = new byte[Encoding.UTF8.GetByteCount(encoded)];
        Encoding.UTF8.GetBytes(encoded, utf8);

        // In place: what is decoded is never longer than what was sent.
        var length = 0;
        for (var at = 0; at < utf8.Length; at++)
        {
            var value = utf8[at];
            if (value == '%')
            {
                if (at + 2 >= utf8.Length
                    || !byte.TryParse(utf8.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, null, out value))
                {
                    throw new S3Exception(S3Errors.InvalidURI);
                }

                at += 2;
            }
            else if (value == '+')
            {
                value = plus;
            }

            utf8[length++] = value;
        }

        if (!Utf8.IsValid(utf8.AsSpan(0, length)))
        {
            throw new S3Exception(S3Errors.InvalidURI);
        }

        return length == utf8.Length ? utf8 : utf8[..length];
    }
}
