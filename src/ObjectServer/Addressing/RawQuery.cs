using System.Collections.Immutable;
using ObjectServer.Errors;

namespace ObjectServer.Addressing;

/// <summary>One parameter of a query: as it came, and as it reads.</summary>
/// <param name="RawName">The name, percent-encoded as sent.</param>
/// <param name="RawValue">The value, percent-encoded as sent; empty where there was no equals sign.</param>
/// <param name="Name">The name, decoded.</param>
/// <param name="Value">The value, decoded; empty where there was no equals sign.</param>
internal readonly record struct QueryParameter(string RawName, string RawValue, string Name, string Value);

/// <summary>A query, parsed once and kept in the order it came. Names are case-sensitive.</summary>
/// <remarks>
/// <c>?acl</c> and <c>?acl=</c> read the same, as with S3. Where a name comes more than once, the first one is found.
/// </remarks>
internal sealed class RawQuery
{
    private RawQuery(string text, ImmutableArray<QueryParameter> parameters)
    {
        Text = text;
        Parameters = parameters;
    }

    /// <summary>No query.</summary>
    public static RawQuery Empty { get; } = new("", []);

    /// <summary>The query as sent, without the question mark.</summary>
    public string Text { get; }

    /// <summary>Every parameter, in the order sent.</summary>
    public ImmutableArray<QueryParameter> Parameters { get; }

    /// <summary>Splits and decodes a query.</summary>
    /// <param name="text">What follows the question mark.</param>
    /// <exception cref="S3Exception">InvalidURI: a broken escape, or bytes that are not UTF-8.</exception>
    public static RawQuery Parse(string text)
    {
        if (text.Length == 0)
        {
            return Empty;
        }

        var parameters = ImmutableArray.CreateBuilder<QueryParameter>();
        foreach (var range in text.AsSpan().Split('&'))
        {
            var pair = text.AsSpan(range);
            if (pair.IsEmpty)
            {
                continue;
            }

            var equals = pair.IndexOf('=');
            var rawName = (equals < 0 ? pair : pair[..equals]).ToString();
            var rawValue = equals < 0 ? "" : pair[(equals + 1)..].ToString();
            parameters.Add(new(
                rawName, rawValue, PercentEncoding.DecodeQuery(rawName), PercentEncoding.DecodeQuery(rawValue)));
        }

        return new(text, parameters.DrainToImmutable());
    }

    /// <summary>The decoded value of the first parameter of that name; null where there is none.</summary>
    public string? Find(string name)
    {
        foreach (var parameter in Parameters)
        {
            if (parameter.Name == name)
            {
                return parameter.Value;
            }
        }

        return null;
    }

    /// <summary>Whether a parameter of that name came, with a value or without.</summary>
    public bool Contains(string name) => Find(name) is not null;

    public override string ToString() => Text;
}
