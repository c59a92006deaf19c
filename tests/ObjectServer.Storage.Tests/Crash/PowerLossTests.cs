using CsCheck;
using ObjectServer.CrashWriter;
using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Tests.Disk;

namespace ObjectServer.Storage.Tests.Crash;

/// <summary>
/// Histories are recorded with every write and sync. Then the power fails after each event of them, in several ways,
/// and the store is opened on what the disk may have left.
/// </summary>
public sealed class PowerLossTests
{
    private static readonly Gen<Step[]> Histories = Gen.Select(
        Gen.Int[0, 4], Gen.Int[0, 9], Gen.Int[0, 9], (key, kind, size) => new Step(key, kind, size)).Array[6, 14];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_power_loss_at_any_point_every_acknowledged_write_is_whole() =>
        await Gen.Select(Histories, Gen.Int).SampleAsync(
            async (history, seed) =>
            {
                using var directory = new TemporaryDirectory();
                var durable = await FormatAsync(directory["data"]);
                var disk = new RecordingDisk();
                await RunAsync(disk, directory["data"], history);
                var events = disk.Events;
                for (var length = 0; length <= events.Count; length++)
                {
                    // A process that only looked at the disk changes nothing: such prefixes are all alike.
                    if (length > 0 && events[length - 1] is DiskEvent.Said { IsAcknowledged: false })
                    {
                        continue;
                    }

                    var survival = (PowerLoss.Survival)((length + (seed & 0xFF)) % 4 % 3);
                    survival = (length + seed) % 4 == 3 ? PowerLoss.Survival.Anything : survival;
                    await FailAndCompareAsync(directory, durable, [.. events.Take(length)], survival, seed + length);
                }
            },
            iter: Proof.Times(2),
            threads: 2);

    [Fact]
    public async Task After_a_power_loss_amid_the_start_after_one_nothing_is_lost_and_what_was_served_stays() =>
        await Gen.Select(Histories, Gen.Int).SampleAsync(
            async (history, seed) =>
            {
                using var directory = new TemporaryDirectory();
                var format = await FormatAsync(directory["data"]);
                var disk = new RecordingDisk();
                await RunAsync(disk, directory["data"], history);
                for (var loss = 0; loss < 4; loss++)
                {
                    // Late enough that there is something to recover; the last one is amid a compaction.
                    var first = disk.Events.Take(disk.Events.Count * (loss + 5) / 9).ToList();
                    var (once, twice) = (directory[$"once-{loss}"], directory[$"twice-{loss}"]);
                    await MakeAsync(once, format);
                    PowerLoss.Replay(first, PowerLoss.Survival.Anything, seed + loss, directory["data"], once);
                    var starting = RecordingDisk.Of(once, CrashStore.SlowOf(once));
                    var durable = starting.Events.Count;
                    int served;
                    var seen = PowerLoss.Expected(first);
                    await using (var store = await LocalStore.OpenAsync(
                        CrashStore.Options(once), starting, TimeProvider.System, _ => { }, Cancellation))
                    {
                        served = starting.Events.Count;
                        await seen.CompareAsync(store);
                        await store.CompactAsync(Cancellation);
                    }

                    for (var length = durable; length <= starting.Events.Count; length++)
                    {
                        await MakeAsync(twice, format);
                        PowerLoss.Replay(
                            [.. starting.Events.Take(length)], PowerLoss.Survival.Anything, seed + length, once, twice);
                        await OpenAndCompareAsync(
                            twice,
                            length < served ? PowerLoss.Expected(first) : seen,
                            $"after {first.Count} events, and again after {length - durable}, seed {seed}");
                    }
                }
            },
            iter: Proof.Times(1),
            threads: 2);

