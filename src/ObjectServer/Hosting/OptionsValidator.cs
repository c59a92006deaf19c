using System.Security.Cryptography.X509Certificates;
using ObjectServer.Addressing;
using ObjectServer.Archives;
using ObjectServer.Seeding;

namespace ObjectServer.Hosting;

/// <summary>Finds every mistake of the options at once, before anything is opened.</summary>
internal static class OptionsValidator
{
    private const int MinAccessKeyLength = 3;
    private const int MaxAccessKeyLength = 128;
    private const int MinSecretKeyLength = 8;

    /// <summary>A journal record holds the object; beyond this one would be a large part of a segment.</summary>
    private const int MaxInlineLimitBytes = 4 << 20;

    /// <summary>Bytes a second below which no SDK would wait for its answer.</summary>
    private const int MinBodyRateLimit = 1024;

    /// <summary>Passes over the store follow each other that much faster.</summary>
    private static readonly TimeSpan MinLifecycleDay = TimeSpan.FromMilliseconds(100);

    /// <summary>The mistakes, each as a sentence that begins with the setting's name; none: the options are good.</summary>
    public static IReadOnlyList<string> FindMistakes(ObjectServerOptions options) =>
    [
        .. FindDataMistakes(options),
        .. FindListenMistakes(options),
        .. FindTlsMistakes(options),
        .. FindKeyMistakes(options),
        .. FindSeedMistakes(options),
        .. FindNameMistakes(options),
        .. FindIssuerMistakes(options),
        .. FindLimitMistakes(options),
        .. FindStoreMistakes(options),
        .. FindStorageClassMistakes(options),
    ];

    private static IEnumerable<string> FindDataMistakes(ObjectServerOptions options)
    {
        if (options.DataDirectory.Length == 0)
        {
            yield return "data: name a directory.";
        }
        else if (File.Exists(options.DataDirectory))
        {
            yield return $"data: '{options.DataDirectory}' is a file, not a directory.";
        }
    }

    private static IEnumerable<string> FindListenMistakes(ObjectServerOptions options)
    {
        if (options.Listen.Count == 0)
        {
            yield return "listen: name at least one address.";
        }

        foreach (var url in options.Listen.Where(url => ListenAddress.Parse(url) is null))
        {
            yield return $"listen: '{url}' is not an address such as http://127.0.0.1:9000 or https://*:9443.";
        }

        foreach (var url in options.WebsiteListen)
        {
            if (ListenAddress.Parse(url) is null)
            {
                yield return $"website-listen: '{url}' is not an address such as http://127.0.0.1:8080 or https://*:443.";
            }
            else if (options.Listen.Contains(url) && ListenAddress.Parse(url) is { Port: > 0 })
            {
                yield return $"website-listen: '{url}' is one of the addresses of listen; give it one of its own.";
            }
        }

        if (options.AdminListen is { } admin)
        {
            if (ListenAddress.Parse(admin) is null)
            {
                yield return $"admin-listen: '{admin}' is not an address such as http://127.0.0.1:9001.";
            }
            else if (options.Listen.Concat(options.WebsiteListen).Contains(admin)
                && ListenAddress.Parse(admin) is { Port: > 0 })
            {
                yield return
                    $"admin-listen: '{admin}' is one of the addresses of listen or website-listen; give it one of its own.";
            }
        }
    }

    private static IEnumerable<string> FindTlsMistakes(ObjectServerOptions options)
    {
        var needsTls = options.Listen.Concat(options.WebsiteListen).Append(options.AdminListen ?? "")
            .Any(url => ListenAddress.Parse(url) is { IsTls: true });
        if (options.TlsCertificate is not { } certificate)
        {
            if (needsTls)
            {
                yield return "tls-certificate: an https address needs a certificate.";
            }

            if (options.TlsKey is not null)
            {
                yield return "tls-key: a key without tls-certificate is of no use.";
            }

            yield break;
        }

        if (FindPemMistake(certificate, options.TlsKey) is { } mistake)
        {
            yield return $"tls-certificate: {mistake}";
        }
    }

    private static string? FindPemMistake(string certificate, string? key)
    {
        try
        {
            X509Certificate2.CreateFromPemFile(certificate, key).Dispose();
            return null;
        }
        catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
        {
            return $"'{certificate}' with its key cannot be read: {unreadable.Message}";
        }
    }

