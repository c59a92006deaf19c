namespace ObjectServer.Addressing;

/// <summary>Tells from the Host header which bucket's website a request is for.</summary>
/// <param name="region">The region of this server, which may stand in the name.</param>
/// <param name="addresser">Hosts that S3 has, and the base domains.</param>
/// <param name="ownDomains">
/// Domains that websites have of their own: each is the bucket of that name. <c>*</c>: every domain that S3 has not.
/// </param>
/// <remarks>
/// A domain that begins with <c>s3.</c> has its websites beside it, as AWS has: with <c>s3.example.com</c> they are at
/// <c>s3-website.example.com</c>, and, like those of any domain, at <c>s3-website.s3.example.com</c>.
/// Whoever may create a bucket chooses its name. So no name that S3 or websites have is ever read as that of a bucket,
/// whether or not something answers there.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html
/// </remarks>
internal sealed class WebsiteHosts(string region, Addresser addresser, params IEnumerable<string> ownDomains)
{
    /// <summary>Stands for every domain that S3 has not.</summary>
    public const string AnyDomain = "*";

    private const string Service = "s3.";
    private const string Label = "s3-website";

    /// <summary>Base domains, and what those that begin with <c>s3.</c> are below.</summary>
    private readonly string[] _domains = [.. DomainsOf(addresser)];

    /// <summary>What follows the bucket, longest first.</summary>
    private readonly string[] _endings =
    [
        .. DomainsOf(addresser)
            .SelectMany(domain => (string[])
            [
                $".{Label}.{domain}", $".{Label}-{region}.{domain}", $".{Label}.{region}.{domain}",
            ])
            .OrderByDescending(ending => ending.Length),
    ];

    private readonly string[] _ownDomains = [.. ownDomains.Select(domain => domain.Trim('.'))];

    private readonly bool _hasAnyDomain = ownDomains.Contains(AnyDomain);

    /// <summary>Whether a host is one of websites, at an address that S3 has, too.</summary>
    public bool Has(string? host)
    {
        var name = HostName.Of(host);
        return EndingOf(name) is not null || IsOwnDomain(name);
    }

    /// <summary>
    /// The bucket that a host of websites names, in lower case: what stands before the ending of websites; at an address for
    /// websites alone also what stands before a base domain; everywhere else the whole name.
    /// </summary>
    /// <returns>Null: it names none.</returns>
    public string? BucketOf(string? host)
    {
        var name = HostName.Of(host);
        return EndingOf(name) is { } ending ? name[..^ending.Length].ToString().ToLowerInvariant()
            : IsOfWebsites(name) ? null
            : addresser.Owns(name) ? addresser.BucketOf(host)
            : name.IsEmpty ? null
            : name.ToString().ToLowerInvariant();
    }

    /// <summary>Whether a name is one of S3's or of websites, so that no bucket's domain can be called so.</summary>
    public bool Owns(ReadOnlySpan<char> name) => addresser.Owns(name) || IsOfWebsites(name);

    private static IEnumerable<string> DomainsOf(Addresser addresser) => addresser.Domains
        .SelectMany(domain => domain.StartsWith(Service, StringComparison.Ordinal)
            ? (string[])[domain, domain[Service.Length..]]
            : [domain])
        .Distinct();

    private bool IsOwnDomain(ReadOnlySpan<char> name)
    {
        if (_hasAnyDomain)
        {
            return HostName.IsDomain(name) && !Owns(name);
        }

        foreach (var domain in _ownDomains)
        {
            if (name.Equals(domain, StringComparison.OrdinalIgnoreCase))
            {
                return !Owns(name);
            }
        }

        return false;
    }

    private string? EndingOf(ReadOnlySpan<char> name)
    {
        foreach (var ending in _endings)
        {
            if (name.Length > ending.Length && name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                return ending;
            }
        }

        return null;
    }

    /// <summary>Whether it is a name below a domain that websites have there, be it of another region or of no bucket.</summary>
    private bool IsOfWebsites(ReadOnlySpan<char> name)
    {
        foreach (var domain in _domains)
        {
            if (!HostName.IsWithin(name, domain))
            {
                continue;
            }

            var before = name[..^domain.Length];
            foreach (var range in before.Split('.'))
            {
                var label = before[range];
                if (label.StartsWith(Label, StringComparison.OrdinalIgnoreCase)
                    && (label.Length == Label.Length || label[Label.Length] == '-'))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
