using ObjectServer.Addressing;
using ObjectServer.Storage.Model;

namespace ObjectServer.Websites;

/// <summary>Where a website leads requests to: all of them, or those that a routing rule fits.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_Redirect.html</remarks>
internal sealed record RedirectRule
{
    /// <summary>A host, and maybe a port; null for the one that was asked.</summary>
    public string? HostName { get; init; }

    /// <summary><c>http</c> or <c>https</c>; null for the one that was used.</summary>
    public string? Protocol { get; init; }

    /// <summary>A status that redirects; null for 301.</summary>
    public int? StatusCode { get; init; }

    /// <summary>What takes the place of the whole key; not together with <see cref="KeyPrefix"/>.</summary>
    public string? Key { get; init; }

    /// <summary>What takes the place of the prefix that the rule asks for; before the key where it asks for none.</summary>
    public string? KeyPrefix { get; init; }

    /// <summary>The URL that a request is led to. What the rule says stands in it as it is, a <c>#</c> included.</summary>
    /// <param name="address">Where the request came to.</param>
    /// <param name="key">The key that it asks for; null for the root.</param>
    /// <param name="prefixLength">Bytes of the key that the rule asked for.</param>
    public string LocationFor(WebsiteAddress address, ObjectKey? key, int prefixLength)
    {
        var scheme = Protocol ?? address.Scheme;

        // The port that was asked speaks the protocol that was used, and no other one.
        var host = HostName ?? (scheme == address.Scheme ? address.Host : WithoutPort(address.Host));
        var path = (Key, KeyPrefix) switch
        {
            ({ } whole, _) => whole,
            (_, { } prefix) => prefix + PercentEncoding.EncodePath((key ?? default).Utf8[prefixLength..]) + address.Suffix,
            _ => address.Path[1..] + address.Suffix,
        };
        return PercentEncoding.EncodeUrl($"{scheme}://{host}/{path}");
    }

    private static string WithoutPort(string host) => Addressing.HostName.Of(host).ToString();
}
