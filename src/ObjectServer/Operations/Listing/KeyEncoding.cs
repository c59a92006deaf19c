using System.Text;
using ObjectServer.Addressing;
using ObjectServer.Errors;

namespace ObjectServer.Operations.Listing;

/// <summary>How a listing writes keys, prefixes, delimiters and markers: as they are, or encoded as for a URL.</summary>
/// <param name="IsUrl">Whether the client asked for <c>encoding-type=url</c>.</param>
/// <remarks>
/// Letters, digits and <c>-_.*/</c> stay. A space is escaped and never a plus sign, so that clients that undo forms'
/// encoding and clients that undo only escapes both read it right; a plus sign in a key is escaped for the same reason.
/// </remarks>
internal readonly record struct KeyEncoding(bool IsUrl)
{
    /// <summary>What <c>EncodingType</c> says; null where nothing is encoded.</summary>
    public string? Name => IsUrl ? "url" : null;

    /// <summary>Reads <c>encoding-type</c>.</summary>
    /// <exception cref="S3Exception">InvalidArgument: an encoding other than <c>url</c>.</exception>
    public static KeyEncoding Parse(RawQuery query) => query.Find("encoding-type") switch
    {
        null => new(IsUrl: false),
        "url" => new(IsUrl: true),
        var other => throw new S3Exception(S3Errors.InvalidArgument
            .Saying("Invalid Encoding Method specified in Request")
            .With("ArgumentName", "encoding-type")
            .With("ArgumentValue", other)),
    };

    /// <summary>A text as this listing shows it; null stays null.</summary>
    public string? Show(string? text) => IsUrl && text is not null ? Show(Encoding.UTF8.GetBytes(text)) : text;

    /// <summary>UTF-8 bytes as this listing shows them.</summary>
    public string Show(ReadOnlySpan<byte> utf8)
    {
        if (!IsUrl)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        var encoded = new StringBuilder(utf8.Length + 16);
        foreach (var value in utf8)
        {
            if (char.IsAsciiLetterOrDigit((char)value) || value is (byte)'-' or (byte)'_' or (byte)'.' or (byte)'*' or (byte)'/')
            {
                encoded.Append((char)value);
            }
            else
            {
                encoded.Append('%').Append(HexDigit(value >> 4)).Append(HexDigit(value & 0xF));
            }
        }

        return encoded.ToString();
    }

    private static char HexDigit(int value) => "0123456789ABCDEF"[value];
}
