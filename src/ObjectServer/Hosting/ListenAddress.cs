using System.Globalization;
using System.Net;

namespace ObjectServer.Hosting;

/// <summary>An address to listen at, read from a URL such as <c>https://[::]:9443</c>.</summary>
/// <param name="IsTls">Whether the scheme is https.</param>
/// <param name="Host">The host as written.</param>
/// <param name="Address">The address; null for <c>localhost</c>, which is both loopback addresses.</param>
/// <param name="Port">0 for one that is free.</param>
internal sealed record ListenAddress(bool IsTls, string Host, IPAddress? Address, int Port)
{
    private const int HttpPort = 80;
    private const int HttpsPort = 443;

    /// <summary>Reads a URL; null where it is not an address to listen at.</summary>
    /// <remarks>The host is an IP address, <c>localhost</c>, or <c>*</c> for every address of the machine.</remarks>
    public static ListenAddress? Parse(string url)
    {
        var (isTls, rest) =
            url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? (false, url["http://".Length..])
            : url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? (true, url["https://".Length..])
            : (false, "");
        rest = rest.TrimEnd('/');
        if (rest.Length == 0 || rest.Contains('/', StringComparison.Ordinal))
        {
            return null;
        }

        var colon = rest.LastIndexOf(':');
        var hasPort = colon > rest.LastIndexOf(']');
        var host = hasPort ? rest[..colon] : rest;
        var port = isTls ? HttpsPort : HttpPort;
        if (hasPort
            && (!int.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port)
                || port > IPEndPoint.MaxPort))
        {
            return null;
        }

        return host switch
        {
            "*" or "+" => new(isTls, host, IPAddress.IPv6Any, port),
            _ when host.Equals("localhost", StringComparison.OrdinalIgnoreCase) => new(isTls, host, null, port),
            _ => IPAddress.TryParse(host, out var address) ? new(isTls, host, address, port) : null,
        };
    }
}
