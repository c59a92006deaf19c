using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace ObjectServer.Cors;

/// <summary>What a browser says of a request that a page makes to another origin than its own.</summary>
/// <param name="Origin">The page's origin, as sent.</param>
/// <param name="Method">The method that is asked for; where a preflight names none, null.</param>
/// <param name="Headers">The headers that a preflight asks for, in lower case; none for the request itself.</param>
/// <remarks>https://fetch.spec.whatwg.org/#http-cors-protocol</remarks>
internal sealed record CorsRequest(string Origin, string? Method, IReadOnlyList<string> Headers)
{
    private static readonly SearchValues<char> Visible = SearchValues.Create(
        [.. Enumerable.Range('!', '~' - '!' + 1).Select(code => (char)code)]);

    /// <summary>
    /// Whether the origin and the headers can stand in an answer as they are. What cannot is no origin of any page and
    /// no header, and no rule allows it.
    /// </summary>
    public bool CanBeAnswered =>
        !Origin.AsSpan().ContainsAnyExcept(Visible) && Headers.All(name => !name.AsSpan().ContainsAnyExcept(Visible));

    /// <summary>Reads a preflight or the request itself; null where no page of another origin sends it.</summary>
    /// <param name="method">The request's method.</param>
    /// <param name="headers">Those of the request.</param>
    public static CorsRequest? Read(string method, IHeaderDictionary headers)
    {
        if (headers.Origin.Count == 0)
        {
            return null;
        }

        // A request that names a method beside its own is judged by that one, as AWS does.
        var named = headers.AccessControlRequestMethod is [{ Length: > 0 } one, ..] ? one : null;
        return HttpMethods.IsOptions(method)
            ? new(headers.Origin.ToString(), named, Names(headers.AccessControlRequestHeaders.ToString()))
            : new(headers.Origin.ToString(), named ?? method, []);
    }

    private static string[] Names(string list) =>
        list.ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
