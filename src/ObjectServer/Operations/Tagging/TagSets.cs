using System.Collections.Immutable;
using ObjectServer.Addressing;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Tagging;

/// <summary>Sets of tags on the wire: the Tagging document, and the header that comes with an upload.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_Tagging.html</remarks>
internal static class TagSets
{
    /// <summary>More than fifty tags of the longest keys and values need, every character escaped.</summary>
    public const int MaxDocumentBytes = 256 * 1024;

    private const string Header = "x-amz-tagging";

    /// <summary>Reads a Tagging document.</summary>
    /// <exception cref="S3Exception">MalformedXML; InvalidTag and BadRequest where a rule is broken.</exception>
    public static ImmutableArray<Tag> ParseDocument(ReadOnlyMemory<byte> document, TagRules rules)
    {
        var set = S3XmlReader.Parse(document, "Tagging").Child("TagSet") ?? throw Malformed();
        return Read(set, rules);
    }

    /// <summary>Reads the Tag elements within a set, whatever the set is called.</summary>
    /// <exception cref="S3Exception">MalformedXML; InvalidTag and BadRequest where a rule is broken.</exception>
    public static ImmutableArray<Tag> Read(S3XmlElement set, TagRules rules)
    {
        var tags = set.All("Tag").Select(ReadTag).ToImmutableArray();
        return rules.Judge(tags) is { } broken ? throw new S3Exception(broken) : InOrder(tags);
    }

    /// <summary>Reads the header, whose form is that of a query; null gives no tags.</summary>
    /// <exception cref="S3Exception">InvalidArgument; InvalidTag and BadRequest where a rule is broken.</exception>
    public static ImmutableArray<Tag> ParseHeader(string? header)
    {
        if (string.IsNullOrEmpty(header))
        {
            return [];
        }

        var tags = Split(header);
        var isWellFormed = tags.Select(tag => tag.Key).Distinct(StringComparer.Ordinal).Count() == tags.Length
            && tags.All(tag =>
                TagRules.HasOnlyAllowedCharacters(tag.Key) && TagRules.HasOnlyAllowedCharacters(tag.Value));
        if (!isWellFormed)
        {
            throw InvalidHeader(header);
        }

        return TagRules.Object.Judge(tags) is { } broken ? throw new S3Exception(broken) : InOrder(tags);
    }

    /// <summary>Writes a Tagging document.</summary>
    public static void Write(S3XmlWriter xml, ImmutableArray<Tag> tags)
    {
        xml.Root("Tagging").Start("TagSet");
        foreach (var (key, value) in tags)
        {
            xml.Start("Tag").Element("Key", key).Element("Value", value).End("Tag");
        }

        xml.End("TagSet").End("Tagging");
    }

    /// <summary>A set has no order of its own; it is kept by key, so that equal sets read alike.</summary>
    private static ImmutableArray<Tag> InOrder(ImmutableArray<Tag> tags) =>
        tags.Sort((left, right) => string.CompareOrdinal(left.Key, right.Key));

    private static Tag ReadTag(S3XmlElement tag) =>
        tag.Children.Count == 2 && tag.Child("Key") is { } key && tag.Child("Value") is { } value
            ? new(key.Text, value.Text)
            : throw Malformed();

    private static ImmutableArray<Tag> Split(string header)
    {
        try
        {
            return [.. RawQuery.Parse(header).Parameters.Select(tag => new Tag(tag.Name, tag.Value))];
        }
        catch (S3Exception)
        {
            throw InvalidHeader(header);
        }
    }

    private static S3Exception InvalidHeader(string header) => new(S3Errors.InvalidArgument
        .Saying(
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag "
            + "name duplicates.")
        .With("ArgumentName", Header)
        .With("ArgumentValue", header));

    private static S3Exception Malformed() => new(S3Errors.MalformedXML);
}
