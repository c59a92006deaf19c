using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Archives;

/// <summary>The document that carries a configuration, and the one that is kept of all of a bucket.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketIntelligentTieringConfiguration.html</remarks>
internal static class TieringDocument
{
    /// <summary>More than a configuration with every tag that an object can have needs.</summary>
    public const int MaxBytes = 64 * 1024;

    private const string Root = "IntelligentTieringConfiguration";
    private const string KeptRoot = "IntelligentTieringConfigurations";
    private const int MaxIdLength = 64;
    private const int MaxDays = 730;

    private static readonly ImmutableArray<(string Name, ArchiveTier Tier, int MinDays)> Tiers =
    [
        ("ARCHIVE_ACCESS", ArchiveTier.ArchiveAccess, 90),
        ("DEEP_ARCHIVE_ACCESS", ArchiveTier.DeepArchiveAccess, 180),
    ];

    public static string NameOf(ArchiveTier tier) => Tiers[(int)tier].Name;

    /// <summary>Reads a request's document.</summary>
    /// <exception cref="S3Exception">MalformedXML, or InvalidArgument with what is wrong.</exception>
    public static TieringConfiguration Read(ReadOnlyMemory<byte> document)
    {
        var configuration = Read(S3XmlReader.Parse(document, Root));
        foreach (var (tier, days) in configuration.Tierings)
        {
            if (days < Tiers[(int)tier].MinDays || days > MaxDays)
            {
                throw Invalid("Days", days.ToString(CultureInfo.InvariantCulture),
                    $"'Days' in the {NameOf(tier)} tier must be between {Tiers[(int)tier].MinDays} and {MaxDays}.");
            }
        }

        var byTier = configuration.Tierings.ToLookup(tiering => tiering.Tier, tiering => tiering.Days);
        var isInOrder = byTier[ArchiveTier.ArchiveAccess].All(sooner =>
            byTier[ArchiveTier.DeepArchiveAccess].All(later => sooner < later));
        return isInOrder
            ? configuration
            : throw Invalid("Days", "", "'Days' in the DEEP_ARCHIVE_ACCESS tier must be more than in the ARCHIVE_ACCESS tier.");
    }

    /// <summary>Writes a configuration as a document of its own.</summary>
    public static void Write(S3XmlWriter xml, TieringConfiguration configuration) =>
        WriteWithin(xml.Root(Root), configuration).End(Root);

    /// <summary>Writes one of several.</summary>
    public static void WriteElement(S3XmlWriter xml, TieringConfiguration configuration) =>
        WriteWithin(xml.Start(Root), configuration).End(Root);

    /// <summary>What is kept of a bucket's configurations.</summary>
    public static ReadOnlyMemory<byte> Keep(IEnumerable<TieringConfiguration> configurations)
    {
        var kept = new ArrayBufferWriter<byte>();
        var xml = new S3XmlWriter(kept).Root(KeptRoot);
        foreach (var configuration in configurations.OrderBy(one => one.Id, StringComparer.Ordinal))
        {
            WriteElement(xml, configuration);
        }

        xml.End(KeptRoot);
        return kept.WrittenMemory;
    }

    /// <summary>Reads what was kept.</summary>
    public static TieringConfigurations ReadKept(ReadOnlyMemory<byte> document) =>
        new([.. S3XmlReader.Parse(document, KeptRoot).Children.Select(Read)]);

    private static S3XmlWriter WriteWithin(S3XmlWriter xml, TieringConfiguration configuration)
    {
        xml.Element("Id", configuration.Id);
        if (configuration.Prefix is not null || !configuration.Tags.IsEmpty)
        {
            xml.Start("Filter");
            var isAnd = configuration.Tags.Length > 1 || (configuration.Prefix is not null && !configuration.Tags.IsEmpty);
            if (isAnd)
            {
                xml.Start("And");
            }

            xml.Element("Prefix", configuration.Prefix);
            foreach (var (key, value) in configuration.Tags)
            {
                xml.Start("Tag").Element("Key", key).Element("Value", value).End("Tag");
            }

            if (isAnd)
            {
                xml.End("And");
            }

            xml.End("Filter");
        }

        xml.Element("Status", configuration.IsEnabled ? "Enabled" : "Disabled");
        foreach (var (tier, days) in configuration.Tierings)
        {
            xml.Start("Tiering").Element("Days", days).Element("AccessTier", NameOf(tier)).End("Tiering");
        }

        return xml;
    }

    private static TieringConfiguration Read(S3XmlElement element)
    {
        Expect(element, "Id", "Filter", "Status", "Tiering*");
        var id = element.Child("Id")?.Text ?? throw Malformed();
        if (id.Length is 0 or > MaxIdLength)
        {
            throw Invalid("Id", id, $"The id of a configuration has 1 to {MaxIdLength} characters.");
        }

        var tierings = element.All("Tiering").Select(ReadTiering).ToImmutableArray();
        if (tierings.IsEmpty || tierings.DistinctBy(tiering => tiering.Tier).Count() != tierings.Length)
        {
            throw Malformed();
        }

        var (prefix, tags) = ReadFilter(element.Child("Filter"));
        return new TieringConfiguration
        {
            Id = id,
            Prefix = prefix,
            Tags = tags,
            IsEnabled = element.Child("Status")?.Text switch
            {
                "Enabled" => true,
                "Disabled" => false,
                _ => throw Malformed(),
            },
            Tierings = tierings,
        };
    }

    private static (string? Prefix, ImmutableArray<Tag> Tags) ReadFilter(S3XmlElement? filter)
    {
        switch (filter?.Children)
        {
            case null or []:
                return (null, []);
            case [{ Name: "Prefix" } prefix]:
                return (prefix.Text, []);
            case [{ Name: "Tag" } tag]:
                return (null, [ReadTag(tag)]);
            case [{ Name: "And" } and]:
                Expect(and, "Prefix", "Tag*");
                var tags = and.All("Tag").Select(ReadTag).ToImmutableArray();
                return and.Children.Count >= 2 && tags.DistinctBy(tag => tag.Key).Count() == tags.Length
                    ? (and.Child("Prefix")?.Text, tags)
                    : throw Malformed();
            default:
                throw Malformed();
        }
    }

    private static Tag ReadTag(S3XmlElement element)
    {
        Expect(element, "Key", "Value");
        return element.Child("Key")?.Text is { Length: > 0 } key && element.Child("Value")?.Text is { } value
            ? new Tag(key, value)
            : throw Malformed();
    }

    private static Tiering ReadTiering(S3XmlElement element)
    {
        Expect(element, "Days", "AccessTier");
        var tier = Tiers.FirstOrDefault(known => known.Name == element.Child("AccessTier")?.Text);
        return tier.Name is not null
            && int.TryParse(
                element.Child("Days")?.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var days)
            ? new Tiering(tier.Tier, days)
            : throw Malformed();
    }

    /// <summary>Refuses children of other names, and two of one name that may be there once.</summary>
    private static void Expect(S3XmlElement element, params ReadOnlySpan<string> names)
    {
        foreach (var child in element.Children)
        {
            var isFirst = ReferenceEquals(element.Child(child.Name), child);
            if (!names.Contains(child.Name + "*") && !(names.Contains(child.Name) && isFirst))
            {
                throw Malformed();
            }
        }
    }

    private static S3Exception Malformed() => new(S3Errors.MalformedXML);

    private static S3Exception Invalid(string name, string value, string message) => new(S3Errors.InvalidArgument
        .Saying(message)
        .With("ArgumentName", name)
        .With("ArgumentValue", value));
}
