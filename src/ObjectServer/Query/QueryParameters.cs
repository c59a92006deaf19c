using System.Collections.Immutable;
using System.Globalization;
using ObjectServer.Addressing;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;

namespace ObjectServer.Query;

/// <summary>
/// The parameters of a request in AWS's query protocol, from the form in its body or from its query, checked as they are
/// read.
/// </summary>
/// <remarks>
/// Lists are numbered from 1: <c>Tags.member.1.Key</c>. Names are case-sensitive; of a name that comes more than once,
/// the first counts. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
/// </remarks>
internal sealed class QueryParameters
{
    /// <summary>No request needs as many; it bounds what a body of its size can cost.</summary>
    private const int MaxParameters = 10_000;

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <param name="form">As RawQuery reads it.</param>
    /// <exception cref="S3Exception">MalformedQueryString: more parameters than any request has.</exception>
    public QueryParameters(RawQuery form)
    {
        if (form.Parameters.Length > MaxParameters)
        {
            throw new S3Exception(QueryErrors.MalformedQueryString);
        }

        foreach (var parameter in form.Parameters)
        {
            _values.TryAdd(parameter.Name, parameter.Value);
        }
    }

    /// <summary>The value of that name, which may be empty; null where there is none.</summary>
    public string? Find(string name) => _values.GetValueOrDefault(name);

    /// <summary>A parameter that must be there.</summary>
    /// <exception cref="S3Exception">ValidationError.</exception>
    public string Text(string name, TextRule rule) => OptionalText(name, rule) ?? throw Missing(name);

    /// <summary>A parameter that may be there.</summary>
    /// <exception cref="S3Exception">ValidationError.</exception>
    public string? OptionalText(string name, TextRule rule) =>
        Find(name) is { } text ? rule.Checked(text, name) : null;

    /// <summary>A list that must have a member, or may be absent.</summary>
    /// <exception cref="S3Exception">ValidationError.</exception>
    public IReadOnlyList<string> Texts(string name, TextRule rule, bool isRequired = false)
    {
        var texts = FindList(name);
        if (isRequired && texts.Count == 0 && Find(name) is null)
        {
            throw Missing(name);
        }

        foreach (var (number, text) in texts.Index())
        {
            rule.Checked(text, string.Create(CultureInfo.InvariantCulture, $"{name}.{number + 1}.member"));
        }

        return texts;
    }

    /// <summary>A number within bounds; null where there is none.</summary>
    /// <exception cref="S3Exception">ValidationError.</exception>
    public int? Number(string name, int min, int max)
    {
        if (Find(name) is not { } text)
        {
            return null;
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            throw TextRule.Invalid($"'{text}'", name, "Member must be a number");
        }

        var (bound, word) = number < min ? (min, "greater") : (max, "less");
        return number >= min && number <= max
            ? number
            : throw TextRule.Invalid(
                $"'{text}'", name,
                string.Create(
                    CultureInfo.InvariantCulture, $"Member must have value {word} than or equal to {bound}"));
    }

    /// <summary>A yes or no; false where there is none.</summary>
    /// <exception cref="S3Exception">ValidationError.</exception>
    public bool Flag(string name) => Find(name) switch
    {
        null or "false" => false,
        "true" => true,
        var text => throw TextRule.Invalid($"'{text}'", name, "Member must be true or false"),
    };

    /// <summary>The parameter <c>Tags</c>, each with a key and a value that can be one.</summary>
    /// <exception cref="S3Exception">ValidationError.</exception>
    public ImmutableArray<Tag> Tags() =>
    [
        .. FindStructures("Tags", "Key").Select(prefix => new Tag(
            Text(prefix + "Key", TextRule.TagKey), Text(prefix + "Value", TextRule.TagValue))),
    ];

    /// <summary>The texts of a list; empty where there is none.</summary>
    public IReadOnlyList<string> FindList(string name)
    {
        var found = new List<string>();
        while (Find(Member(name, found.Count + 1)) is { } member)
        {
            found.Add(member);
        }

        return found;
    }

    /// <summary>
    /// The structures of a list, each by what the names of its parts begin with: <c>Tags.member.1.</c>
    /// </summary>
    /// <param name="name">The list.</param>
    /// <param name="part">A part that every structure has.</param>
    public IReadOnlyList<string> FindStructures(string name, string part)
    {
        var found = new List<string>();
        while (Member(name, found.Count + 1) + "." is var prefix && Find(prefix + part) is not null)
        {
            found.Add(prefix);
        }

        return found;
    }

    private static S3Exception Missing(string name) => TextRule.Invalid("null", name, "Member must not be null");

    private static string Member(string name, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}.member.{number}");
}
