using System.Net;

namespace ObjectServer.Addressing;

/// <summary>The name in a Host header.</summary>
internal static class HostName
{
    /// <summary>The host without its port and without the dot that ends a fully qualified name.</summary>
    public static ReadOnlySpan<char> Of(ReadOnlySpan<char> host)
    {
        var colon = host.LastIndexOf(':');
        if (colon >= 0 && !host[colon..].Contains(']'))
        {
            host = host[..colon];
        }

        return host.EndsWith(".") ? host[..^1] : host;
    }

    /// <summary>Whether a name is a domain, or one below it.</summary>
    public static bool IsWithin(ReadOnlySpan<char> name, ReadOnlySpan<char> domain) =>
        name.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
        && (name.Length == domain.Length || name[^(domain.Length + 1)] == '.');

    /// <summary>Whether it is a name in the DNS and no address of a machine.</summary>
    public static bool IsDomain(ReadOnlySpan<char> name) => name.Contains('.') && !IPAddress.TryParse(name, out _);
}
