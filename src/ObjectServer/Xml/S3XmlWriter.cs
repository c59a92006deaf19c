using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace ObjectServer.Xml;

/// <summary>Writes S3's answer documents as UTF-8, element by element, into a buffer.</summary>
/// <remarks>
/// Characters that XML 1.0 cannot hold are written as numeric references, as AWS does: a client that lists such keys
/// asks for <c>encoding-type=url</c>.
/// </remarks>
internal sealed class S3XmlWriter(IBufferWriter<byte> output)
{
    /// <summary>The namespace of every root but Error.</summary>
    public const string Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    /// <summary>The namespace of what S3 Control answers.</summary>
    public const string ControlNamespace = "http://awss3control.amazonaws.com/doc/2018-08-20/";

    private static readonly SearchValues<char> Escaped = SearchValues.Create(EscapedCharacters());

    /// <summary>The XML declaration and the line break that S3 puts after it.</summary>
    public S3XmlWriter Declaration()
    {
        Raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"u8);
        return this;
    }

    /// <summary>Opens a root element in S3's namespace.</summary>
    public S3XmlWriter Root(string name) => Root(name, Namespace);

    /// <summary>Opens a root element in a namespace.</summary>
    public S3XmlWriter Root(string name, string xmlNamespace)
    {
        Raw("<"u8);
        Ascii(name);
        Raw(" xmlns=\""u8);
        Ascii(xmlNamespace);
        Raw("\">"u8);
        return this;
    }

    /// <summary>Opens an element.</summary>
    public S3XmlWriter Start(string name)
    {
        Raw("<"u8);
        Ascii(name);
        Raw(">"u8);
        return this;
    }

    /// <summary>Opens an element with attributes, written as they stand.</summary>
    public S3XmlWriter Start(string name, string attributes)
    {
        Raw("<"u8);
        Ascii(name);
        Raw(" "u8);
        Ascii(attributes);
        Raw(">"u8);
        return this;
    }

    /// <summary>Closes an element.</summary>
    public S3XmlWriter End(string name)
    {
        Raw("</"u8);
        Ascii(name);
        Raw(">"u8);
        return this;
    }

    /// <summary>An element with text; null writes nothing.</summary>
    public S3XmlWriter Element(string name, string? text)
    {
        if (text is null)
        {
            return this;
        }

        Start(name);
        Text(text);
        return End(name);
    }

    public S3XmlWriter Element(string name, long value)
    {
        Start(name);
        var span = output.GetSpan(20);
        Utf8Formatter.TryFormat(value, span, out var written);
        output.Advance(written);
        return End(name);
    }

    public S3XmlWriter Element(string name, bool value) => Element(name, value ? "true" : "false");

    /// <summary>An instant as S3 writes it: UTC, to the millisecond.</summary>
    public S3XmlWriter Element(string name, DateTimeOffset time) =>
        Element(name, time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));

    /// <summary>Text with what XML reserves, and what it cannot hold, escaped.</summary>
    public S3XmlWriter Text(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAny(Escaped);
            if (plain < 0)
            {
                Utf8(text);
                return this;
            }

            Utf8(text[..plain]);
            Reference(text[plain]);
            text = text[(plain + 1)..];
        }

        return this;
    }

    private void Reference(char character)
    {
        switch (character)
        {
            case '&': Raw("&amp;"u8); break;
            case '<': Raw("&lt;"u8); break;
            case '>': Raw("&gt;"u8); break;
            case '"': Raw("&quot;"u8); break;
            default:
                Raw("&#x"u8);
                Ascii(((int)character).ToString("x", CultureInfo.InvariantCulture));
                Raw(";"u8);
                break;
        }
    }

    private void Raw(ReadOnlySpan<byte> bytes) => output.Write(bytes);

    private void Ascii(string text) => Utf8(text);

    private void Utf8(ReadOnlySpan<char> text)
    {
        // Encoded in pieces so that no single buffer has to hold a long text.
        while (!text.IsEmpty)
        {
            var piece = text.Length <= 4096 ? text.Length : char.IsHighSurrogate(text[4095]) ? 4095 : 4096;
            var span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(piece));
            output.Advance(Encoding.UTF8.GetBytes(text[..piece], span));
            text = text[piece..];
        }
    }

    private static string EscapedCharacters()
    {
        var characters = new StringBuilder("&<>\"\u007f\ufffe\uffff");
        for (var control = '\0'; control < ' '; control++)
        {
            characters.Append(control);
        }

        return characters.ToString();
    }
}
