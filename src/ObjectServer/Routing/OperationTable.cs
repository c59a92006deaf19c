using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Errors;
using ObjectServer.Operations;

namespace ObjectServer.Routing;

/// <summary>Every operation of the S3 API, served or not, and the way from a request to one of them.</summary>
/// <remarks>
/// A query parameter that names a subresource never falls through: <c>PUT ?acl</c> is PutObjectAcl or refused, but it
/// is not PutObject. Parameters that mean nothing to S3 are ignored, as AWS does.
/// </remarks>
internal sealed class OperationTable
{
    private readonly FrozenDictionary<(string Method, TargetKind Target), RouteGroup> _groups;
    private readonly FrozenSet<string> _subresources;

    /// <summary>Takes the rows and checks that no request could be meant for two of them.</summary>
    /// <exception cref="InvalidOperationException">Two rows have one name, or two look alike.</exception>
    public OperationTable(IReadOnlyList<OperationRow> rows)
    {
        Check(rows);
        Rows = rows;
        var matched = rows.Where(row => row.TakenBy is null).ToArray();
        _groups = matched
            .GroupBy(row => (row.Route.Method, row.Route.Target))
            .ToFrozenDictionary(group => group.Key, group => new RouteGroup(group));
        _subresources = matched
            .Select(row => row.Route.Subresource)
            .OfType<string>()
            .ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>All rows, in the order of AWS's names.</summary>
    public IReadOnlyList<OperationRow> Rows { get; }

    /// <summary>Finds the operation that a request is for.</summary>
    /// <returns>A row; or MethodNotAllowed, or InvalidArgument where the query contradicts itself.</returns>
    public RouteMatch Match(string method, S3Target target, IHeaderDictionary headers)
    {
        var kind = KindOf(target);
        if (target.ControlPath is not null && !IsControlPath(target.ControlPath))
        {
            return new(null, S3Errors.NotImplemented.Saying(
                $"The operation {method} {target.ControlPath} of S3 Control is not implemented."));
        }

        if (!_groups.TryGetValue((method, kind), out var group))
        {
            return new(null, NotAllowed(method, kind, subresource: null));
        }

        var row = group.Match(target, headers);
        foreach (var parameter in target.Query.Parameters)
        {
            if (_subresources.Contains(parameter.Name))
            {
                if (row?.Route.Subresource is not { } chosen)
                {
                    return new(null, NotAllowed(method, kind, parameter.Name));
                }

                if (chosen != parameter.Name)
                {
                    return new(null, Conflict(chosen, parameter.Name));
                }
            }
            else if (row is not { Rank: >= 10 } && group.IsSelector(parameter.Name))
            {
                return new(null, Incomplete(parameter));
            }
        }

        return row is null ? new(null, NotAllowed(method, kind, subresource: null)) : new(row, null);
    }

    public static TargetKind KindOf(S3Target target) =>
        target.ControlPath is not null ? TargetKind.Account
        : target.Key is not null ? TargetKind.Object
        : target.Bucket is not null ? TargetKind.Bucket
        : TargetKind.Service;

    private bool IsControlPath(string path) => Rows.Any(row => row.Route.Path == path);

    /// <summary>The refusal of a method, with the methods that the resource does have.</summary>
    private S3Error NotAllowed(string method, TargetKind kind, string? subresource)
    {
        var allowed = Rows
            .Where(row => row.Route.Target == kind && (subresource is null || row.Route.Subresource == subresource))
            .Select(row => row.Route.Method)
            .Distinct()
            .Order(StringComparer.Ordinal);
        return S3Errors.MethodNotAllowed
            .With("Method", method)
            .With("ResourceType", subresource?.ToUpperInvariant() ?? kind.ToString().ToUpperInvariant())
            .WithHeader("Allow", string.Join(", ", allowed));
    }

    private static S3Error Conflict(string one, string other) => S3Errors.InvalidArgument
        .Saying($"Conflicting query string parameters: {one}, {other}")
        .With("ArgumentName", "ResourceType")
        .With("ArgumentValue", one);

    private static S3Error Incomplete(QueryParameter parameter) => S3Errors.InvalidArgument
        .Saying($"The query parameter {parameter.Name} does not make an operation with the rest of the request.")
        .With("ArgumentName", parameter.Name)
        .With("ArgumentValue", parameter.Value);

    private static void Check(IReadOnlyList<OperationRow> rows)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var looks = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (!names.Add(row.Name))
            {
                throw new InvalidOperationException($"The operation table has {row.Name} twice.");
            }

            if (row.TakenBy is not null)
            {
                continue;
            }

            var route = row.Route;
            var query = string.Join('&', route.Query.Order(StringComparer.Ordinal));
            var look = $"{route.Method} {route.Target} {route.Path} ?{route.Subresource}&{query} {route.Header} {route.ContentType}";
            if (!looks.TryAdd(look, row.Name))
            {
                throw new InvalidOperationException($"{row.Name} and {looks[look]} have the same route: {look}");
            }
        }
    }
}
