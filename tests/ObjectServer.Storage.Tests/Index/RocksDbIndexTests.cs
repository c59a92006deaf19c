using System.Text;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Index.Rocks;
using ObjectServer.Storage.Tests.Contracts;
using ObjectServer.Storage.Tests.Disk;

namespace ObjectServer.Storage.Tests.Index;

public sealed class RocksDbIndexTests : IndexContract
{
    private static readonly Guid StoreId = new("6f0c2a9e-4d4a-4b8f-9d0a-3b4b7c1f2d55");

    private protected override IIndex Open(string path) => OpenIn(path, "boot");

    [Fact]
    public void What_was_applied_survives_a_kill_without_settling()
    {
        using var temporary = new TemporaryDirectory();
        using var killed = OpenIn(temporary["index"], "boot");
        for (ulong revision = 1; revision <= 20; revision++)
        {
            Put(killed, revision, $"key-{revision}");
            CopyDirectory.Copy(temporary["index"], temporary[$"after-{revision}"]);
        }

        for (ulong revision = 1; revision <= 20; revision++)
        {
            using var index = OpenIn(temporary[$"after-{revision}"], "boot");
            Assert.Equal(revision, index.State.Applied.Lsn);
            Assert.Equal((int)revision, index.Scan(default, 100).Count);
        }
    }

    [Fact]
    public void A_log_whose_end_is_missing_gives_whole_batches_with_the_state_they_reached()
    {
        using var temporary = new TemporaryDirectory();
        using (var killed = OpenIn(temporary["index"], "boot"))
        {
            for (ulong revision = 1; revision <= 5; revision++)
            {
                Put(killed, revision, [.. Enumerable.Range(0, 10).Select(number => $"{revision}-{number}")]);
            }

            CopyDirectory.Copy(temporary["index"], temporary["killed"]);
        }

        var log = Directory.GetFiles(temporary["killed"], "*.log", SearchOption.AllDirectories).Single();
        var whole = File.ReadAllBytes(log);
        var reached = new HashSet<ulong>();
        for (var length = 0; length <= whole.Length; length += 53)
        {
            var path = temporary[$"cut-{length}"];
            CopyDirectory.Copy(temporary["killed"], path);
            File.WriteAllBytes(
                Directory.GetFiles(path, "*.log", SearchOption.AllDirectories).Single(), whole[..length]);
            using var index = OpenIn(path, "boot");
            reached.Add(index.State.Applied.Lsn);
            Assert.Equal(10 * (int)index.State.Applied.Lsn, index.Scan(default, 100).Count);
        }

        Assert.True(reached.Count >= 5, string.Join(' ', reached));
    }

    [Fact]
    public void A_settled_index_is_trusted_in_another_boot_and_one_that_is_written_is_not()
    {
        using var temporary = new TemporaryDirectory();
        using (var index = OpenIn(temporary["index"], "boot"))
        {
            Put(index, 1, "a");
            CopyDirectory.Copy(temporary["index"], temporary["written"]);
            index.Settle();
            CopyDirectory.Copy(temporary["index"], temporary["settled"]);
        }

        Assert.Throws<IndexDamagedException>(() => OpenIn(temporary["written"], "another"));
        using var settled = OpenIn(temporary["settled"], "another");
        Assert.True(settled.TryGet("a"u8, out _));
        Assert.Equal(1ul, settled.State.Applied.Lsn);
    }

    [Fact]
    public void Damage_is_an_error_and_never_a_shorter_listing()
    {
        using var temporary = new TemporaryDirectory();
        using (var index = OpenIn(temporary["index"], "boot"))
        {
            Put(index, 1, [.. Enumerable.Range(0, 5000).Select(number => $"key-{number:D6}")]);
        }

        var table = Directory.GetFiles(temporary["index"], "*.sst", SearchOption.AllDirectories).Single();
        var bytes = File.ReadAllBytes(table);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(table, bytes);

        Assert.Throws<IndexDamagedException>(() =>
        {
            using var index = OpenIn(temporary["index"], "boot");
            index.Scan(default, 10_000);
        });
    }

    [Fact]
    public async Task Whoever_reads_while_it_is_closed_gets_an_answer_or_an_exception()
    {
        using var temporary = new TemporaryDirectory();
        var index = OpenIn(temporary["index"], "boot");
        Put(index, 1, [.. Enumerable.Range(0, 1000).Select(number => $"key-{number:D6}")]);
        using var reading = new CountdownEvent(3);
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            for (var round = 0; ; round++)
            {
                Assert.Equal(1000, index.Scan(default, 1000).Count);
                Assert.True(index.TryGet("key-000500"u8, out var _));
                if (round == 0)
                {
                    reading.Signal();
                }
            }
        })).ToArray();
        reading.Wait(TestContext.Current.CancellationToken);

        index.Dispose();

        foreach (var reader in readers)
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => reader);
        }

        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Put(index, 2, "late"));
    }

    /// <summary>
    /// The filter of a large table does not fit into a shard of the cache as a whole: each read of a key then read it all.
    /// </summary>
    [Fact]
    public void A_read_of_a_key_reads_little_however_large_the_tables_are()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux counts what a process reads.");
        using var temporary = new TemporaryDirectory();
        using var index = OpenIn(temporary["index"], "boot");
        for (ulong revision = 1; revision <= 20; revision++)
        {
            Put(index, revision, [.. Enumerable.Range((int)revision * 50_000, 50_000).Select(ScatteredKey)]);
        }

        var before = BytesReadByThisProcess();
        for (var number = 0; number < 1000; number++)
        {
            Assert.True(index.TryGet(Encoding.ASCII.GetBytes(ScatteredKey(50_000 + (number * 999))), out _));
        }

        // A block has 16 KiB and a piece of a filter four; whole filters were a gigabyte. Other tests read meanwhile.
        Assert.InRange(BytesReadByThisProcess() - before, 0, 300 << 20);

        // In no order, so that tables overlap and are merged.
        static string ScatteredKey(int number) => $"{(uint)number * 2654435761:x8}";
    }

    private static long BytesReadByThisProcess() => long.Parse(
        File.ReadLines("/proc/self/io").First().Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    private static RocksDbIndex OpenIn(string path, string boot) =>
        RocksDbIndex.Open(IndexDirectory.Open(path, IndexEngine.RocksDb, StoreId, boot));

    private static void Put(RocksDbIndex index, ulong revision, params string[] keys) => index.Apply(
        [.. keys.Select(key => new IndexChange(Encoding.ASCII.GetBytes(key), Entry(revision)))],
        _ => { },
        () => new IndexState(new JournalPosition(revision, 1, 64), new Totals()));
}
