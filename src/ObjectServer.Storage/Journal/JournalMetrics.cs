using System.Diagnostics.Metrics;
using ObjectServer.Storage.Disk;

namespace ObjectServer.Storage.Journal;

/// <summary>
/// The journal's instruments in the meter <c>ObjectServer.Storage</c>: all observed, none costs a commit anything.
/// </summary>
internal sealed class JournalMetrics : IDisposable
{
    public const string MeterName = "ObjectServer.Storage";

    private readonly Meter _meter = new(MeterName);

    public JournalMetrics(
        JournalWriter writer, Func<JournalStatistics> statistics, Func<DiskSpace> disk)
    {
        _meter.CreateObservableCounter(
            "objectserver.journal.batches", () => writer.Written.Batches, "{batch}", "Batches made durable.");
        _meter.CreateObservableCounter(
            "objectserver.journal.bytes", () => writer.Written.Bytes, "By", "Bytes of journal records written.");
        _meter.CreateObservableCounter(
            "objectserver.journal.syncs", () => writer.Written.Syncs, "{sync}", "Syncs of the journal.");
        _meter.CreateObservableGauge(
            "objectserver.journal.segments", () => statistics().Segments, "{segment}", "Journal segments.");
        _meter.CreateObservableGauge(
            "objectserver.journal.size", () => statistics().JournalBytes, "By", "Bytes of all journal records.");
        _meter.CreateObservableGauge(
            "objectserver.journal.dead", () => statistics().DeadBytes, "By", "Journal bytes that nothing needs.");
        _meter.CreateObservableGauge(
            "objectserver.journal.read_only", () => statistics().IsReadOnly ? 1 : 0, "{flag}", "1 after a failed write.");
        _meter.CreateObservableGauge(
            "objectserver.pending.entries", () => statistics().PendingEntries, "{entry}", "Not yet in the index.");
        _meter.CreateObservableGauge(
            "objectserver.pending.size", () => statistics().PendingBytes, "By", "Memory of these entries.");
        _meter.CreateObservableGauge(
            "objectserver.index.lag",
            () => (long)(statistics().LastLsn - statistics().AppliedLsn),
            "{commit}",
            "Commits that the index does not hold yet.");
        _meter.CreateObservableGauge("objectserver.disk.free", () => disk().FreeBytes, "By", "Free bytes of the disk.");
    }

    public void Dispose() => _meter.Dispose();
}
