using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Tagging;

/// <summary>What S3 allows in the tags of one kind of resource.</summary>
/// <remarks>
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/CostAllocTagging.html
/// </remarks>
internal sealed record TagRules
{
    /// <summary>Ten tags to an object.</summary>
    public static readonly TagRules Object = new()
    {
        MaxTags = 10,
        TooMany = "Object tags cannot be greater than 10",
        Reserved = "Your TagKey cannot be prefixed with aws:",
    };

    /// <summary>Fifty tags to a bucket.</summary>
    public static readonly TagRules Bucket = new()
    {
        MaxTags = 50,
        TooMany = "Bucket tag count cannot be greater than 50",
        Reserved = "System tags cannot be added/updated by requester",
    };

    private const int MaxKeyLength = 128;
    private const int MaxValueLength = 256;

    private TagRules()
    {
    }

    public required int MaxTags { get; init; }

    /// <summary>What a client is told that sends more.</summary>
    public required string TooMany { get; init; }

    /// <summary>What a client is told that uses AWS's own prefix.</summary>
    public required string Reserved { get; init; }

    /// <summary>The first rule that the tags break, or null.</summary>
    public S3Error? Judge(ImmutableArray<Tag> tags)
    {
        if (tags.Length > MaxTags)
        {
            return S3Errors.BadRequest.Saying(TooMany);
        }

        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            if (!keys.Add(key))
            {
                return Invalid("Cannot provide multiple Tags with the same key", key);
            }

            if (key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            {
                return Invalid(Reserved, key);
            }

            if (key.Length is 0 or > MaxKeyLength || !HasOnlyAllowedCharacters(key))
            {
                return Invalid("The TagKey you have provided is invalid", key);
            }

            if (value.Length > MaxValueLength || !HasOnlyAllowedCharacters(value))
            {
                return Invalid("The TagValue you have provided is invalid", key).With("TagValue", value);
            }
        }

        return null;
    }

    /// <summary>Letters, digits and spaces of any script, and <c>+ - = . _ : / @</c>.</summary>
    public static bool HasOnlyAllowedCharacters(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            var isAllowed = Rune.IsLetter(rune) || Rune.IsNumber(rune)
                || Rune.GetUnicodeCategory(rune) is UnicodeCategory.SpaceSeparator
                || rune.Value is '+' or '-' or '=' or '.' or '_' or ':' or '/' or '@';
            if (!isAllowed)
            {
                return false;
            }
        }

        return true;
    }

    private static S3Error Invalid(string message, string key) =>
        S3Errors.InvalidTag.Saying(message).With("TagKey", key);
}
