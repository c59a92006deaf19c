using System.Text;
using System.Xml;
using ObjectServer.Errors;

namespace ObjectServer.Xml;

/// <summary>An element of a request document: its name without a namespace, its text, its children in order.</summary>
internal sealed record S3XmlElement(string Name)
{
    /// <summary>Character data, white space included; empty where there are child elements.</summary>
    public string Text { get; set; } = "";

    public List<S3XmlElement> Children { get; } = [];

    /// <summary>Attributes by local name, namespace declarations left out; null where there are none.</summary>
    public Dictionary<string, string>? Attributes { get; set; }

    /// <summary>The first child of this name, or null.</summary>
    public S3XmlElement? Child(string name)
    {
        foreach (var child in Children)
        {
            if (child.Name == name)
            {
                return child;
            }
        }

        return null;
    }

    /// <summary>Every child of this name.</summary>
    public IEnumerable<S3XmlElement> All(string name) => Children.Where(child => child.Name == name);
}

/// <summary>
/// Reads request documents that were received whole. DTDs, entities, deep nesting and more elements than any document
/// has are refused; a namespace is taken or left, as AWS does.
/// </summary>
internal static class S3XmlReader
{
    /// <summary>No request document of the S3 contract nests deeper than half of this.</summary>
    private const int MaxDepth = 32;

    /// <summary>
    /// Elements and attributes. 10,000 parts with a number, an ETag and ten checksums each have fewer; an element takes
    /// twenty times the memory of its four bytes.
    /// </summary>
    private const int MaxNodes = 128 * 1024;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersFromEntities = 0,
        CheckCharacters = false,
    };

    /// <summary>Parses a document whose root must bear <paramref name="rootName"/>.</summary>
    /// <exception cref="S3Exception">MalformedXML.</exception>
    public static S3XmlElement Parse(ReadOnlyMemory<byte> document, string rootName)
    {
        S3XmlElement root;
        try
        {
            using var stream = new MemoryStream(document.ToArray(), writable: false);
            using var reader = XmlReader.Create(stream, Settings);
            root = Read(reader);
        }
        catch (XmlException malformed)
        {
            throw new S3Exception(S3Errors.MalformedXML, malformed);
        }

        return root.Name == rootName ? root : throw new S3Exception(S3Errors.MalformedXML);
    }

    private static S3XmlElement Read(XmlReader reader)
    {
        var open = new Stack<S3XmlElement>();
        var text = new StringBuilder();
        var nodes = 0;
        S3XmlElement? root = null;
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    nodes += 1 + reader.AttributeCount;
                    if (nodes > MaxNodes)
                    {
                        throw new S3Exception(S3Errors.MalformedXML);
                    }

                    text.Clear();
                    var element = new S3XmlElement(reader.LocalName) { Attributes = ReadAttributes(reader) };
                    if (open.TryPeek(out var parent))
                    {
                        parent.Children.Add(element);
                    }

                    root ??= element;
                    if (!reader.IsEmptyElement)
                    {
                        if (open.Count == MaxDepth)
                        {
                            throw new S3Exception(S3Errors.MalformedXML);
                        }

                        open.Push(element);
                    }

                    break;
                case XmlNodeType.EndElement:
                    var closed = open.Pop();
                    closed.Text = closed.Children.Count == 0 ? text.ToString() : "";
                    text.Clear();
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace
                    when open.TryPeek(out var current) && current.Children.Count == 0:
                    // Comments and sections cut a text into as many pieces as they like.
                    text.Append(reader.Value);
                    break;
            }
        }

        return root ?? throw new S3Exception(S3Errors.MalformedXML);
    }

    private static Dictionary<string, string>? ReadAttributes(XmlReader reader)
    {
        Dictionary<string, string>? attributes = null;
        while (reader.MoveToNextAttribute())
        {
            if (reader.Prefix != "xmlns" && reader.Name != "xmlns")
            {
                (attributes ??= [])[reader.LocalName] = reader.Value;
            }
        }

        reader.MoveToElement();
        return attributes;
    }
}
