using System.Net;
using System.Net.Http;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ObjectServer.Bench.Load;
using ObjectServer.Hosting;

namespace ObjectServer.Bench.Micro;

/// <summary>
/// Whole signed requests over one connection to a server in this process: what is read lies in the index (except by
/// <see cref="PutThenGet"/>), what is written replaces one key. The client allocates nothing, so the bytes are the server's and Kestrel's.
/// </summary>
public class Serving
{
    private const string AccessKeyId = "AKIAMICRO00000000001";
    private const string Secret = "micro+secret/0001";
    private const string Region = "us-east-1";

    private static readonly byte[] Content = MakeContent();

    private string _directory = "";
    private WebApplication _application = null!;
    private KeepAliveClient _client = null!;
    private byte[] _get = [];
    private byte[] _head = [];
    private byte[] _put = [];
    private byte[] _getWritten = [];
    private byte[] _list = [];

    /// <summary>Whether access lines are written, as text that goes nowhere.</summary>
    [ParamsAllValues]
    public bool LogsAccess { get; set; }

    [GlobalSetup]
    public async Task StartAsync()
    {
        _directory = Directory.CreateTempSubdirectory("objectserver-micro-").FullName;
        await SmallObjects.WriteAsync(_directory, Content, count: 1_000);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new ConnectionMemoryFactory(TimeProvider.System));
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        if (LogsAccess)
        {
            builder.Logging.AddProvider(new TextToNowhere());
        }

        builder.Services.AddObjectServer(new ObjectServerOptions
        {
            DataDirectory = _directory,
            AccessKey = AccessKeyId,
            SecretKey = Secret,
            Region = Region,
            DiskReserveBytes = 0,
        });
        _application = builder.Build();
        _application.MapObjectServer();
        await _application.StartAsync();
        var address = new Uri(_application.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        _client = KeepAliveClient.Connect(new IPEndPoint(IPAddress.Loopback, address.Port));
        var key = $"/{SmallObjects.Bucket}/{SmallObjects.KeyOf(500)}";
        var list = "list-type=2&prefix=" + Uri.EscapeDataString(SmallObjects.Prefix);
        var signer = new SigV4Signer(AccessKeyId, Secret, Region, address.Authority, TimeProvider.System);
        _get = Write(signer, HttpMethod.Get, key);
        _head = Write(signer, HttpMethod.Head, key);
        var written = $"/{SmallObjects.Bucket}/written";
        _put = [.. Write(signer, HttpMethod.Put, written, "", Content.Length), .. Content];
        _getWritten = Write(signer, HttpMethod.Get, written);
        _list = Write(signer, HttpMethod.Get, $"/{SmallObjects.Bucket}", list);
    }

    [GlobalCleanup]
    public async Task StopAsync()
    {
        _client.Dispose();
        await _application.StopAsync();
        await _application.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Benchmark]
    public int Get() => _client.Exchange(_get);

    [Benchmark]
    public int Head() => _client.Exchange(_head, isHead: true);

    [Benchmark]
    public int Put() => _client.Exchange(_put);

    /// <summary>Reads what the index does not have yet.</summary>
    [Benchmark]
    public int PutThenGet() => _client.Exchange(_put) + _client.Exchange(_getWritten);

    [Benchmark]
    public int ListPage() => _client.Exchange(_list);

    private static byte[] Write(
        SigV4Signer signer, HttpMethod method, string path, string query = "", long? contentLength = null)
    {
        var head = new byte[SigV4Signer.MaxHeadBytes];
        var length = signer.WriteHead(head, method.Method, path, query, "UNSIGNED-PAYLOAD", contentLength);
        return head[..length];
    }

    private static byte[] MakeContent()
    {
        var content = new byte[4096];
        new Random(1).NextBytes(content);
        return content;
    }

    /// <summary>Makes the text of every line, as any logger does, and drops it.</summary>
    private sealed class TextToNowhere : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) => formatter(state, exception);

        public void Dispose()
        {
        }
    }
}