    [Fact]
    public async Task After_a_kill_and_a_power_loss_amid_the_start_after_it_nothing_is_lost() =>
        await Gen.Select(Histories, Gen.Int).SampleAsync(
            async (history, seed) =>
            {
                using var directory = new TemporaryDirectory();
                var format = await FormatAsync(directory["data"]);
                var disk = new RecordingDisk();
                await RunAsync(disk, directory["data"], history);
                var all = disk.Events;

                // Also amid the first start, which makes and claims the class's directory.
                int[] late = [all.Count / 3, all.Count / 2, all.Count - 1];
                foreach (var killed in Enumerable.Range(1, 24).Union(late))
                {
                    var first = all.Take(killed).ToList();
                    var (once, twice) = (directory[$"once-{killed}"], directory[$"twice-{killed}"]);
                    await MakeAsync(once, format);
                    PowerLoss.Replay(first, PowerLoss.Survival.Everything, seed, directory["data"], once);
                    var starting = RecordingDisk.After(first, directory["data"], once);
                    var seen = PowerLoss.Expected(first);
                    int served;
                    await using (var store = await LocalStore.OpenAsync(
                        CrashStore.Options(once), starting, TimeProvider.System, _ => { }, Cancellation))
                    {
                        await seen.CompareAsync(store);
                        var bucket = (await store.Buckets.CreateAsync(
                            CrashStore.Bucket, "owner", "region", false, Cancellation)).Bucket;
                        await new Step(0, 2, 5).RunAsync(store, bucket, starting, 1000 + killed);
                        served = starting.Events.Count;
                    }

                    var amid = first.Count + ((served - first.Count) / 2);
                    foreach (var length in (int[])[amid, served, starting.Events.Count])
                    {
                        var events = starting.Events.Take(length).ToList();
                        foreach (var survival in
                            (PowerLoss.Survival[])[PowerLoss.Survival.Nothing, PowerLoss.Survival.Anything])
                        {
                            await MakeAsync(twice, format);
                            PowerLoss.Replay(events, survival, seed + length, once, twice);
                            await OpenAndCompareAsync(
                                twice,
                                PowerLoss.Expected(events),
                                $"{survival}, after a kill at {killed} and {length - killed} events more, seed {seed}");
                        }
                    }
                }
            },
            iter: Proof.Times(1),
            threads: 2);

