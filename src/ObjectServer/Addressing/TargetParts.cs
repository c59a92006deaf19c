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
    /// <exception cref="S3Exception">InvalidURI: another form, or a user before the host.</exception>
    public static TargetParts Split(string target)
    {
        var rest = target.AsSpan();
        var authority = AuthorityOf(target);
        if (authority is not null)
        {
            rest = rest[(SchemeLength(rest) + authority.Length)..];
        }

        var question = rest.IndexOf('?');
        var path = question < 0 ? rest : rest[..question];
        if (path.IsEmpty && authority is not null)
        {
            path = "/";
        }

        if (!path.StartsWith("/") || authority is "" || authority?.Contains('@', StringComparison.Ordinal) is true)
        {
            throw new S3Exception(S3Errors.InvalidURI);
        }

        return new(
            path.Length == target.Length ? target : path.ToString(),
            question < 0 ? "" : rest[(question + 1)..].ToString(),
            authority);
    }

    /// <summary>The host of the absolute form, whatever else is wrong with the target; null in any other form.</summary>
    public static string? AuthorityOf(string target)
    {
        var scheme = SchemeLength(target);
        if (scheme == 0)
        {
            return null;
        }

        var rest = target.AsSpan(scheme);
        return (rest.IndexOfAny('/', '?') is var end and >= 0 ? rest[..end] : rest).ToString();
    }

    private static int SchemeLength(ReadOnlySpan<char> target) =>
        target.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? "http://".Length
        : target.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? "https://".Length
        : 0;
}
