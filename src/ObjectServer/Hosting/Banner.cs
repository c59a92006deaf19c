using System.Reflection;

namespace ObjectServer.Hosting;

/// <summary>What the server says on the terminal once it serves.</summary>
internal static class Banner
{
    /// <summary>E.g. <c>0.1.0</c>.</summary>
    public static string Version { get; } =
        typeof(Banner).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    /// <summary>Writes where the server is, and, after the first start, how to talk to it.</summary>
    /// <param name="output">The terminal.</param>
    /// <param name="options">What the server was told.</param>
    /// <param name="addresses">Where it listens.</param>
    /// <param name="credentials">The root credentials; their secret is written only if they were just made.</param>
    public static void Write(
        TextWriter output, ObjectServerOptions options, IReadOnlyCollection<string> addresses, RootCredentials credentials)
    {
        output.WriteLine($"ObjectServer {Version}");
        var (own, websites, admin) = Sort(options, addresses);
        output.WriteLine($"  serves    {string.Join(", ", own.Concat(admin))}");
        if (websites.Any())
        {
            output.WriteLine($"  websites  {string.Join(", ", websites)}");
        }

        output.WriteLine($"  data      {Path.GetFullPath(options.DataDirectory)}");
        output.WriteLine($"  region    {options.Region}");
        output.WriteLine($"  root key  {credentials.AccessKeyId} ({Describe(credentials)})");
        output.WriteLine();
        if (credentials.Origin == CredentialsOrigin.Made)
        {
            WriteFirstSteps(output, options, addresses, credentials);
        }

        output.Flush();
    }

    /// <summary>Those of S3, of websites, and of health and metrics, which were opened in this order.</summary>
    private static (IEnumerable<string> Own, IEnumerable<string> Websites, IEnumerable<string> Admin) Sort(
        ObjectServerOptions options, IReadOnlyCollection<string> addresses)
    {
        var (own, websites) = (options.Listen.Count, options.WebsiteListen.Count);
        return (addresses.Take(own), addresses.Skip(own).Take(websites), addresses.Skip(own + websites));
    }

    private static string Describe(RootCredentials credentials) => credentials.Origin switch
    {
        CredentialsOrigin.Options => "as configured",
        CredentialsOrigin.Made => $"new; kept in {credentials.Path}, its secret is shown this once",
        _ => $"its secret is in {credentials.Path}",
    };

    private static void WriteFirstSteps(
        TextWriter output, ObjectServerOptions options, IReadOnlyCollection<string> addresses, RootCredentials credentials)
    {
        output.WriteLine("Paste this into a shell:");
        output.WriteLine();
        output.WriteLine($"  export AWS_ENDPOINT_URL={Reachable(addresses.First())}");
        output.WriteLine($"  export AWS_ACCESS_KEY_ID={credentials.AccessKeyId}");
        output.WriteLine($"  export AWS_SECRET_ACCESS_KEY={credentials.SecretAccessKey}");
        output.WriteLine($"  export AWS_REGION={options.Region}");
        output.WriteLine($"  export AWS_DEFAULT_REGION={options.Region}");
        output.WriteLine();
        output.WriteLine("and try:");
        output.WriteLine();
        output.WriteLine("  aws s3 mb s3://my-bucket");
        output.WriteLine();
    }

    /// <summary>An address that listens everywhere is reached, from this machine, at localhost.</summary>
    private static string Reachable(string address) =>
        address.Replace("://[::]", "://localhost", StringComparison.Ordinal)
            .Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal);
}