    /// <summary>The proof's own proof: where syncs do nothing, acknowledged writes are lost, and it says so.</summary>
    [Fact]
    public async Task A_disk_that_does_not_keep_its_syncs_is_caught()
    {
        using var directory = new TemporaryDirectory();
        var format = await FormatAsync(directory["data"]);
        var disk = new RecordingDisk(keepsSyncs: false);
        await RunAsync(disk, directory["data"], [new Step(1, 2, 3), new Step(2, 2, 3), new Step(3, 2, 8)]);

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            FailAndCompareAsync(directory, format, disk.Events, PowerLoss.Survival.Nothing, 0));
    }

    /// <summary>An empty store, whose own few files are durable; returns what to copy.</summary>
    private static async Task<string> FormatAsync(string path)
    {
        using (DataDirectory.Open(path))
        {
        }

        return await File.ReadAllTextAsync(Path.Combine(path, "FORMAT"), Cancellation);
    }

    private static async Task RunAsync(RecordingDisk disk, string path, Step[] history)
    {
        await using var store = await LocalStore.OpenAsync(
            CrashStore.Options(path), disk, TimeProvider.System, _ => { }, Cancellation);
        var bucket = (await store.Buckets.CreateAsync(
            CrashStore.Bucket, "owner", "region", false, Cancellation)).Bucket;
        for (var at = 0; at < history.Length; at += 2)
        {
            // Two at a time, of different keys, so that some share a sync.
            await Task.WhenAll(history.Skip(at).Take(2).DistinctBy(step => step.Key)
                .Select((step, number) => step.RunAsync(store, bucket, disk, at + number)));
        }

        await store.CompactAsync(Cancellation);
    }

    private static async Task FailAndCompareAsync(
        TemporaryDirectory directory,
        string format,
        IReadOnlyList<DiskEvent> events,
        PowerLoss.Survival survival,
        int seed)
    {
        var after = directory["after"];
        await MakeAsync(after, format);
        PowerLoss.Replay(events, survival, seed, directory["data"], after);
        await OpenAndCompareAsync(
            after, PowerLoss.Expected(events), $"after {events.Count} events, {survival}, seed {seed}");
    }

    /// <summary>What of a store is durable before anything is written to it.</summary>
    private static async Task MakeAsync(string path, string format)
    {
        foreach (var folder in (string[])["journal", "blobs"])
        {
            Directory.CreateDirectory(Path.Combine(path, folder));
        }

        await File.WriteAllTextAsync(Path.Combine(path, "FORMAT"), format, Cancellation);
    }

    private static async Task OpenAndCompareAsync(string path, ExpectedContents expected, string name)
    {
        try
        {
            await using var store = await LocalStore.OpenAsync(
                CrashStore.Options(path), TimeProvider.System, Cancellation);
            await expected.CompareAsync(store);
            var scrubbed = await store.ScrubAsync(null, null, null, Cancellation);
            Assert.True(scrubbed.IsSound);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new InvalidOperationException($"The power failed {name}.", failure);
        }

        Directory.Delete(path, recursive: true);
        if (Directory.Exists(CrashStore.SlowOf(path)))
        {
            Directory.Delete(CrashStore.SlowOf(path), recursive: true);
        }
    }

    /// <summary>
    /// One write: mostly a put, inline or as a blob; else a deletion, an upload of one part, or a transition.
    /// </summary>
    private sealed record Step(int Key, int Kind, int Size)
    {
        public async Task RunAsync(LocalStore store, BucketRecord bucket, RecordingDisk disk, int number)
        {
            var key = CrashStore.Key(0, Key);
            var content = Kind == 0
                ? CrashContent.Absent
                : new CrashContent(number, Size < 5 ? Size * 400 : Size * 8000, CrashStore.Classes[Size % 3]);
            if (Kind >= 8)
            {
                if (await store.Objects.FindAsync(bucket, ObjectKey.Parse(key), null, Cancellation) is not { } found)
                {
                    return;
                }

                content = CrashContent.Of(found) with { Class = content.Class };
                disk.Note(new DiskEvent.Said(key, content, IsAcknowledged: false));
                var outcome = await store.Objects.MoveAsync(bucket, found, content.Class, Cancellation);
                Assert.True(outcome is TransitionOutcome.Moved or TransitionOutcome.AlreadyThere, $"{outcome}");
                disk.Note(new DiskEvent.Said(key, content, IsAcknowledged: true));
                return;
            }

            disk.Note(new DiskEvent.Said(key, content, IsAcknowledged: false));
            switch (Kind)
            {
                case 0:
                    await store.Objects.DeleteAsync(
                        bucket, ObjectKey.Parse(key), null, "owner", WriteConditions.None, false, Cancellation);
                    break;
                case 1:
                    var upload = await store.Uploads.CreateAsync(
                        bucket,
                        new NewUpload { Key = ObjectKey.Parse(key), OwnerId = "owner", StorageClass = content.Class },
                        Cancellation);
                    await using (var part = await store.Objects.BeginContentAsync(
                        content.Class, content.Length, Cancellation))
                    {
                        await part.WriteAsync(content.Bytes(), Cancellation);
                        var put = Assert.IsType<PartOutcome.Written>(await store.Uploads.PutPartAsync(
                            bucket, upload!, 1, "part", null, part, Cancellation));
                        Assert.IsType<WriteOutcome.Written>(await store.Uploads.CompleteAsync(
                            bucket,
                            new UploadCompletion { Upload = upload!, Parts = [put.Part], ETag = content.ETag },
                            Cancellation));
                    }

                    break;
                default:
                    await using (var written = await store.Objects.BeginContentAsync(
                        content.Class, Kind % 2 == 0 ? content.Length : null, Cancellation))
                    {
                        await written.WriteAsync(content.Bytes(), Cancellation);
                        Assert.IsType<WriteOutcome.Written>(await store.Objects.PutAsync(
                            bucket, content.Object(key), written, Cancellation));
                    }

                    break;
            }

            disk.Note(new DiskEvent.Said(key, content, IsAcknowledged: true));
        }
    }
}
