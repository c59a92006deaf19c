using System.Buffers.Binary;
using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Tests.Contracts;
using ObjectServer.Storage.Tests.Crash;
using ObjectServer.Storage.Tests.Disk;

namespace ObjectServer.Storage.Tests.Index;

public sealed class LiteDbIndexTests : IndexContract
{
    private const int Keys = 3000;

    private static readonly Guid StoreId = new("6f0c2a9e-4d4a-4b8f-9d0a-3b4b7c1f2d55");

    private protected override IIndex Open(string path) => Open(path, SystemDisk.Instance);

    [Theory]
    [InlineData("write", 28)]
    [InlineData("write", 5)]
    [InlineData("read", 5)]
    [InlineData("cut", 5)]
    [InlineData("sync", 5)]
    public void After_a_fault_of_the_disk_an_apply_is_refused_and_reads_are_right_or_refused(string operation, int error)
    {
        var met = 0;
        for (var occurrence = 1; occurrence <= Proof.Times(12); occurrence++)
        {
            using var directory = new TemporaryDirectory();
            using (var index = Open(directory["index"], SystemDisk.Instance))
            {
                Apply(index, 1);
                index.Settle();
            }

            var disk = new FaultyDisk(operation, occurrence * occurrence, error);
            var faulty = Open(directory["index"], disk);
            disk.Arm();
            var isRefused = false;
            try
            {
                Apply(faulty, 2);
                faulty.Settle();
            }
            catch (IndexDamagedException)
            {
                isRefused = true;
            }

            Assert.Equal(disk.HasFailed, isRefused);
            met += isRefused ? 1 : 0;
            for (var key = 0; key < Keys; key += 7)
            {
                Assert.True(faulty.TryGet(Key(key), out var entry));
                Assert.True(entry.Revision == 2 || (isRefused && entry.Revision == 1));
            }

            Close(faulty);
        }

        Assert.True(met > 0, "The fault was never met.");
    }

    [Fact]
    public void Of_a_damaged_page_however_often_it_is_asked_for_only_its_own_keys_are_refused()
    {
        using var directory = new TemporaryDirectory();
        using (var index = Open(directory["index"], SystemDisk.Instance))
        {
            Apply(index, 1);
        }

        var path = Path.Combine(directory["index"], "index.db");
        var bytes = File.ReadAllBytes(path);
        for (var page = 0; page < bytes.Length / (PageFile.PageBytes + 8); page += Proof.IsNightly ? 1 : 9)
        {
            var damaged = bytes.ToArray();
            damaged[(page * (PageFile.PageBytes + 8)) + 4000] ^= 16;
            File.WriteAllBytes(path, damaged);
            LiteDbIndex index;
            try
            {
                index = Open(directory["index"], SystemDisk.Instance);
            }
            catch (IndexDamagedException)
            {
                continue;
            }

            var refusals = new int[Keys];
            for (var round = 0; round < 3; round++)
            {
                for (var key = 0; key < Keys; key += 3)
                {
                    try
                    {
                        Assert.True(index.TryGet(Key(key), out var entry));
                        Assert.Equal(1ul, entry.Revision);
                    }
                    catch (IndexDamagedException damage)
                    {
                        Assert.Contains($"Page {page} of index.db", damage.Message, StringComparison.Ordinal);
                        refusals[key]++;
                    }
                }
            }

            Assert.All(refusals, count => Assert.True(count is 0 or 3));
            var found = new List<string>();
            index.Verify(found.Add, TestContext.Current.CancellationToken);
            Assert.Equal([$"Page {page} of index.db fails its checksum."], found);
            Close(index);
        }

        File.WriteAllBytes(path, bytes);
    }

    [Fact]
    public async Task Keys_from_before_a_restart_are_found_while_it_learns_them_and_after()
    {
        using var directory = new TemporaryDirectory();
        using (var index = Open(directory["index"], SystemDisk.Instance))
        {
            Apply(index, 1);
        }

        using var reopened = Open(directory["index"], SystemDisk.Instance);
        Apply(reopened, 1, firstKey: Keys);

        // What is read while it is put again is never absent.
        var applying = Task.Run(
            () =>
            {
                for (ulong revision = 2; revision < 12; revision++)
                {
                    Apply(reopened, revision);
                }
            },
            TestContext.Current.CancellationToken);
        while (!applying.IsCompleted)
        {
            for (var key = 0; key < Keys; key += 97)
            {
                Assert.True(reopened.TryGet(Key(key), out _));
                Assert.False(reopened.TryGet(Key((2 * Keys) + key), out _));
            }
        }

        await applying;
        Assert.All(Enumerable.Range(0, 2 * Keys), key => Assert.True(reopened.TryGet(Key(key), out _)));
        Remove(reopened, Key(7));
        Assert.False(reopened.TryGet(Key(7), out _));
        Apply(reopened, 13);
        Assert.True(reopened.TryGet(Key(7), out var entry));
        Assert.Equal(13ul, entry.Revision);
    }

    /// <summary>LiteDB allocates tens of kilobytes for a look, the filter nothing; few absent keys pass it.</summary>
    [Fact]
    public void Absent_keys_are_not_looked_for_in_LiteDB()
    {
        using var directory = new TemporaryDirectory();
        using var index = Open(directory["index"], SystemDisk.Instance);
        Apply(index, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var key = Keys; key < 2 * Keys; key++)
        {
            Assert.False(index.TryGet(Key(key), out _));
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Keys, 0, 4000);
    }

    [Fact]
    public void It_closes_while_it_learns()
    {
        using var directory = new TemporaryDirectory();
        using (var index = Open(directory["index"], SystemDisk.Instance))
        {
            Apply(index, 1);
        }

        for (var times = 0; times < 5; times++)
        {
            using var index = Open(directory["index"], SystemDisk.Instance);
            Apply(index, 2, firstKey: (times + 1) * Keys);
        }
    }

    private static void Remove(LiteDbIndex index, byte[] key) => index.Apply(
        [new IndexChange(key, null)],
        _ => { },
        () => new IndexState(new JournalPosition(12, 1, 64), new Totals()));

    private static LiteDbIndex Open(string path, IDisk disk) =>
        LiteDbIndex.Open(IndexDirectory.Open(path, IndexEngine.LiteDb, StoreId, "boot"), disk);

    private static void Apply(LiteDbIndex index, ulong revision, int firstKey = 0) => index.Apply(
        [.. Enumerable.Range(firstKey, Keys).Select(key => new IndexChange(Key(key), Entry(revision)))],
        _ => { },
        () => new IndexState(new JournalPosition(revision, 1, 64), new Totals()));

    private static byte[] Key(int number)
    {
        var key = new byte[40];
        BinaryPrimitives.WriteInt32BigEndian(key, number);
        return key;
    }

    private static void Close(LiteDbIndex index)
    {
        try
        {
            index.Dispose();
        }
        catch (IndexDamagedException)
        {
            // It could not be written, and says so again.
        }
    }
}
