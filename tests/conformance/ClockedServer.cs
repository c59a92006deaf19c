using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ObjectServer.Archives;
using ObjectServer.Hosting;

namespace ObjectServer.Conformance;

/// <summary>
/// A server of a test's own whose clock the test puts forward: a day lasts a second, and restores take so long that
/// none ends by itself. Further than a quarter of an hour no signature reaches.
/// </summary>
internal sealed class ClockedServer : IAsyncDisposable
{
    public static readonly RestoreDelays Delays = new()
    {
        Expedited = TimeSpan.FromSeconds(60),
        Standard = TimeSpan.FromSeconds(120),
        Bulk = TimeSpan.FromSeconds(180),
    };

    private readonly ScratchDirectory _directory = new();
    private readonly Clock _clock = new();
    private WebApplication? _application;

    private ClockedServer()
    {
    }

    public AmazonS3Client S3 { get; private set; } = null!;

    public RawClient Raw { get; private set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<ClockedServer> StartAsync()
    {
        var server = new ClockedServer();
        await server.OpenAsync();
        return server;
    }

    /// <summary>Puts the clock forward.</summary>
    public void Pass(TimeSpan time) => _clock.Shift += time;

    /// <summary>Stops it, and starts it again on the same store.</summary>
    public async Task RestartAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }

    public async Task<string> NewBucketAsync()
    {
        var name = ServerFixture.NewBucketName();
        await S3.PutBucketAsync(name, Cancellation);
        return name;
    }

    public Task<PutObjectResponse> PutAsync(
        string bucket, string key, S3StorageClass storageClass, int bytes = 10, Action<PutObjectRequest>? with = null)
    {
        var request = new PutObjectRequest
        {
            BucketName = bucket,
            Key = key,
            StorageClass = storageClass,
            InputStream = new MemoryStream(new byte[bytes]),
        };
        with?.Invoke(request);
        return S3.PutObjectAsync(request, Cancellation);
    }

    public async Task<long> GetAsync(string bucket, string key)
    {
        using var answer = await S3.GetObjectAsync(bucket, key, Cancellation);
        return answer.ContentLength;
    }

    public Task<RawAnswer> HeadAsync(string bucket, string key) => Raw.SendAsync("HEAD", $"/{bucket}/{key}");

    public async Task<HttpStatusCode> RestoreAsync(
        string bucket, string key, int? days, GlacierJobTier? tier = null, string? versionId = null)
    {
        var request = new RestoreObjectRequest { BucketName = bucket, Key = key, VersionId = versionId };
        if (days is { } wanted)
        {
            request.Days = wanted;
        }

        if (tier is not null)
        {
            request.RetrievalTier = tier;
        }

        return (await S3.RestoreObjectAsync(request, Cancellation)).HttpStatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _directory.Dispose();
    }

    private async Task OpenAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<TimeProvider>(_clock);
        builder.Services.AddObjectServer(new ObjectServerOptions
        {
            DataDirectory = _directory["data"],
            AccessKey = ServerFixture.AccessKeyId,
            SecretKey = ServerFixture.SecretAccessKey,
            DiskReserveBytes = 0,
            LifecycleDay = TimeSpan.FromSeconds(1),
            RestoreDelays = Delays,
        });
        _application = builder.Build();
        _application.MapObjectServer();
        await _application.StartAsync(Cancellation);
        var address = new Uri(_application.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        S3 = new AmazonS3Client(ServerFixture.AccessKeyId, ServerFixture.SecretAccessKey, new AmazonS3Config
        {
            ServiceURL = address.ToString(),
            ForcePathStyle = true,
            AuthenticationRegion = ServerFixture.Region,
            MaxErrorRetry = 0,
        });
        Raw = new RawClient(new IPEndPoint(IPAddress.Loopback, address.Port));
    }

    private async Task CloseAsync()
    {
        S3.Dispose();
        if (_application is not null)
        {
            await _application.StopAsync(CancellationToken.None);
            await _application.DisposeAsync();
        }
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;
    }
}
