using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;

namespace ObjectServer.Routing;

/// <summary>The rows of one method and one kind of target, ready to be matched.</summary>
internal sealed class RouteGroup
{
    private readonly Candidate[] _plain;
    private readonly FrozenDictionary<string, Candidate[]> _byParameter;
    private readonly FrozenSet<string> _selectors;

    public RouteGroup(IEnumerable<OperationRow> rows)
    {
        // Best first: the first that fits is the one.
        var ranked = rows.OrderByDescending(row => row.Rank).Select(row => new Candidate(row)).ToArray();
        _plain = [.. ranked.Where(candidate => candidate.Selector is null)];
        _byParameter = ranked
            .Where(candidate => candidate.Selector is not null)
            .GroupBy(candidate => candidate.Selector!)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
        _selectors = ranked
            .Where(candidate => candidate.Row.Route.Subresource is null)
            .SelectMany(candidate => candidate.Parameters)
            .ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The best row that fits, or null.</summary>
    public OperationRow? Match(S3Target target, IHeaderDictionary headers)
    {
        OperationRow? best = null;
        foreach (var parameter in target.Query.Parameters)
        {
            if (_byParameter.TryGetValue(parameter.Name, out var selected)
                && FirstThatFits(selected, target, headers) is { } row
                && row.Rank > (best?.Rank ?? -1))
            {
                best = row;
            }
        }

        return best ?? FirstThatFits(_plain, target, headers);
    }

    /// <summary>Whether a query parameter chooses an operation of this group without being a subresource.</summary>
    public bool IsSelector(string parameter) => _selectors.Contains(parameter);

    private static OperationRow? FirstThatFits(Candidate[] candidates, S3Target target, IHeaderDictionary headers)
    {
        foreach (var candidate in candidates)
        {
            if (candidate.Fits(target, headers))
            {
                return candidate.Row;
            }
        }

        return null;
    }

    /// <summary>A row with its required query parameters split into names and values.</summary>
    private sealed class Candidate
    {
        private readonly (string Name, string? Value)[] _query;

        public Candidate(OperationRow row)
        {
            Row = row;
            _query =
            [
                .. row.Route.Query.Select(required => required.Split('=', 2) switch
                {
                    [var name, var value] => (name, value),
                    _ => (required, (string?)null),
                }),
            ];
            Selector = row.Route.Subresource ?? (_query is [var first, ..] ? first.Name : null);
        }

        public OperationRow Row { get; }

        /// <summary>The parameter under which the row is found; null for a row that requires none.</summary>
        public string? Selector { get; }

        /// <summary>The names of the parameters that the row requires beside its subresource.</summary>
        public IEnumerable<string> Parameters => _query.Select(required => required.Name);

        public bool Fits(S3Target target, IHeaderDictionary headers)
        {
            foreach (var (name, value) in _query)
            {
                if (target.Query.Find(name) is not { } sent || (value is not null && sent != value))
                {
                    return false;
                }
            }

            var route = Row.Route;
            return route.Path == target.ControlPath
                && (route.Header is null || headers.ContainsKey(route.Header))
                && (route.ContentType is null || HasMediaType(headers, route.ContentType));
        }

        private static bool HasMediaType(IHeaderDictionary headers, string mediaType) =>
            headers.ContentType.ToString().AsSpan().TrimStart()
                .StartsWith(mediaType, StringComparison.OrdinalIgnoreCase);
    }
}
