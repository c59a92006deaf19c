using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Amazon.Runtime;
using Amazon.S3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ObjectServer.Conformance;
using ObjectServer.Hosting;

[assembly: AssemblyFixture(typeof(ServerFixture))]

namespace ObjectServer.Conformance;

/// <summary>
/// One server for the whole suite: the real thing on loopback, http and https, hosted as an application would host
/// it. Tests keep apart by buckets of their own.
/// </summary>
public sealed class ServerFixture : IAsyncLifetime
{
    public const string AccessKeyId = "CONFORMANCE";
    public const string SecretAccessKey = "conformance-secret-key";
    public const string Region = "us-east-1";

    /// <summary>The account that owns everything.</summary>
    public const string AccountId = "000000000000";

    private readonly string _directory = Directory.CreateTempSubdirectory("objectserver-").FullName;
    private readonly List<AmazonS3Client> _clients = [];
    private X509Certificate2? _certificate;
    private WebApplication? _application;

    /// <summary>The http address, e.g. <c>http://127.0.0.1:40123/</c>.</summary>
    public Uri Endpoint { get; private set; } = null!;

    /// <summary>The https address; its certificate is good for this run alone.</summary>
    public Uri SecureEndpoint { get; private set; } = null!;

    /// <summary>An issuer of web identities that the server asks for keys.</summary>
    public LoopbackIssuer Issuer { get; } = new();

    /// <summary>Path style over http; it does not retry.</summary>
    public AmazonS3Client S3 { get; private set; } = null!;

    /// <summary>As <see cref="S3"/>, for the root of <see cref="OtherAccount"/>.</summary>
    public AmazonS3Client Other { get; private set; } = null!;

    /// <summary>Sends what no SDK would.</summary>
    public RawClient Raw { get; private set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _certificate = MakeCertificate();
        var seed = Path.Combine(_directory, "seed.yaml");
        await using (var file = new StreamWriter(seed))
        {
            await file.WriteAsync(SeededCallers.SeedFile);
        }

        await Issuer.StartAsync(Cancellation);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddSimpleConsole().SetMinimumLevel(LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate));
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new ConnectionMemoryFactory(TimeProvider.System));
        builder.Services.AddObjectServer(new ObjectServerOptions
        {
            DataDirectory = Path.Combine(_directory, "data"),
            SeedFile = seed,
            AccessKey = AccessKeyId,
            SecretKey = SecretAccessKey,
            Region = Region,
            OidcIssuers = [Issuer.Url],
            DiskReserveBytes = 0,
        });
        _application = builder.Build();
        _application.MapObjectServer();
        await _application.StartAsync(Cancellation);
        var addresses = _application.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address)).ToArray();
        Endpoint = addresses.Single(address => address.Scheme == "http");
        SecureEndpoint = addresses.Single(address => address.Scheme == "https");
        S3 = Connect();
        Other = ConnectAs(SeededCallers.Alt);
        Raw = new RawClient(new IPEndPoint(IPAddress.Loopback, Endpoint.Port));
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        if (_application is not null)
        {
            await _application.StopAsync(CancellationToken.None);
            await _application.DisposeAsync();
        }

        await Issuer.DisposeAsync();
        _certificate?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>A client of the official SDK; it lives as long as the server.</summary>
    /// <param name="virtualHosted">Whether buckets go into the host, as in <c>bucket.localhost</c>.</param>
    /// <param name="secure">Whether to use https.</param>
    /// <param name="secretAccessKey">Another secret than the right one.</param>
    /// <param name="configure">Further settings.</param>
    public AmazonS3Client Connect(
        bool virtualHosted = false,
        bool secure = false,
        string secretAccessKey = SecretAccessKey,
        Action<AmazonS3Config>? configure = null) =>
        Connect((AccessKeyId, secretAccessKey), virtualHosted, secure, configure);

    /// <summary>The client of another caller, path style over http; it lives as long as the server.</summary>
    public AmazonS3Client ConnectAs((string AccessKeyId, string SecretAccessKey) key) =>
        Connect(key, virtualHosted: false, secure: false, configure: null);

    /// <summary>Sends what no SDK would, signed by another caller.</summary>
    public RawClient RawAs((string AccessKeyId, string SecretAccessKey) key) =>
        new(new IPEndPoint(IPAddress.Loopback, Endpoint.Port), key.AccessKeyId, key.SecretAccessKey);

    /// <summary>A name that no other test has.</summary>
    public static string NewBucketName() => "test-" + Guid.NewGuid().ToString("N");

    /// <summary>An empty bucket that no other test has.</summary>
    public async Task<string> NewBucketAsync()
    {
        var name = NewBucketName();
        await S3.PutBucketAsync(name, Cancellation);
        return name;
    }

    /// <summary>Sends a signed request with its target exactly as given.</summary>
    public Task<RawAnswer> SendAsync(
        string method, string target, byte[]? body = null, params (string Name, string Value)[] headers) =>
        Raw.SendAsync(method, target, body, headers);

    private AmazonS3Client Connect(
        (string AccessKeyId, string SecretAccessKey) key,
        bool virtualHosted,
        bool secure,
        Action<AmazonS3Config>? configure)
    {
        var endpoint = secure ? SecureEndpoint : Endpoint;
        var host = virtualHosted ? "localhost" : "127.0.0.1";
        var config = new AmazonS3Config
        {
            ServiceURL = $"{endpoint.Scheme}://{host}:{endpoint.Port}",
            ForcePathStyle = !virtualHosted,
            AuthenticationRegion = Region,
            MaxErrorRetry = 0,
            HttpClientFactory = new LoopbackClients(_certificate!.Thumbprint),
        };
        configure?.Invoke(config);
        var client = new AmazonS3Client(key.AccessKeyId, key.SecretAccessKey, config);
        _clients.Add(client);
        return client;
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName("*.localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null);
    }

    /// <summary>Connects every name to loopback, and trusts the one certificate of this run.</summary>
    private sealed class LoopbackClients(string thumbprint) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    certificate?.GetCertHashString() == thumbprint,
            },
        });
    }
}
