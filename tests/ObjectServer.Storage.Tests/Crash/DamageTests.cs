using System.Collections.Concurrent;
using CsCheck;
using ObjectServer.CrashWriter;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Tests.Disk;

namespace ObjectServer.Storage.Tests.Crash;

/// <summary>
/// One bit of a closed store flips. In journal or blobs: the start is refused with the name of the file, or every key
/// is read as it was written or refused, few keys are, and a scrub finds the flip. In the index: the start makes it
/// anew, or every key is read as it was written or refused, a scrub finds the flip, and then the next start makes it
/// anew.
/// </summary>
public sealed class DamageTests
{
    private const int Keys = 12;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_flipped_bit_is_never_served_never_spreads_and_is_found()
    {
        using var directory = new TemporaryDirectory();
        var options = CrashStore.Options(directory["data"]) with { SweepInterval = TimeSpan.FromDays(9) };
        await FillAsync(options);
        string[] files =
        [
            .. Directory.GetFiles(Path.Combine(directory["data"], "journal")),
            .. Directory.GetFiles(Path.Combine(directory["data"], "blobs"), "*", SearchOption.AllDirectories),
            .. Directory.GetFiles(
                Path.Combine(CrashStore.SlowOf(directory["data"]), "blobs"), "*", SearchOption.AllDirectories),
        ];
        Assert.True(files.Length >= 6);
        await Gen.Select(Gen.Int[0, files.Length - 1], Gen.Double[0, 1], Gen.Int[0, 2], Gen.Int[0, 7], Gen.Bool)
            .SampleAsync(
                async (file, where, region, bit, keepsIndex) =>
                {
                    var bytes = await File.ReadAllBytesAsync(files[file], Cancellation);
                    var edge = Math.Min(200, bytes.Length - 1);
                    var at = region switch
                    {
                        // The first and the last bytes hold headers, tables and footers.
                        0 => (int)(where * edge),
                        1 => bytes.Length - 1 - (int)(where * edge),
                        _ => (int)(where * (bytes.Length - 1)),
                    };
                    var copy = directory[Guid.NewGuid().ToString("N")];
                    Copy(directory["data"], copy);
                    var damaged = bytes.ToArray();
                    damaged[at] ^= (byte)(1 << bit);
                    var path = files[file].Replace(directory["data"], copy, StringComparison.Ordinal);
                    await File.WriteAllBytesAsync(path, damaged, Cancellation);
                    if (!keepsIndex)
                    {
                        Directory.Delete(Path.Combine(copy, "index"), recursive: true);
                    }

                    await CompareAsync(CrashStore.At(options, copy), Path.GetFileName(path));
                    Delete(copy);
                },
                iter: Proof.Times(40),
                threads: 2);
    }

    [Theory]
    [InlineData(IndexEngine.LiteDb)]
    [InlineData(IndexEngine.RocksDb)]
    public async Task A_flipped_bit_of_the_index_hides_nothing_is_found_and_is_gone_after_the_next_start(
        IndexEngine engine)
    {
        using var directory = new TemporaryDirectory();
        var options = CrashStore.Options(directory["data"], engine) with { SweepInterval = TimeSpan.FromDays(9) };
        await FillAsync(options);
        string[] files =
        [
            .. Directory.GetFiles(Path.Combine(directory["data"], "index"), "*", SearchOption.AllDirectories)
                .Where(file => new FileInfo(file).Length > 0),
        ];
        var (found, rebuilt) = (0, 0);
        await Gen.Select(Gen.Int[0, files.Length - 1], Gen.Double[0, 1], Gen.Int[0, 7]).SampleAsync(
            async (file, where, bit) =>
            {
                var copy = directory[Guid.NewGuid().ToString("N")];
                Copy(directory["data"], copy);
                var path = files[file].Replace(directory["data"], copy, StringComparison.Ordinal);
                var bytes = await File.ReadAllBytesAsync(path, Cancellation);
                bytes[(int)(where * (bytes.Length - 1))] ^= (byte)(1 << bit);
                await File.WriteAllBytesAsync(path, bytes, Cancellation);
                var reports = new ConcurrentQueue<StoreReport>();
                await using (var store = await LocalStore.OpenAsync(
                    CrashStore.At(options, copy), TimeProvider.System, reports.Enqueue, Cancellation))
                {
                    await ReadAllAsync(store, mayRefuse: true);
                    if (reports.OfType<IndexRebuildStarted>().Any())
                    {
                        Interlocked.Increment(ref rebuilt);
                    }
                    else if (HoldsEntries(path))
                    {
                        var scrubbed = await store.ScrubAsync(null, null, null, Cancellation);
                        Assert.NotEmpty(scrubbed.Index.Damaged);
                        Assert.False(scrubbed.IsSound);
                        Interlocked.Increment(ref found);
                    }
                }

                await using (var store = await LocalStore.OpenAsync(
                    CrashStore.At(options, copy), TimeProvider.System, reports.Enqueue, Cancellation))
                {
                    Assert.True(reports.OfType<IndexRebuildStarted>().Any() || !HoldsEntries(path));
                    await ReadAllAsync(store, mayRefuse: false);
                    Assert.True((await store.ScrubAsync(null, null, null, Cancellation)).IsSound);
                }

                Delete(copy);
            },
            iter: Proof.Times(30),
            threads: 2);
        Assert.True(found + rebuilt > 0);
    }

