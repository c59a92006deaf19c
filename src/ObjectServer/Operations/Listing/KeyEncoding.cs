using System.Text;
using ObjectServer.Addressing;
using ObjectServer.Errors;

namespace ObjectServer.Operations.Listing;

/// <summary>How a listing writes keys, prefixes, delimiters and markers: as they are, or encoded for URLs.</summary>
/// <param name="IsUrl">Whether the client asked for <c>encoding-type=url</c>.</param>
/// <remarks>
/// AWS encodes as HTML forms do: a space becomes a plus sign, and letters, digits and <c>-_.*/</c> stay. Clients undo
/// exactly this, so that a plus sign in a key must be escaped.
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
            var character = (char)value;
            if (char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '*' or '/')
            {
                encoded.Append(character);
            }
            else if (character == ' ')
            {
                encoded.Append('+');
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
