using ObjectServer.Operations;

namespace ObjectServer.Routing;

/// <summary>One row of the operation table.</summary>
/// <param name="Name">AWS's name of the operation.</param>
/// <param name="Route">How its requests look.</param>
internal sealed record OperationRow(string Name, S3Route Route)
{
    /// <summary>What answers; null: 501 by this name.</summary>
    public S3Operation? Served { get; init; }

    /// <summary>The operation to which requests of the same look go, e.g. from a deprecated one to its successor.</summary>
    public string? TakenBy { get; init; }

    /// <summary>
    /// Which row wins among those that fit a request: what the query asks for outweighs what a header does, and a
    /// subresource outweighs any other parameter.
    /// </summary>
    public int Rank { get; } =
        (Route.Subresource is null ? 0 : 100)
        + (10 * Route.Query.Count)
        + (Route.Header is null ? 0 : 2)
        + (Route.ContentType is null ? 0 : 1);
}
