using System.Diagnostics;
using System.Net;
using System.Threading.Channels;
using ObjectServer.Hosting;

namespace ObjectServer.Conformance;

/// <summary>
/// A server of a test's own: the program itself in a process of its own, for what is told on the command line, said on
/// the terminal, or done to its disk. Its end is a kill, as hard as a crash.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    /// <summary>What has not come by then never will.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly List<string> _said = [];
    private readonly Task _listening;

    private ServerProcess(Process process)
    {
        _process = process;
        _listening = Task.WhenAll(ListenAsync(process.StandardOutput), ListenAsync(process.StandardError))
            .ContinueWith(_ => _lines.Writer.TryComplete(), TaskScheduler.Default);
    }

    /// <summary>Where it listens, in the order in which it was told to; the address for health and metrics last.</summary>
    public IReadOnlyList<Uri> Addresses { get; private set; } = [];

    /// <summary>Sends what no SDK would to the first address.</summary>
    public RawClient Raw => RawAt(Addresses[0]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts it, and waits until it listens.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="arguments">As on the command line; without <c>--listen</c> it is at one http address.</param>
    public static Task<ServerProcess> StartAsync(string data, params string[] arguments) =>
        StartAsync(data, maxFileBytes: null, arguments);

    /// <summary>Starts it with a limit that the system sets to every file that it writes: beyond it, writes fail.</summary>
    public static async Task<ServerProcess> StartAsync(string data, long? maxFileBytes, params string[] arguments)
    {
        string[] listen = arguments.Contains("--listen") ? [] : ["--listen", "http://127.0.0.1:0"];
        string[] program =
        [
            DotnetHost(), typeof(ObjectServerOptions).Assembly.Location, "serve",
            "--data", data,
            "--access-key", ServerFixture.AccessKeyId,
            "--secret-key", ServerFixture.SecretAccessKey,
            .. listen,
            .. arguments,
        ];
        var start = new ProcessStartInfo
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(Path.GetFullPath(data)),
        };
        if (maxFileBytes is { } limit)
        {
            // Blocks of 512 bytes, as POSIX has it. An ignored signal makes the write fail instead of the process; the
            // runtime would reserve its own memory in a file that is longer than any limit.
            program = ["sh", "-c", $"trap '' XFSZ; ulimit -f {limit / 512}; exec \"$@\"", "sh", .. program];
            start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        }

        start.FileName = program[0];
        foreach (var argument in program[1..])
        {
            start.ArgumentList.Add(argument);
        }

        var server = new ServerProcess(Process.Start(start)!);
        try
        {
            const string serves = "  serves    ";
            var line = await server.ReadLineAsync(said => said.StartsWith(serves, StringComparison.Ordinal));
            server.Addresses = [.. line[serves.Length..].Split(", ").Select(address => new Uri(address))];
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Speaks to one of the addresses.</summary>
    public static RawClient RawAt(Uri address) => new(new IPEndPoint(IPAddress.Loopback, address.Port));

    /// <summary>The next line on the terminal, from where the last call stopped, that is the one looked for.</summary>
    public async Task<string> ReadLineAsync(Func<string, bool> isWanted)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Patience);
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(limit.Token))
            {
                _said.Add(line);
                if (isWanted(line))
                {
                    return line;
                }
            }
        }
        catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
        {
            // Told below, with all that was said instead.
        }

        throw new InvalidOperationException($"The line did not come. The server said:\n{string.Join('\n', _said)}");
    }

    /// <summary>All that was said on the terminal until the line that is looked for.</summary>
    public async Task<IReadOnlyList<string>> ReadThroughAsync(Func<string, bool> isLast)
    {
        await ReadLineAsync(isLast);
        return _said;
    }

    /// <summary>Waits until something has come to be.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Patience);
        while (!await isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        await _listening;
        _process.Dispose();
    }

    private async Task ListenAsync(StreamReader output)
    {
        while (await output.ReadLineAsync(CancellationToken.None) is { } line)
        {
            _lines.Writer.TryWrite(line);
        }
    }

    /// <summary>The test may run in a host of its own or in the runtime's.</summary>
    private static string DotnetHost() =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
}
