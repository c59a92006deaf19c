using ObjectServer.Errors;

namespace ObjectServer.Addressing;

/// <summary>A request target split into path and query, exactly as sent.</summary>
/// <param name="Path">The path, percent-encoded, never normalised; begins with a slash.</param>
/// <param name="Query">The query, decoded once.</param>
/// <param name="Authority">The host, and maybe a port, of the absolute form; it outranks the Host header.</param>
/// <remarks>https://www.rfc-editor.org/rfc/rfc9112#section-3.2</remarks>
internal sealed record RawTarget(string Path, RawQuery Query, string? Authority)
{
    /// <summary>Reads the request line's target in origin form (<c>/b/k?q</c>) or absolute form.</summary>
    /// <exception cref="S3Exception">InvalidURI: another form, or a query that cannot be decoded.</exception>
    public static RawTarget Parse(string target) => Parse(TargetParts.Split(target));

    /// <summary>Decodes the query of a target that was split.</summary>
    /// <exception cref="S3Exception">InvalidURI: it cannot be decoded.</exception>
    public static RawTarget Parse(TargetParts parts) => new(parts.Path, RawQuery.Parse(parts.Query), parts.Authority);
}
