using Microsoft.AspNetCore.Http;
using ObjectServer.Errors;

namespace ObjectServer.Authentication;

/// <summary>The names of the headers that a signature covers.</summary>
internal sealed class SignedHeaders
{
    private SignedHeaders(string text)
    {
        Text = text;
        Names = text.Split(';', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The list as sent: <c>host;x-amz-date</c>.</summary>
    public string Text { get; }

    /// <summary>Every name, in the order sent.</summary>
    public string[] Names { get; }

    /// <summary>Reads names that semicolons part.</summary>
    public static SignedHeaders Parse(string text) => new(text);

    /// <summary>Refuses a request that has headers which its signature must cover and does not.</summary>
    /// <param name="headers">The headers of the request.</param>
    /// <param name="exempt">One header that need not be covered; null for none.</param>
    /// <remarks>
    /// AWS demands Host, Content-MD5 and everything that begins with x-amz-: whoever could change those could send
    /// the request elsewhere or make it mean something else.
    /// </remarks>
    /// <exception cref="S3Exception">AccessDenied, with the names of those headers.</exception>
    public void Demand(IHeaderDictionary headers, string? exempt)
    {
        List<string>? unsigned = null;
        if (!Covers("host"))
        {
            (unsigned = []).Add("host");
        }

        foreach (var (name, _) in headers)
        {
            if (MustBeSigned(name) && !Covers(name) && !name.Equals(exempt, StringComparison.OrdinalIgnoreCase))
            {
                (unsigned ??= []).Add(name.ToLowerInvariant());
            }
        }

        if (unsigned is not null)
        {
            unsigned.Sort(StringComparer.Ordinal);
            throw new S3Exception(S3Errors.AccessDenied
                .Saying("There were headers present in the request which were not signed")
                .With("HeadersNotSigned", string.Join(", ", unsigned)));
        }
    }

    private static bool MustBeSigned(string name) =>
        name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)
        || name.Equals("content-md5", StringComparison.OrdinalIgnoreCase);

    private bool Covers(string name)
    {
        foreach (var signed in Names)
        {
            if (signed.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
