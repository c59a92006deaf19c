using System.Collections.Immutable;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ObjectServer.Seeding;

/// <summary>Reads the text of a seed file, JSON or YAML, to the same values.</summary>
/// <remarks>
/// Of YAML everything is read but tags, for there is nothing that they could mean, and all scalars are texts but the words
/// for truth and for nothing. https://yaml.org/spec/1.2.2/
/// </remarks>
internal static class SeedText
{
    private const int MaxDepth = 64;

    /// <summary>An alias multiplies what it stands for: a short file could else take all memory.</summary>
    private const int MaxValues = 1_000_000;

    /// <summary>Reads JSON. Comments are allowed.</summary>
    /// <exception cref="SeedSyntaxException">It is no JSON.</exception>
    public static SeedNode ReadJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions
            {
                AllowDuplicateProperties = false,
                CommentHandling = JsonCommentHandling.Skip,
                MaxDepth = MaxDepth,
            });
            return Read(document.RootElement);
        }
        catch (JsonException malformed)
        {
            throw new SeedSyntaxException(malformed.Message, (int)(malformed.LineNumber + 1 ?? 0));
        }
    }

    /// <summary>Reads YAML: one document.</summary>
    /// <exception cref="SeedSyntaxException">It is no YAML.</exception>
    public static SeedNode ReadYaml(string text)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
            {
                return new SeedScalar("", SeedScalarType.Null, 0);
            }

            parser.Consume<DocumentStart>();
            var document = Read(parser, new(StringComparer.Ordinal), 0);
            parser.Consume<DocumentEnd>();
            return parser.Accept<DocumentStart>(out var second)
                ? throw new SeedSyntaxException("A second document begins here; a seed file has one.", LineOf(second))
                : document;
        }
        catch (YamlException malformed)
        {
            throw new SeedSyntaxException(malformed.Message, (int)malformed.Start.Line);
        }
    }

    private static SeedNode Read(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new SeedMapping(
            [.. element.EnumerateObject().Select(field => KeyValuePair.Create(field.Name, Read(field.Value)))], 0),
        JsonValueKind.Array => new SeedSequence([.. element.EnumerateArray().Select(Read)], 0),
        JsonValueKind.String => new SeedScalar(element.GetString()!, SeedScalarType.Text, 0),
        JsonValueKind.Number => new SeedScalar(element.GetRawText(), SeedScalarType.Number, 0),
        JsonValueKind.Null => new SeedScalar("", SeedScalarType.Null, 0),
        _ => new SeedScalar(element.GetRawText(), SeedScalarType.Boolean, 0),
    };

    private static SeedNode Read(IParser parser, Dictionary<string, SeedNode> anchors, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new SeedSyntaxException($"Values stand in more than {MaxDepth} others.", LineOf(parser.Current!));
        }

        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return anchors.TryGetValue(alias.Value.Value, out var known)
                ? known
                : throw new SeedSyntaxException($"Nothing before is called '&{alias.Value.Value}'.", LineOf(alias));
        }

        var start = parser.Consume<NodeEvent>();
        if (!start.Tag.IsEmpty)
        {
            throw new SeedSyntaxException($"The tag '{start.Tag}' means nothing here.", LineOf(start));
        }

        SeedNode node = start switch
        {
            MappingStart => ReadMapping(parser, anchors, depth, LineOf(start)),
            SequenceStart => ReadSequence(parser, anchors, depth, LineOf(start)),
            _ => ReadScalar((Scalar)start),
        };
        if (node.Count > MaxValues)
        {
            throw new SeedSyntaxException($"It has more than {MaxValues} values.", LineOf(start));
        }

        if (!start.Anchor.IsEmpty)
        {
            anchors[start.Anchor.Value] = node;
        }

        return node;
    }

    private static SeedMapping ReadMapping(
        IParser parser, Dictionary<string, SeedNode> anchors, int depth, int line)
    {
        var fields = ImmutableArray.CreateBuilder<KeyValuePair<string, SeedNode>>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var at = LineOf(parser.Current!);
            var name = Read(parser, anchors, depth + 1) as SeedScalar
                ?? throw new SeedSyntaxException("The name of a field is a text.", at);
            if (!names.Add(name.Text))
            {
                throw new SeedSyntaxException($"The field '{name.Text}' stands twice in one mapping.", at);
            }

            // A field is looked for where its name stands.
            fields.Add(new(name.Text, Read(parser, anchors, depth + 1) with { Line = at }));
        }

        return new(fields.ToImmutable(), line);
    }

    private static SeedSequence ReadSequence(
        IParser parser, Dictionary<string, SeedNode> anchors, int depth, int line)
    {
        var values = ImmutableArray.CreateBuilder<SeedNode>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            values.Add(Read(parser, anchors, depth + 1));
        }

        return new(values.ToImmutable(), line);
    }

    private static SeedScalar ReadScalar(Scalar scalar) => new(
        scalar.Value,
        scalar.Style != ScalarStyle.Plain ? SeedScalarType.Text : scalar.Value switch
        {
            "" or "~" or "null" or "Null" or "NULL" => SeedScalarType.Null,
            "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => SeedScalarType.Boolean,
            _ => SeedScalarType.Text,
        },
        LineOf(scalar));

    private static int LineOf(ParsingEvent read) => (int)read.Start.Line;
}

/// <summary>A text that is not in the language of its file.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="line">Where, from 1; 0 where that is not known.</param>
internal sealed class SeedSyntaxException(string message, int line) : Exception(message)
{
    public int Line { get; } = line;
}
