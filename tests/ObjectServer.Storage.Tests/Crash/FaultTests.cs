using System.Collections.Concurrent;
using ObjectServer.CrashWriter;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Tests.Disk;

namespace ObjectServer.Storage.Tests.Crash;

/// <summary>
/// Each operation on the disk fails once, at each of its times. Who was refused knows nothing of the outcome; everyone
/// else's writes stand, in the process that met the fault and in the next one.
/// </summary>
public sealed class FaultTests
{
    private const int InputOutputError = 5;
    private const int NoSpaceLeft = 28;

    private readonly ConcurrentQueue<StoreReport> _reports = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("create", NoSpaceLeft)]
    [InlineData("write", NoSpaceLeft)]
    [InlineData("write", InputOutputError)]
    [InlineData("sync", InputOutputError)]
    [InlineData("cut", InputOutputError)]
    [InlineData("rename", NoSpaceLeft)]
    [InlineData("delete", InputOutputError)]
    [InlineData("list", InputOutputError)]
    [InlineData("read", InputOutputError)]
    public async Task After_a_fault_every_acknowledged_write_is_there(string operation, int error)
    {
        var met = 0;
        for (var occurrence = 1; occurrence <= Proof.Times(4); occurrence++)
        {
            using var directory = new TemporaryDirectory();
            var options = CrashStore.Options(directory["data"]);
            var disk = new FaultyDisk(operation, occurrence, error);
            var expected = new ExpectedContents();
            await using (var store = await LocalStore.OpenAsync(
                options, disk, TimeProvider.System, _reports.Enqueue, Cancellation))
            {
                var bucket = (await store.Buckets.CreateAsync(
                    CrashStore.Bucket, "owner", "region", false, Cancellation)).Bucket;
                disk.Arm();
                for (var step = 0; step < 40; step++)
                {
                    await WriteAsync(store, bucket, expected, step);
                }

                await TryAsync(async () => await store.CompactAsync(Cancellation));
                await ReadAllAsync(store, bucket, expected);
            }

            met += disk.HasFailed ? 1 : 0;
            await using var reopened = await LocalStore.OpenAsync(options, TimeProvider.System, Cancellation);
            await expected.CompareAsync(reopened);
            Assert.True((await reopened.ScrubAsync(null, null, null, Cancellation)).IsSound);
        }

        Assert.True(met > 0, "The fault was never met.");
    }

    [Theory]
    [InlineData("open")]
    [InlineData("read")]
    [InlineData("sync")]
    public async Task A_start_that_meets_a_fault_is_refused_with_the_name_of_the_file(string operation)
    {
        using var directory = new TemporaryDirectory();
        var options = CrashStore.Options(directory["data"]);
        var expected = new ExpectedContents();
        await using (var store = await LocalStore.OpenAsync(options, TimeProvider.System, Cancellation))
        {
            var bucket = (await store.Buckets.CreateAsync(
                CrashStore.Bucket, "owner", "region", false, Cancellation)).Bucket;
            for (var step = 0; step < 40; step++)
            {
                await WriteAsync(store, bucket, expected, step);
            }
        }

        Directory.Delete(Path.Combine(directory["data"], "index"), recursive: true);
        for (var occurrence = 1; ; occurrence++)
        {
            var disk = new FaultyDisk(operation, occurrence, InputOutputError);
            disk.Arm();
            try
            {
                await using var store = await LocalStore.OpenAsync(
                    options, disk, TimeProvider.System, _reports.Enqueue, Cancellation);
                break;
            }
            catch (StoreOpenException refused)
            {
                Assert.Matches(@"\.journal'|CLASS\.tmp'", refused.Message);
                Assert.Contains("Input/output error", refused.Message, StringComparison.Ordinal);
            }
        }

        await using var reopened = await LocalStore.OpenAsync(options, TimeProvider.System, Cancellation);
        await expected.CompareAsync(reopened);
    }

    [Fact]
    public async Task A_scrub_goes_on_after_a_segment_that_cannot_be_read_and_names_it()
    {
        using var directory = new TemporaryDirectory();
        var disk = new FaultyDisk("read", 1, InputOutputError);
        await using var store = await LocalStore.OpenAsync(
            CrashStore.Options(directory["data"]), disk, TimeProvider.System, _reports.Enqueue, Cancellation);
        var bucket = (await store.Buckets.CreateAsync(
            CrashStore.Bucket, "owner", "region", false, Cancellation)).Bucket;
        await WriteAsync(store, bucket, new ExpectedContents(), 1);
        disk.Arm();

        var scrubbed = await store.ScrubAsync(null, null, null, Cancellation);

        var damaged = Assert.Single(scrubbed.Journal.Damaged);
        Assert.EndsWith(".journal", damaged.Segment, StringComparison.Ordinal);
        Assert.Contains("Input/output error", damaged.What, StringComparison.Ordinal);
        Assert.Equal([damaged], _reports.OfType<DamagedRecord>());
    }

    [Fact]
    public async Task A_read_that_fails_refuses_who_asked_and_nobody_else_and_is_not_remembered()
    {
        const int Keys = 8;
        using var directory = new TemporaryDirectory();
        var options = CrashStore.Options(directory["data"]);
        options = options with { Journal = options.Journal with { CacheBytes = 0 } };
        await using (var store = await LocalStore.OpenAsync(options, TimeProvider.System, Cancellation))
        {
            var bucket = (await store.Buckets.CreateAsync(
                CrashStore.Bucket, "owner", "region", false, Cancellation)).Bucket;
            for (var key = 0; key < Keys; key++)
            {
                await using var written = await store.Objects.BeginContentAsync(null, Cancellation);
                await written.WriteAsync(ContentOf(key).Bytes(), Cancellation);
                await store.Objects.PutAsync(
                    bucket, ContentOf(key).Object(CrashStore.Key(0, key)), written, Cancellation);
            }
        }

        var met = 0;
        for (var occurrence = 1; ; occurrence++)
        {
            var disk = new FaultyDisk("read", occurrence, InputOutputError);
            await using var store = await LocalStore.OpenAsync(
                options, disk, TimeProvider.System, _reports.Enqueue, Cancellation);
            var bucket = await store.Buckets.FindAsync(CrashStore.Bucket, Cancellation);
            disk.Arm();
            var refused = (await Task.WhenAll(Enumerable.Range(0, Keys).Select(ReadAsync))).Count(isRead => !isRead);

            // The sweep that each start begins with reads too, and may be the one that is refused.
            Assert.InRange(refused, 0, disk.HasFailed ? 1 : 0);
            met += refused;
            if (!disk.HasFailed)
            {
                break;
            }

            Assert.All(await Task.WhenAll(Enumerable.Range(0, Keys).Select(ReadAsync)), isRead => Assert.True(isRead));

            Task<bool> ReadAsync(int key) => TryAsync(async () =>
            {
                await using var found = await store.Objects.OpenAsync(
                    bucket!, ObjectKey.Parse(CrashStore.Key(0, key)), null, Cancellation);
                Assert.Equal(ContentOf(key).Bytes(), await StorageRig.ReadAsync(found!));
            });
        }

        // Each key has a record; every second one also the end of a blob, with footer and table, and its blocks.
        Assert.True(met > Keys, $"Only {met} reads failed.");

        static CrashContent ContentOf(int key) => new(key, key % 2 == 0 ? 900 : 150_000);
    }

    private static async Task WriteAsync(
        LocalStore store, BucketRecord bucket, ExpectedContents expected, int step)
    {
        var key = CrashStore.Key(0, step % 7);
        var content = step % 5 == 4
            ? CrashContent.Absent
            : new CrashContent(step, step % 3 == 0 ? 5_000 : 900, CrashStore.Classes[step % 4 == 0 ? 1 : 0]);
        expected.Try(key, content);
        var isDone = await TryAsync(async () =>
        {
            if (content == CrashContent.Absent)
            {
                await store.Objects.DeleteAsync(
                    bucket, ObjectKey.Parse(key), null, "owner", WriteConditions.None, false, Cancellation);
                return;
            }

            await using var written = await store.Objects.BeginContentAsync(
                content.Class, step % 2 == 0 ? content.Length : null, Cancellation);
            await written.WriteAsync(content.Bytes(), Cancellation);
            Assert.IsType<WriteOutcome.Written>(
                await store.Objects.PutAsync(bucket, content.Object(key), written, Cancellation));
        });
        if (isDone)
        {
            expected.Acknowledge(key, content);
        }

        if (step % 6 == 5)
        {
            await TransitionAsync(
                store, bucket, expected, CrashStore.Key(0, (step + 3) % 7), CrashStore.Classes[step % 2]);
        }
    }

    private static async Task TransitionAsync(
        LocalStore store, BucketRecord bucket, ExpectedContents expected, string key, string storageClass)
    {
        CrashContent? moved = null;
        var isDone = await TryAsync(async () =>
        {
            if (await store.Objects.FindAsync(bucket, ObjectKey.Parse(key), null, Cancellation) is { } found)
            {
                moved = CrashContent.Of(found) with { Class = storageClass };
                expected.Try(key, moved);
                var outcome = await store.Objects.MoveAsync(bucket, found, storageClass, Cancellation);
                Assert.True(outcome is TransitionOutcome.Moved or TransitionOutcome.AlreadyThere, $"{outcome}");
            }
        });
        if (isDone && moved is not null)
        {
            expected.Acknowledge(key, moved);
        }
    }

    /// <summary>False where it was refused; anything but a refusal by the disk or the store is a failure.</summary>
    private static async Task<bool> TryAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task ReadAllAsync(LocalStore store, BucketRecord bucket, ExpectedContents expected)
    {
        for (var key = 0; key < 7; key++)
        {
            var name = CrashStore.Key(0, key);
            await TryAsync(async () =>
            {
                await using var found = await store.Objects.OpenAsync(
                    bucket, ObjectKey.Parse(name), null, Cancellation);
                var content = found is null ? CrashContent.Absent : CrashContent.Of(found.Version);
                expected.RequirePossible(name, content);
                if (found is not null)
                {
                    Assert.Equal(content.Bytes(), await StorageRig.ReadAsync(found));
                }
            });
        }
    }
}
