using System.Text;
using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Journal;

namespace ObjectServer.Storage.Tests.Crash;

/// <summary>All that a closed store's metadata says, as text: every key, revision and summary, and all sums.</summary>
internal static class StoreDump
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>As it is recovered, and as it is made anew from the journal.</summary>
    public static async Task<(string Recovered, string Rebuilt)> OfBothAsync(LocalStoreOptions options)
    {
        using var directory = DataDirectory.Open(options.DataDirectory);
        var recovered = await OfAsync(directory, options);
        JournalMetadataStore.DiscardIndex(directory);
        return (recovered, await OfAsync(directory, options));
    }

    private static async Task<string> OfAsync(DataDirectory directory, LocalStoreOptions options)
    {
        // Nothing happens by itself meanwhile.
        var journal = options.Journal with { IndexInterval = TimeSpan.FromHours(1), CompactAboveDeadRatio = 1 };
        await using var store = await JournalMetadataStore.OpenAsync(
            directory, journal, TimeProvider.System, _ => { }, Cancellation);
        await store.FlushAsync();
        var text = new StringBuilder();
        foreach (var reading in await store.ScanAsync(default, 100_000, Cancellation))
        {
            text.AppendLine($"{Convert.ToHexString(reading.Key.Span)} {reading.Revision} "
                + Convert.ToHexString(reading.Summary.Span));
        }

        foreach (var tally in (await store.ReadTalliesAsync(Cancellation)).OrderBy(tally => tally.Group))
        {
            text.AppendLine(tally.ToString());
        }

        var statistics = store.ReadStatistics();
        return text.AppendLine(
            $"{statistics.Segments} {statistics.JournalBytes} {statistics.DeadBytes} {statistics.LastLsn}").ToString();
    }
}
