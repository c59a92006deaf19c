namespace ObjectServer.Addressing;

/// <summary>Tells from the Host header which bucket's website a request is for.</summary>
/// <param name="region">The region of this server, which may stand in the name.</param>
/// <param name="domains">Base domains, beside <c>localhost</c>.</param>
/// <remarks>
/// A domain that begins with <c>s3.</c> has its websites beside it, as AWS has: with <c>s3.example.com</c> they are at
/// <c>s3-website.example.com</c>, and, like those of any domain, at <c>s3-website.s3.example.com</c>.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
/// </remarks>
internal sealed class WebsiteHosts(string region, params IEnumerable<string> domains)
{
    private const string Service = "s3.";

    /// <summary>What follows the bucket, longest first.</summary>
    private readonly string[] _endings =
    [
        .. domains.Append("localhost")
            .Select(domain => domain.Trim('.').ToLowerInvariant())
            .SelectMany(domain => domain.StartsWith(Service, StringComparison.Ordinal)
                ? (string[])[domain, domain[Service.Length..]]
                : [domain])
            .SelectMany(domain => (string[])
            [
                $".s3-website.{domain}", $".s3-website-{region}.{domain}", $".s3-website.{region}.{domain}",
            ])
            .Distinct()
            .OrderByDescending(ending => ending.Length),
    ];

    /// <summary>The bucket, in lower case; null where the host is not one of websites.</summary>
    public string? BucketOf(string? host)
    {
        var name = HostName.Of(host);
        foreach (var ending in _endings)
        {
            if (name.Length > ending.Length && name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                return name[..^ending.Length].ToString().ToLowerInvariant();
            }
        }

        return null;
    }
}