    private static IEnumerable<string> FindKeyMistakes(ObjectServerOptions options)
    {
        if (options.AccessKey is null != options.SecretKey is null)
        {
            yield return options.AccessKey is null
                ? "access-key: a secret key needs its access key."
                : "secret-key: an access key needs its secret key.";
        }

        if (options.AccessKey is { } id
            && (id.Length is < MinAccessKeyLength or > MaxAccessKeyLength
                || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')))
        {
            yield return
                $"access-key: use {MinAccessKeyLength} to {MaxAccessKeyLength} letters, digits, hyphens, dots or underscores.";
        }

        if (options.SecretKey is { Length: < MinSecretKeyLength })
        {
            yield return $"secret-key: use at least {MinSecretKeyLength} characters.";
        }
    }

    private static IEnumerable<string> FindSeedMistakes(ObjectServerOptions options)
    {
        if (options.SeedFile is null)
        {
            return [];
        }

        try
        {
            SeedReader.Read(options.SeedFile);
            return [];
        }
        catch (SeedException wrong)
        {
            return wrong.Mistakes.Select(mistake => $"seed: {mistake}");
        }
    }

    private static IEnumerable<string> FindNameMistakes(ObjectServerOptions options)
    {
        if (options.Region.Length == 0 || !options.Region.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            yield return $"region: '{options.Region}' is not a region's name such as us-east-1.";
        }

        foreach (var domain in options.Domains.Where(domain => Uri.CheckHostName(domain) != UriHostNameType.Dns))
        {
            yield return $"domain: '{domain}' is not a domain's name such as s3.example.com.";
        }

        var hosts = new WebsiteHosts(options.Region, new Addresser(options.Domains));
        foreach (var domain in options.WebsiteDomains.Where(domain => domain != WebsiteHosts.AnyDomain))
        {
            if (Uri.CheckHostName(domain) != UriHostNameType.Dns)
            {
                yield return $"website-domain: '{domain}' is not a domain's name such as www.example.com.";
            }
            else if (hosts.Owns(domain.AsSpan().Trim('.')))
            {
                yield return $"website-domain: '{domain}' is one of S3's names, and no website's own domain.";
            }
        }
    }

    private static IEnumerable<string> FindIssuerMistakes(ObjectServerOptions options) => options.OidcIssuers
        .Where(url => !Uri.TryCreate(url, UriKind.Absolute, out var parsed)
            || (parsed.Scheme != Uri.UriSchemeHttps && !(parsed.Scheme == Uri.UriSchemeHttp && parsed.IsLoopback))
            || parsed.Query.Length > 0
            || parsed.Fragment.Length > 0
            || parsed.UserInfo.Length > 0)
        .Select(url => $"oidc-issuer: '{url}' is not an issuer such as https://login.example.com/realms/team.");

    private static IEnumerable<string> FindLimitMistakes(ObjectServerOptions options)
    {
        if (options.MaxConnections < 1)
        {
            yield return "max-connections: use 1 or more.";
        }

        if (options.MaxRequests < 1)
        {
            yield return "max-requests: use 1 or more.";
        }

        if (options.MaxRequestRate < 1)
        {
            yield return "max-request-rate: use 1 or more.";
        }

        if (options.MaxClientRequestRate < 1)
        {
            yield return "max-client-request-rate: use 1 or more.";
        }

        if (options.MaxBodyRate < MinBodyRateLimit)
        {
            yield return $"max-body-rate: use {MinBodyRateLimit} bytes or more.";
        }

        if (options.MaxClientBodyRate < MinBodyRateLimit)
        {
            yield return $"max-client-body-rate: use {MinBodyRateLimit} bytes or more.";
        }

        if (options.LifecycleDay < MinLifecycleDay)
        {
            yield return "lifecycle-day: use 100ms or more.";
        }

        if (options.LifecycleRate < 1)
        {
            yield return "lifecycle-rate: use 1 or more.";
        }

        if (options.MinClientRate < 1)
        {
            yield return "min-client-rate: use 1 byte or more.";
        }
    }

    private static IEnumerable<string> FindStoreMistakes(ObjectServerOptions options)
    {
        if (options.InlineLimitBytes is < 0 or > MaxInlineLimitBytes)
        {
            yield return $"inline-limit: use 0 to {MaxInlineLimitBytes} bytes.";
        }

        if (options.DiskReserveBytes < 0)
        {
            yield return "disk-reserve: use 0 bytes or more.";
        }
    }

    private static IEnumerable<string> FindStorageClassMistakes(ObjectServerOptions options)
    {
        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (storageClass, directory) in options.StorageClasses)
        {
            if (!StorageClasses.All.Contains(storageClass))
            {
                yield return $"storage-class: '{storageClass}' is none of {string.Join(", ", StorageClasses.All)}.";
            }

            var path = Path.GetFullPath(directory);
            if (IsWithin(path, options.DataDirectory) || IsWithin(options.DataDirectory, path))
            {
                yield return $"storage-class: the directory '{directory}' of {storageClass} and the data directory must not hold "
                    + "one another.";
            }

            foreach (var (other, otherPath) in taken)
            {
                if (IsWithin(path, otherPath) || IsWithin(otherPath, path))
                {
                    yield return $"storage-class: {other} and {storageClass} need a directory each, none within the other.";
                }
            }

            taken[storageClass] = path;
        }
    }

    /// <summary>Whether a directory is another one, or lies in it.</summary>
    private static bool IsWithin(string inner, string outer)
    {
        var relative = Path.GetRelativePath(Path.GetFullPath(outer), Path.GetFullPath(inner));
        return relative != ".."
            && !relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            && !Path.IsPathRooted(relative);
    }
}
