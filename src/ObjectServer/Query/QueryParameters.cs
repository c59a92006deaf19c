using System.Globalization;
using ObjectServer.Addressing;
using ObjectServer.Errors;

namespace ObjectServer.Query;

/// <summary>The parameters of a request in AWS's query protocol, from the form in its body or from its query.</summary>
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

    private static string Member(string name, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}.member.{number}");
}
