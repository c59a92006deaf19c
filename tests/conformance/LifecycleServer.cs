using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ObjectServer.Hosting;

namespace ObjectServer.Conformance;

/// <summary>A server whose lifecycle days last two seconds.</summary>
public sealed class LifecycleServer : IAsyncLifetime
{
    public static readonly TimeSpan Day = TimeSpan.FromSeconds(2);

    private readonly string _directory = Directory.CreateTempSubdirectory("objectserver-").FullName;
    private WebApplication? _application;

    public Uri Endpoint { get; private set; } = null!;

    public AmazonS3Client S3 { get; private set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddSimpleConsole().SetMinimumLevel(LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddObjectServer(new ObjectServerOptions
        {
            DataDirectory = Path.Combine(_directory, "data"),
            AccessKey = ServerFixture.AccessKeyId,
            SecretKey = ServerFixture.SecretAccessKey,
            DiskReserveBytes = 0,
            LifecycleDay = Day,
        });
        _application = builder.Build();
        _application.MapObjectServer();
        await _application.StartAsync(Cancellation);
        Endpoint = new(_application.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        S3 = new AmazonS3Client(ServerFixture.AccessKeyId, ServerFixture.SecretAccessKey, new AmazonS3Config
        {
            ServiceURL = Endpoint.ToString(),
            ForcePathStyle = true,
            AuthenticationRegion = ServerFixture.Region,
            MaxErrorRetry = 0,
        });
    }

    public async ValueTask DisposeAsync()
    {
        S3?.Dispose();
        if (_application is not null)
        {
            await _application.StopAsync(CancellationToken.None);
            await _application.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>An empty bucket that no other test has.</summary>
    public async Task<string> NewBucketAsync(VersionStatus? versioning = null)
    {
        var name = ServerFixture.NewBucketName();
        await S3.PutBucketAsync(name, Cancellation);
        if (versioning is not null)
        {
            await SetVersioningAsync(name, versioning);
        }

        return name;
    }

    public Task SetVersioningAsync(string bucket, VersionStatus versioning) => S3.PutBucketVersioningAsync(
        new() { BucketName = bucket, VersioningConfig = new() { Status = versioning } }, Cancellation);

    /// <summary>Sets the rules of a bucket, all of them enabled.</summary>
    public Task SetRulesAsync(string bucket, params LifecycleRule[] rules) => SetRulesAsync(S3, bucket, rules);

    /// <summary>As the other, by any client.</summary>
    internal static Task<PutLifecycleConfigurationResponse> SetRulesAsync(
        IAmazonS3 s3, string bucket, params LifecycleRule[] rules)
    {
        foreach (var rule in rules)
        {
            rule.Status = LifecycleRuleStatus.Enabled;
            rule.Filter ??= new() { LifecycleFilterPredicate = new LifecyclePrefixPredicate { Prefix = "" } };
        }

        return s3.PutLifecycleConfigurationAsync(
            new() { BucketName = bucket, Configuration = new() { Rules = [.. rules] } }, Cancellation);
    }

    public async Task<string?> PutAsync(string bucket, string key, int bytes = 3, List<Tag>? tags = null) =>
        (await S3.PutObjectAsync(
            new() { BucketName = bucket, Key = key, InputStream = new MemoryStream(new byte[bytes]), TagSet = tags },
            Cancellation)).VersionId;

    public async Task<List<S3ObjectVersion>> VersionsAsync(string bucket) =>
        (await S3.ListVersionsAsync(bucket, Cancellation)).Versions ?? [];

    /// <summary>The keys that a listing shows.</summary>
    public async Task<List<string>> KeysAsync(string bucket) =>
        [.. ((await S3.ListObjectsV2Async(new() { BucketName = bucket }, Cancellation)).S3Objects ?? []).Select(found => found.Key)];

    /// <summary>Waits until a bucket has become what was expected.</summary>
    internal static Task EventuallyAsync(Func<Task<bool>> isSo) => ServerProcess.EventuallyAsync(isSo);
}
