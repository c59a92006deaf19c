using System.Collections.Immutable;
using System.Globalization;

namespace ObjectServer.Cors;

/// <summary>One rule of a bucket: which pages may send what, and what they see of the answers.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_CORSRule.html</remarks>
internal sealed record CorsRule
{
    /// <summary>What its owner calls it; null where it has no name.</summary>
    public string? Id { get; init; }

    /// <summary>Headers that a preflight may ask for.</summary>
    public ImmutableArray<CorsPattern> Headers { get; init; } = [];

    public required ImmutableArray<string> Methods { get; init; }

    public required ImmutableArray<CorsPattern> Origins { get; init; }

    /// <summary>Headers of answers that a page may read beside those that it always may.</summary>
    public ImmutableArray<string> ExposedHeaders { get; init; } = [];

    /// <summary>For how long a browser may keep the answer to a preflight; null leaves that to the browser.</summary>
    public int? MaxAgeSeconds { get; init; }

    /// <summary>Whether the rule allows all that a request asks for.</summary>
    public bool Allows(CorsRequest request)
    {
        if (request.Method is null || !Methods.Contains(request.Method) || FindOrigin(request.Origin) is null)
        {
            return false;
        }

        foreach (var name in request.Headers)
        {
            if (!AllowsHeader(name))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The headers that tell the browser what the rule allows.</summary>
    /// <param name="request">One that it allows.</param>
    public IEnumerable<KeyValuePair<string, string>> Answer(CorsRequest request)
    {
        if (FindOrigin(request.Origin) is { IsAny: true })
        {
            yield return new("Access-Control-Allow-Origin", "*");
        }
        else
        {
            yield return new("Access-Control-Allow-Origin", request.Origin);
            yield return new("Access-Control-Allow-Credentials", "true");
        }

        yield return new("Access-Control-Allow-Methods", string.Join(", ", Methods));
        if (request.Headers.Count > 0)
        {
            yield return new("Access-Control-Allow-Headers", string.Join(", ", request.Headers));
        }

        if (ExposedHeaders.Length > 0)
        {
            yield return new("Access-Control-Expose-Headers", string.Join(", ", ExposedHeaders));
        }

        if (MaxAgeSeconds is { } seconds)
        {
            yield return new("Access-Control-Max-Age", seconds.ToString(CultureInfo.InvariantCulture));
        }
    }

    private CorsPattern? FindOrigin(string origin)
    {
        foreach (var pattern in Origins)
        {
            if (pattern.Matches(origin, StringComparison.Ordinal))
            {
                return pattern;
            }
        }

        return null;
    }

    private bool AllowsHeader(string name)
    {
        foreach (var pattern in Headers)
        {
            if (pattern.Matches(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