    /// <summary>RocksDB's messages, its copy of the options and its lock are no part of what it keeps.</summary>
    private static bool HoldsEntries(string path) => Path.GetExtension(path) is ".db" or ".sst";

    private static async Task ReadAllAsync(LocalStore store, bool mayRefuse)
    {
        var bucket = await OrRefused(async () => await store.Buckets.FindAsync(CrashStore.Bucket, Cancellation));
        if (bucket is null)
        {
            return;
        }

        for (var key = 0; key < Keys; key++)
        {
            var name = CrashStore.Key(0, key);
            if (await OrRefused(async () => new Found<StoredObject>(await store.Objects.OpenAsync(
                bucket, ObjectKey.Parse(name), null, Cancellation))) is { } read)
            {
                await using var found = read.Value;
                Assert.Equal(ContentOf(key).Bytes(), await StorageRig.ReadAsync(found!));
            }
        }

        if (await OrRefused(async () => await store.Objects.ListAsync(
            bucket, new ObjectListing(default, default, default, 1000), Cancellation)) is { } page)
        {
            Assert.Equal(Keys, page.Objects.Length);
        }

        async Task<T?> OrRefused<T>(Func<Task<T?>> read)
            where T : class
        {
            try
            {
                return await read();
            }
            catch (IndexDamagedException) when (mayRefuse)
            {
                return null;
            }
        }
    }

    private sealed record Found<T>(T? Value);

    private static async Task FillAsync(LocalStoreOptions options)
    {
        await using var store = await LocalStore.OpenAsync(options, TimeProvider.System, Cancellation);
        var bucket = (await store.Buckets.CreateAsync(
            CrashStore.Bucket, "owner", "region", false, Cancellation)).Bucket;
        for (var key = 0; key < Keys; key++)
        {
            var content = ContentOf(key);
            await using var written = await store.Objects.BeginContentAsync(
                content.Class, content.Length, Cancellation);
            await written.WriteAsync(content.Bytes(), Cancellation);
            var put = Assert.IsType<WriteOutcome.Written>(await store.Objects.PutAsync(
                bucket, content.Object(CrashStore.Key(0, key)), written, Cancellation)).Version;
            if (key % 5 == 2)
            {
                await store.Objects.MoveAsync(bucket, put, "STANDARD_IA", Cancellation);
            }
        }
    }

    private static CrashContent ContentOf(int key) =>
        new(key, key % 4 == 0 ? 70_000 : 2000, CrashStore.Classes[key % 6 == 1 ? 1 : 0]);

    private static async Task CompareAsync(LocalStoreOptions options, string damagedFile)
    {
        var reports = new ConcurrentQueue<StoreReport>();
        LocalStore store;
        try
        {
            store = await LocalStore.OpenAsync(options, TimeProvider.System, reports.Enqueue, Cancellation);
        }
        catch (StoreOpenException refused)
        {
            Assert.Contains(damagedFile, refused.Message, StringComparison.Ordinal);
            return;
        }

        await using (store)
        {
            var refused = 0;
            for (var key = 0; key < Keys; key++)
            {
                try
                {
                    var bucket = await store.Buckets.FindAsync(CrashStore.Bucket, Cancellation);
                    await using var found = await store.Objects.OpenAsync(
                        bucket!, ObjectKey.Parse(CrashStore.Key(0, key)), null, Cancellation);
                    Assert.Equal(ContentOf(key).Bytes(), await StorageRig.ReadAsync(found!));
                }
                catch (CorruptDataException)
                {
                    refused++;
                }
            }

            // A bucket's own record is what all of its keys need.
            Assert.True(refused is 0 or 1 or Keys, $"{refused} keys were refused.");
            if (reports.OfType<TornTailCut>().SingleOrDefault() is { } cut)
            {
                // The last record only says that the store was closed; what is wrong with it is cut off and told.
                Assert.Equal((damagedFile, 0), (cut.Segment, refused));
                return;
            }

            var scrubbed = await store.ScrubAsync(null, null, null, Cancellation);
            Assert.False(scrubbed.IsSound);
            Assert.Contains(
                damagedFile,
                scrubbed.Journal.Damaged.Select(record => record.Segment)
                    .Concat(scrubbed.DamagedBlobs.Select(blob => blob.BlobId)));
        }
    }

    private static void Delete(string copy)
    {
        Directory.Delete(copy, recursive: true);
        Directory.Delete(CrashStore.SlowOf(copy), recursive: true);
    }

    private static void Copy(string from, string to)
    {
        CopyDirectory.Copy(from, to);
        CopyDirectory.Copy(CrashStore.SlowOf(from), CrashStore.SlowOf(to));
    }
}
