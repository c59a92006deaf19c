using ObjectServer.Hosting;
using ObjectServer.Storage;
using ObjectServer.Storage.Journal;

namespace ObjectServer.Commands;

/// <summary>What can be done to a store that no server has open.</summary>
internal sealed class StoreCommands(StoppedStore stopped)
{
    /// <summary>Shows buckets, objects and bytes, and how the journal is.</summary>
    public Task<int> ShowInfoAsync(CancellationToken cancellation) => stopped.LookAsync(
        async store =>
        {
            var statistics = await store.ReadStatisticsAsync(cancellation);
            var journal = statistics.Journal;
            stopped.Say($"store         {Path.GetFullPath(stopped.Options.DataDirectory)}");
            stopped.Say($"buckets       {statistics.Buckets.Count}");
            stopped.Say($"objects       {statistics.Objects} (versions and delete markers)");
            stopped.Say($"content       {ByteCount.Format(statistics.Bytes)} ({statistics.Bytes} bytes)");
            stopped.Say($"journal       {journal.Segments} segments, {ByteCount.Format(journal.JournalBytes)}");
            stopped.Say($"dead bytes    {ByteCount.Format(journal.DeadBytes)}");
            stopped.Say($"last commit   {journal.LastLsn}, in the index {journal.AppliedLsn}");
            var health = store.ReadHealth();
            stopped.Say($"free on disk  {ByteCount.Format(health.Disk.FreeBytes)}");
            foreach (var (place, disk) in statistics.Places.Zip(health.Places, (place, asked) => (place, asked.Disk)))
            {
                stopped.Say($"{place.StorageClass,-13} {place.Directory}");
                stopped.Say($"  {place.Blobs} files {ByteCount.Format(place.Bytes)}, free {ByteCount.Format(disk?.FreeBytes ?? 0)}");
            }

            foreach (var bucket in statistics.Buckets)
            {
                stopped.Say($"  {bucket.Name,-63} {bucket.Objects,12} objects {ByteCount.Format(bucket.Bytes),12}");
            }

            return ObjectServerCommand.Success;
        },
        cancellation);

    /// <summary>Verifies everything; exit code 1 if anything is damaged.</summary>
    public Task<int> ScrubAsync(CancellationToken cancellation) => stopped.LookAsync(
        async store =>
        {
            var result = await store.ScrubAsync(
                after: null, bytesPerSecond: null, progress: null, cancellation);
            var journal = result.Journal;
            stopped.Say($"journal  {journal.Records} records in {journal.Segments} segments, {ByteCount.Format(journal.Bytes)}");
            stopped.Say($"blobs    {result.Blobs}, {ByteCount.Format(result.Bytes)}");
            stopped.Say(result.Index.Entries is { } entries
                ? $"index    {entries} entries, as the journal has them"
                : (FormattableString)$"index    not compared with the journal");
            foreach (var record in journal.Damaged)
            {
                stopped.Say($"damaged  {record.Segment} at {record.Offset}: {record.What}");
            }

            if (result.Index.Damaged.Count > 0 && journal.Damaged.Count == 0)
            {
                stopped.SayLine("The next start makes the index anew.");
            }

            stopped.SayLine(result.IsSound ? "Everything is sound." : "Some of it is damaged.");
            return result.IsSound ? ObjectServerCommand.Success : ObjectServerCommand.Failure;
        },
        cancellation);

    /// <summary>Discards the index and makes it anew.</summary>
    public Task<int> RebuildIndexAsync(CancellationToken cancellation) => stopped.GuardAsync(async () =>
    {
        var store = stopped.StoreOptions with { Journal = new JournalOptions { IndexEngine = stopped.Options.IndexEngine } };
        await LocalStore.RebuildIndexAsync(store, TimeProvider.System, stopped.Tell, cancellation);
        return ObjectServerCommand.Success;
    });
}
