namespace ObjectServer.Websites;

/// <summary>Where a request to a website came to.</summary>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Host">The host, and maybe a port, as sent.</param>
/// <param name="Path">The path as sent; begins with a slash.</param>
/// <param name="Query">The query as sent, without the question mark: it goes on to where a redirect leads.</param>
internal sealed record WebsiteAddress(string Scheme, string Host, string Path, string Query)
{
    /// <summary>The query with its question mark; empty where there is none.</summary>
    public string Suffix => Query.Length == 0 ? "" : "?" + Query;
}
