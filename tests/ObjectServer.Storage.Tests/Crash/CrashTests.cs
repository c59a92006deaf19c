using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using ObjectServer.CrashWriter;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Tests.Disk;

namespace ObjectServer.Storage.Tests.Crash;

/// <summary>
/// A process that writes is killed again and again on one data directory: at every named point of its write paths, and
/// at random. Every time the store is opened, each key holds what was last acknowledged, or what was on its way when
/// the process died: whole, and nothing else. Listings agree with reads, and an index made anew from the journal with
/// the one that was recovered.
/// </summary>
public sealed class CrashTests
{
    /// <summary>One data directory each, at the same time.</summary>
    private static readonly IndexEngine[] Engines = [IndexEngine.LiteDb, IndexEngine.RocksDb];

    private const int LongestLife = 40;

    /// <summary>A process that does not come by its point is killed after so many lines.</summary>
    private const int LinesToAPoint = 150;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_acknowledged_write_survives_every_kill()
    {
        var died = new ConcurrentDictionary<string, int>();
        var acknowledged = await Task.WhenAll(Engines.Select(engine => Task.Run(
            () => KillAgainAndAgainAsync(engine, Proof.Times(100) / Engines.Length, died), Cancellation)));

        Assert.Equal(KillPoint.All.Order(), died.Keys.Order());
        Assert.True(acknowledged.Sum() > Proof.Times(300), $"Only {acknowledged.Sum()} writes were acknowledged.");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{acknowledged.Sum()} writes acknowledged, {died.Values.Sum()} deaths at {died.Count} named points");
    }

    private static async Task<int> KillAgainAndAgainAsync(
        IndexEngine engine, int kills, ConcurrentDictionary<string, int> died)
    {
        using var directory = new TemporaryDirectory();
        var options = CrashStore.Options(directory["data"], engine);
        var random = new Random(20_26 + (int)engine);
        var expected = new ExpectedContents();
        var acknowledged = 0;
        for (var round = 0; round < kills; round++)
        {
            // Two rounds at named points, one at random; the second engine begins half way through the points.
            var at = (round / 3 * 2) + (round % 3) + ((int)engine * KillPoint.All.Count / 2);
            var point = KillPoint.All[at % KillPoint.All.Count];

            // A process marks the directory of a class once, when it starts.
            var occurrence = point.StartsWith("class.", StringComparison.Ordinal) ? 1 : random.Next(1, 3);
            var life = round % 3 == 2
                ? new Life("", 0, random.Next(LongestLife))
                : new Life(point, occurrence, LinesToAPoint);
            acknowledged += await WriteUntilKilledAsync(options, round, life, expected, died);
            if (round % 4 == 0)
            {
                var (recovered, rebuilt) = await StoreDump.OfBothAsync(options);
                Assert.Equal(rebuilt, recovered);
            }

            await using var store = await LocalStore.OpenAsync(options, TimeProvider.System, Cancellation);
            await expected.CompareAsync(store);
            if (round == kills - 1)
            {
                var scrubbed = await store.ScrubAsync(null, null, null, Cancellation);
                Assert.Empty(scrubbed.Index.Damaged);
                Assert.True(scrubbed.IsSound);
                Assert.True(scrubbed.Blobs > 0);
            }
        }

        return acknowledged;
    }

    /// <summary>Runs the writer until it dies; returns how many writes it acknowledged.</summary>
    private static async Task<int> WriteUntilKilledAsync(
        LocalStoreOptions options,
        int round,
        Life life,
        ExpectedContents expected,
        ConcurrentDictionary<string, int> died)
    {
        using var writer = Process.Start(new ProcessStartInfo(Environment.ProcessPath is { } host
            && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            ArgumentList =
            {
                typeof(CrashContent).Assembly.Location,
                options.DataDirectory,
                round.ToString(CultureInfo.InvariantCulture),
                IndexEngineNames.NameOf(options.Journal.IndexEngine!.Value),
                life.Point,
                life.Occurrence.ToString(CultureInfo.InvariantCulture),
            },
            Environment = { ["DOTNET_TieredPGO"] = "0" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = writer.StandardError.ReadToEndAsync(Cancellation);
        var acknowledged = 0;
        for (var line = 0; await writer.StandardOutput.ReadLineAsync(Cancellation) is { } said; line++)
        {
            // What was said before the kill was done before it; lines still in the pipe count too.
            if (line == life.Lines)
            {
                writer.Kill();
            }

            switch (said.Split(' '))
            {
                case ["TRY", var key, var content]:
                    expected.Try(key, CrashContent.Parse(content));
                    break;
                case ["ACK", var key, var content]:
                    expected.Acknowledge(key, CrashContent.Parse(content));
                    acknowledged++;
                    break;
                case ["DIED", var point]:
                    died.AddOrUpdate(point, 1, (_, count) => count + 1);
                    break;
                default:
                    break;
            }
        }

        await writer.WaitForExitAsync(Cancellation);
        Assert.Equal("", await errors);
        return acknowledged;
    }

    /// <summary>How a process is to end: at a point, or once it has said so many lines.</summary>
    private sealed record Life(string Point, int Occurrence, int Lines);
}
