using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ObjectServer.Seeding;

/// <summary>The fields of one mapping of a seed file. What is wrong with one is told, and reading goes on.</summary>
/// <remarks>Whoever reads a field has asked for it: those that nobody asked for are unknown.</remarks>
internal sealed class SeedFields
{
    private static readonly JsonWriterOptions Form =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly SeedMistakes _mistakes;
    private readonly SeedMapping _mapping;
    private readonly OrderedDictionary<string, bool> _asked = new(StringComparer.Ordinal);

    private SeedFields(SeedMistakes mistakes, SeedPlace place, SeedMapping mapping)
    {
        _mistakes = mistakes;
        Place = place;
        _mapping = mapping;
    }

    /// <summary>Where the mapping stands.</summary>
    public SeedPlace Place { get; }

    /// <summary>Reads the whole of a file.</summary>
    /// <returns>Null where it is no mapping.</returns>
    public static T? Read<T>(SeedMistakes mistakes, SeedNode node, Func<SeedFields, T> read)
        where T : class => Read(mistakes, new("", node.Line), node, read);

    /// <summary>A text; null where the field is not there.</summary>
    /// <param name="name">The field.</param>
    /// <param name="rule">What it must be like.</param>
    public string? Text(string name, SeedRule rule)
    {
        if (Find(name) is not { } node)
        {
            return null;
        }

        var place = PlaceOf(name, node);
        return node is SeedScalar { Type: not SeedScalarType.Null } scalar ? Checked(place, scalar.Text, rule)
            : Refuse<string>(place, $"This is {node.Kind}, not a text.");
    }

    /// <summary>A text that must be there; where it is not, an empty one to go on with.</summary>
    public string RequiredText(string name, SeedRule rule) => Required(name) ? Text(name, rule) ?? "" : "";

    /// <summary>Texts; none where the field is not there.</summary>
    public ImmutableArray<string> Texts(string name, SeedRule rule) =>
        [.. Values(name).Select(value => value.Node is SeedScalar { Type: not SeedScalarType.Null } scalar
            ? Checked(value.Place, scalar.Text, rule)
            : Refuse<string>(value.Place, $"This is {value.Node.Kind}, not a text.")).OfType<string>()];

    /// <summary>One of a few words; null where the field is not there.</summary>
    public string? OneOf(string name, params string[] words) =>
        Text(name, new($"one of {string.Join(", ", words)}", words.Contains));

    /// <summary>True or false; null where the field is not there.</summary>
    public bool? Flag(string name)
    {
        if (Find(name) is not { } node)
        {
            return null;
        }

        if (node is SeedScalar { Type: SeedScalarType.Boolean } scalar)
        {
            return bool.Parse(scalar.Text);
        }

        Mistake(PlaceOf(name, node), $"This is {node.Kind} that is neither true nor false.");
        return null;
    }

