using System.Globalization;
using ObjectServer.Hosting;
using ObjectServer.Storage;
using ObjectServer.Storage.Journal;
using ObjectServer.Storage.Maintenance;
using ObjectServer.Storage.Model;

namespace ObjectServer.Commands;

/// <summary>What can be done to a store that no server has open.</summary>
internal sealed class StoreCommands(ObjectServerOptions options, TextWriter output, TextWriter errors)
{
    /// <summary>The index stays with the engine that made it: who looks at a store does not mean to change it.</summary>
    private LocalStoreOptions StoreOptions => new()
    {
        DataDirectory = options.DataDirectory,
        InlineLimitBytes = options.InlineLimitBytes,
        DiskReserveBytes = options.DiskReserveBytes ?? 0,
    };

    /// <summary>Shows buckets, objects and bytes, and how the journal is.</summary>
    public Task<int> ShowInfoAsync(CancellationToken cancellation) => WithStoreAsync(
        async store =>
        {
            var statistics = await store.ReadStatisticsAsync(cancellation);
            var journal = statistics.Journal;
            Say($"store         {Path.GetFullPath(options.DataDirectory)}");
            Say($"buckets       {statistics.Buckets.Count}");
            Say($"objects       {statistics.Objects} (versions and delete markers)");
            Say($"content       {ByteCount.Format(statistics.Bytes)} ({statistics.Bytes} bytes)");
            Say($"journal       {journal.Segments} segments, {ByteCount.Format(journal.JournalBytes)}");
            Say($"dead bytes    {ByteCount.Format(journal.DeadBytes)}");
            Say($"last commit   {journal.LastLsn}, in the index {journal.AppliedLsn}");
            Say($"free on disk  {ByteCount.Format(store.ReadHealth().Disk.FreeBytes)}");
            foreach (var bucket in statistics.Buckets)
            {
                Say($"  {bucket.Name,-63} {bucket.Objects,12} objects {ByteCount.Format(bucket.Bytes),12}");
            }

            return ObjectServerCommand.Success;
        },
        cancellation);

    /// <summary>Verifies everything; exit code 1 if anything is damaged.</summary>
    public Task<int> ScrubAsync(CancellationToken cancellation) => WithStoreAsync(
        async store =>
        {
            var result = await store.ScrubAsync(
                after: null, bytesPerSecond: null, progress: null, cancellation);
            var journal = result.Journal;
            Say($"journal  {journal.Records} records in {journal.Segments} segments, {ByteCount.Format(journal.Bytes)}");
            Say($"blobs    {result.Blobs}, {ByteCount.Format(result.Bytes)}");
            Say(result.Index.Entries is { } entries
                ? $"index    {entries} entries, as the journal has them"
                : (FormattableString)$"index    not compared with the journal");
            foreach (var record in journal.Damaged)
            {
                Say($"damaged  {record.Segment} at {record.Offset}: {record.What}");
            }

            if (result.Index.Damaged.Count > 0 && journal.Damaged.Count == 0)
            {
                Say("The next start makes the index anew.");
            }

            Say(result.IsSound ? "Everything is sound." : "Some of it is damaged.");
            return result.IsSound ? ObjectServerCommand.Success : ObjectServerCommand.Failure;
        },
        cancellation);

    /// <summary>Discards the index and makes it anew.</summary>
    public Task<int> RebuildIndexAsync(CancellationToken cancellation) => GuardAsync(async () =>
    {
        var store = StoreOptions with { Journal = new JournalOptions { IndexEngine = options.IndexEngine } };
        await LocalStore.RebuildIndexAsync(store, TimeProvider.System, Tell, cancellation);
        return ObjectServerCommand.Success;
    });

    private Task<int> WithStoreAsync(Func<LocalStore, Task<int>> run, CancellationToken cancellation) =>
        GuardAsync(async () =>
        {
            await using var store = await LocalStore.OpenAsync(StoreOptions, TimeProvider.System, Tell, cancellation);
            return await run(store);
        });

    private async Task<int> GuardAsync(Func<Task<int>> run)
    {
        if (!Directory.Exists(options.DataDirectory))
        {
            await errors.WriteLineAsync($"There is no store in '{Path.GetFullPath(options.DataDirectory)}'.");
            return ObjectServerCommand.Failure;
        }

        try
        {
            return await run();
        }
        catch (IOException refused)
        {
            await errors.WriteLineAsync(refused.Message);
            return ObjectServerCommand.Failure;
        }
    }

    private void Tell(StoreReport report)
    {
        switch (report)
        {
            case IndexRebuildStarted started:
                Say($"rebuilding the index from {ByteCount.Format(started.JournalBytes)} of journal: {started.Reason}");
                break;
            case IndexRebuildProgressed progressed:
                Say($"  {ByteCount.Format(progressed.ReadBytes)} of {ByteCount.Format(progressed.JournalBytes)}");
                break;
            case IndexRebuilt rebuilt:
                Say($"the index is complete: {rebuilt.Records} records in {rebuilt.Elapsed.TotalSeconds:0.0} s");
                break;
            case TornTailCut cut:
                Say($"{cut.RemovedBytes} bytes of an unfinished write were cut from {cut.Segment}");
                break;
            case DamagedRecord damaged:
                Say($"damaged  {damaged.Segment} at {damaged.Offset}: {damaged.What}");
                break;
            case DamagedBlob damaged:
                Say($"damaged  blob {damaged.BlobId}: {damaged.What}");
                break;
            case DamagedIndex damaged:
                Say($"damaged  index: {damaged.What}");
                break;
        }
    }

    private void Say(FormattableString line)
    {
        lock (output)
        {
            output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
            output.Flush();
        }
    }

    private void Say(string line)
    {
        lock (output)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }
}
