using ObjectServer.Errors;

namespace ObjectServer.Addressing;

/// <summary>The parts of a request target, none of them decoded: a website looks at no query, whatever stands in it.</summary>
/// <param name="Path">The path; begins with a slash.</param>
/// <param name="Query">What follows the question mark; empty where there is nothing.</param>
/// <param name="Authority">The host, and maybe a port, of the absolute form; it outranks the Host header.</param>
/// <remarks>https://www.rfc-editor.org/rfc/rfc9112#section-3.2</remarks>
internal readonly record struct TargetParts(string Path, string Query, string? Authority)
{
    /// <summary>Splits a target in origin form (<c>/b/k?q</c>) or absolute form.</summary>
    /// <exception cref="S3Exception">InvalidURI: another form.</exception>
    public static TargetParts Split(string target)
    {
        var rest = target.AsSpan();
        string? authority = null;
        if (SchemeLength(rest) is var scheme and > 0)
        {
            rest = rest[scheme..];
            var end = rest.IndexOfAny('/', '?') is var at and >= 0 ? at : rest.Length;
            authority = rest[..end].ToString();
            rest = rest[end..];
        }

        var question = rest.IndexOf('?');
        var path = question < 0 ? rest : rest[..question];
        if (path.IsEmpty && authority is not null)
        {
            path = "/";
        }

        if (!path.StartsWith("/") || authority is "")
        {
            throw new S3Exception(S3Errors.InvalidURI);
        }

        return new(
            path.Length == target.Length ? target : path.ToString(),
            question < 0 ? "" : rest[(question + 1)..].ToString(),
            authority);
    }

    private static int SchemeLength(ReadOnlySpan<char> target) =>
        target.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? "http://".Length
        : target.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? "https://".Length
        : 0;
}