    /// <summary>A whole number; null where the field is not there.</summary>
    public int? Number(string name, int min, int max) => Text(
        name,
        new(
            string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}"),
            text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number >= min && number <= max)) is { } text
        ? int.Parse(text, CultureInfo.InvariantCulture)
        : null;

    /// <summary>A JSON document, given as a text or as values of the file; null where the field is not there.</summary>
    /// <param name="name">The field.</param>
    /// <param name="findMistake">Says what is wrong with it, or null.</param>
    public string? Document(string name, Func<string, string?> findMistake)
    {
        if (Find(name) is not { } node)
        {
            return null;
        }

        var document = node is SeedScalar scalar ? scalar.Text : ToJson(node);
        return findMistake(document) is { } mistake ? Refuse<string>(PlaceOf(name, node), mistake) : document;
    }

    /// <summary>A document that must be there; where it is not, an empty one to go on with.</summary>
    public string RequiredDocument(string name, Func<string, string?> findMistake) =>
        Required(name) ? Document(name, findMistake) ?? "" : "";

    /// <summary>A mapping; null where the field is not there.</summary>
    public T? Mapping<T>(string name, Func<SeedFields, T> read)
        where T : class => Find(name) is { } node ? Read(_mistakes, PlaceOf(name, node), node, read) : null;

    /// <summary>Mappings; none where the field is not there.</summary>
    public ImmutableArray<T> List<T>(string name, Func<SeedFields, T> read)
        where T : class => List(name, read, _ => "", StringComparer.Ordinal);

    /// <summary>Mappings; none where the field is not there.</summary>
    /// <param name="name">The field.</param>
    /// <param name="read">Reads one.</param>
    /// <param name="keyOf">Two that are equal in this are a mistake; an empty one was none.</param>
    /// <param name="comparer">What is equal.</param>
    public ImmutableArray<T> List<T>(
        string name, Func<SeedFields, T> read, Func<T, string> keyOf, StringComparer comparer)
        where T : class
    {
        var list = ImmutableArray.CreateBuilder<T>();
        var keys = new HashSet<string>(comparer);
        foreach (var (node, place) in Values(name))
        {
            if (Read(_mistakes, place, node, read) is not { } value)
            {
                continue;
            }

            if (keyOf(value) is { Length: > 0 } key && !keys.Add(key))
            {
                Mistake(place, $"'{key}' stands in this list before.");
            }

            list.Add(value);
        }

        return list.ToImmutable();
    }

    /// <summary>Texts by names that the file chooses; null where the field is not there.</summary>
    public ImmutableArray<KeyValuePair<string, string>>? Map(string name, SeedRule nameRule, SeedRule valueRule) =>
        Mapping(name, fields => fields._mapping.Fields.Select(field =>
        {
            _ = fields.Checked(fields.PlaceOf(field.Key, field.Value), field.Key, nameRule);
            return KeyValuePair.Create(field.Key, fields.Text(field.Key, valueRule) ?? "");
        }).ToArray()) is { } pairs
            ? [.. pairs]
            : null;

    /// <summary>Says what is wrong with a field, whether it is there or not.</summary>
    public void Mistake(string name, string what) =>
        Mistake(Find(name) is { } node ? PlaceOf(name, node) : Place, what);

    private static T? Read<T>(SeedMistakes mistakes, SeedPlace place, SeedNode node, Func<SeedFields, T> read)
        where T : class
    {
        if (node is not SeedMapping mapping)
        {
            mistakes.Add(place, $"This is {node.Kind}, not a mapping.");
            return null;
        }

        var fields = new SeedFields(mistakes, place, mapping);
        var value = read(fields);
        foreach (var (name, unknown) in mapping.Fields.Where(field => !fields._asked.ContainsKey(field.Key)))
        {
            fields.Mistake(
                fields.PlaceOf(name, unknown), $"There is no such field; there are {string.Join(", ", fields._asked.Keys)}.");
        }

        return value;
    }

    /// <summary>Values of the file as JSON: what YAML takes for a text is one.</summary>
    private static string ToJson(SeedNode node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Form))
        {
            Write(json, node);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, SeedNode node)
    {
        switch (node)
        {
            case SeedMapping mapping:
                json.WriteStartObject();
                foreach (var (name, value) in mapping.Fields)
                {
                    json.WritePropertyName(name);
                    Write(json, value);
                }

                json.WriteEndObject();
                break;
            case SeedSequence sequence:
                json.WriteStartArray();
                foreach (var value in sequence.Values)
                {
                    Write(json, value);
                }

                json.WriteEndArray();
                break;
            case SeedScalar { Type: SeedScalarType.Text } scalar:
                json.WriteStringValue(scalar.Text);
                break;
            case SeedScalar { Type: SeedScalarType.Null }:
                json.WriteNullValue();
                break;
            case SeedScalar scalar:
                json.WriteRawValue(scalar.Text.ToLowerInvariant());
                break;
        }
    }

    private SeedNode? Find(string name)
    {
        _asked[name] = true;
        foreach (var field in _mapping.Fields)
        {
            if (field.Key == name)
            {
                return field.Value;
            }
        }

        return null;
    }

    private bool Required(string name)
    {
        if (Find(name) is not null)
        {
            return true;
        }

        Mistake(Place, $"The field {name} is missing.");
        return false;
    }

    private IEnumerable<(SeedNode Node, SeedPlace Place)> Values(string name)
    {
        switch (Find(name))
        {
            case null:
                return [];
            case SeedSequence sequence:
                var place = PlaceOf(name, sequence);
                return sequence.Values.Select((value, index) => (value, place.Value(index, value.Line)));
            case { } node:
                Mistake(PlaceOf(name, node), $"This is {node.Kind}, not a list.");
                return [];
        }
    }

    private string Checked(SeedPlace place, string text, SeedRule rule)
    {
        if (!rule.Holds(text))
        {
            Mistake(place, $"This must be {rule.Says}.");
        }

        return text;
    }

    private SeedPlace PlaceOf(string name, SeedNode node) => Place.Field(name, node.Line);

    private void Mistake(SeedPlace place, string what) => _mistakes.Add(place, what);

    private T? Refuse<T>(SeedPlace place, string what)
        where T : class
    {
        Mistake(place, what);
        return null;
    }
}
