using System.Diagnostics;
using System.Globalization;
using ObjectServer.CrashWriter;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Tests.Disk;

namespace ObjectServer.Storage.Tests.Crash;

/// <summary>
/// A process that writes is killed at random, again and again, on one data directory. Every time the store is opened,
/// each key holds what was last acknowledged, or what was on its way when the process died: whole, and nothing else.
/// </summary>
public sealed class CrashTests
{
    private const int LongestLife = 150;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(IndexEngine.LiteDb, 50)]
    [InlineData(IndexEngine.RocksDb, 25)]
    public async Task Every_acknowledged_write_survives_every_kill(IndexEngine engine, int kills)
    {
        using var directory = new TemporaryDirectory();
        var random = new Random(20_26);
        var expected = new Dictionary<string, HashSet<CrashContent>>();
        for (var worker = 0; worker < CrashStore.Workers; worker++)
        {
            for (var key = 0; key < CrashStore.KeysPerWorker; key++)
            {
                expected[CrashStore.Key(worker, key)] = [CrashContent.Absent];
            }
        }

        var acknowledged = 0;
        for (var round = 0; round < kills; round++)
        {
            acknowledged += await WriteUntilKilledAsync(
                directory["data"], engine, round, random.Next(LongestLife), expected);
            await CompareAsync(directory["data"], engine, expected);
        }

        Assert.True(acknowledged > 10 * kills, $"Only {acknowledged} writes were acknowledged.");
        await using var store = await LocalStore.OpenAsync(
            CrashStore.Options(directory["data"], engine), TimeProvider.System, Cancellation);
        var scrubbed = await store.ScrubAsync(null, null, null, Cancellation);
        Assert.True(scrubbed.IsSound);
        Assert.True(scrubbed.Blobs > 0);
    }

    /// <summary>Kills the writer after it has said so many lines; returns how many acknowledgements were among them.</summary>
    private static async Task<int> WriteUntilKilledAsync(
        string directory,
        IndexEngine engine,
        int round,
        int lines,
        Dictionary<string, HashSet<CrashContent>> expected)
    {
        using var writer = Process.Start(new ProcessStartInfo(Environment.ProcessPath is { } host
            && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            ArgumentList =
            {
                typeof(CrashContent).Assembly.Location,
                directory,
                round.ToString(CultureInfo.InvariantCulture),
                IndexEngineNames.NameOf(engine),
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = writer.StandardError.ReadToEndAsync(Cancellation);
        var acknowledged = 0;
        for (var line = 0; await writer.StandardOutput.ReadLineAsync(Cancellation) is { } said; line++)
        {
            // What was said before the kill was done before it; lines still in the pipe count too.
            if (line == lines)
            {
                writer.Kill();
            }

            if (said.Split(' ') is not [var word, var key, var content])
            {
                continue;
            }

            if (word == "TRY")
            {
                expected[key].Add(CrashContent.Parse(content));
            }
            else
            {
                expected[key] = [CrashContent.Parse(content)];
                acknowledged++;
            }
        }

        await writer.WaitForExitAsync(Cancellation);
        Assert.Equal("", await errors);
        return acknowledged;
    }

    private static async Task CompareAsync(
        string directory, IndexEngine engine, Dictionary<string, HashSet<CrashContent>> expected)
    {
        await using var store = await LocalStore.OpenAsync(
            CrashStore.Options(directory, engine), TimeProvider.System, Cancellation);
        if (await store.Buckets.FindAsync(CrashStore.Bucket, Cancellation) is not { } bucket)
        {
            Assert.All(expected.Values, states => Assert.Contains(CrashContent.Absent, states));
            return;
        }

        foreach (var (key, states) in expected)
        {
            await using var found = await store.Objects.OpenAsync(bucket, ObjectKey.Parse(key), null, Cancellation);
            var content = found is null ? CrashContent.Absent : CrashContent.Parse(found.Version.ETag);
            Assert.Contains(content, states);
            if (found is not null)
            {
                Assert.Equal(content.Bytes(), await StorageRig.ReadAsync(found));
            }

            expected[key] = [content];
        }
    }
}
