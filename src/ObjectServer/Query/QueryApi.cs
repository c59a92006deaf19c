using System.Collections.Frozen;
using ObjectServer.Xml;

namespace ObjectServer.Query;

/// <summary>Writes what stands between <c>XResult</c> and its end.</summary>
internal delegate void ResultWriter(S3XmlWriter xml);

/// <summary>An operation of an API.</summary>
/// <param name="Name">AWS's name, the value of <c>Action</c>.</param>
/// <param name="ExecuteAsync">Does it; null where it says nothing but that it was done. Throws to refuse.</param>
internal sealed record QueryOperation(
    string Name, Func<QueryRequest, CancellationToken, ValueTask<ResultWriter?>> ExecuteAsync)
{
    /// <summary>Whether nobody in particular may call it: it carries a proof of its own.</summary>
    public bool IsForAnybody { get; init; }
}

/// <summary>One of AWS's APIs in the query protocol.</summary>
/// <param name="service">As in credential scopes, e.g. <c>iam</c>.</param>
/// <param name="version">The value of <c>Version</c>, e.g. <c>2010-05-08</c>.</param>
/// <param name="xmlNamespace">Of every answer.</param>
/// <param name="operations">What is served.</param>
/// <param name="unserved">AWS's names of all other operations: refused by name.</param>
internal sealed class QueryApi(
    string service,
    string version,
    string xmlNamespace,
    IEnumerable<QueryOperation> operations,
    IEnumerable<string> unserved)
{
    private readonly FrozenDictionary<string, QueryOperation> _operations =
        operations.ToFrozenDictionary(operation => operation.Name, StringComparer.Ordinal);

    private readonly FrozenSet<string> _unserved = unserved.ToFrozenSet(StringComparer.Ordinal);

    public string Service { get; } = service;

    public string Version { get; } = version;

    public string XmlNamespace { get; } = xmlNamespace;

    /// <summary>Everything that is served, in no order.</summary>
    public IEnumerable<QueryOperation> Operations => _operations.Values;

    /// <summary>The names of what is not.</summary>
    public IEnumerable<string> Unserved => _unserved;

    /// <summary>The operation of that name; null where it is not served.</summary>
    public QueryOperation? Find(string name) => _operations.GetValueOrDefault(name);

    /// <summary>Whether AWS has an operation of that name which this server has not.</summary>
    public bool IsUnserved(string name) => _unserved.Contains(name);
}
