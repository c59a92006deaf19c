using ObjectServer.Storage.Model;

namespace ObjectServer.Websites;

/// <summary>Which requests to a website are led elsewhere, and where to.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-page-redirect.html#advanced-conditional-redirects</remarks>
internal sealed record RoutingRule
{
    private readonly ObjectKey _prefix;

    /// <summary>What the key has to begin with; null for any key.</summary>
    public string? KeyPrefix
    {
        get;
        init
        {
            field = value;
            _prefix = ObjectKey.Parse(value ?? "");
        }
    }

    /// <summary>The status that the request has to fail with; null for any, of failure or success.</summary>
    public int? ErrorCode { get; init; }

    public required RedirectRule Redirect { get; init; }

    /// <summary>Whether a key is one of those that the rule is for.</summary>
    /// <param name="key">Null for the root.</param>
    public bool IsFor(ObjectKey? key) => (key ?? default).Utf8.StartsWith(_prefix.Utf8);

    /// <summary>The URL that a request is led to.</summary>
    /// <param name="address">Where it came to.</param>
    /// <param name="key">The key that it asks for, one that the rule is for; null for the root.</param>
    public string LocationFor(WebsiteAddress address, ObjectKey? key) =>
        Redirect.LocationFor(address, key, _prefix.Length);
}
