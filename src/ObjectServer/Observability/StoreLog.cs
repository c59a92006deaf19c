using Microsoft.Extensions.Logging;
using ObjectServer.Storage.Maintenance;
using ObjectServer.Storage.Model;

namespace ObjectServer.Observability;

/// <summary>Logs what the store reports of itself.</summary>
internal static partial class StoreLog
{
    /// <summary>The line that belongs to a report.</summary>
    public static void Report(ILogger log, StoreReport report)
    {
        switch (report)
        {
            case IndexRebuildStarted started:
                RebuildStarted(log, started.Reason, started.JournalBytes);
                break;
            case IndexRebuildProgressed progressed:
                RebuildProgressed(log, progressed.ReadBytes, progressed.JournalBytes);
                break;
            case IndexRebuilt rebuilt:
                Rebuilt(log, rebuilt.Records, rebuilt.Elapsed.TotalSeconds);
                break;
            case JournalReplayed { Records: 0 }:
                // The store was closed in good order: nothing that anyone need know.
                break;
            case JournalReplayed replayed:
                Replayed(log, replayed.Records, replayed.LastLsn);
                break;
            case TornTailCut cut:
                TailCut(log, cut.RemovedBytes, cut.Segment, cut.Offset);
                break;
            case SegmentCompacted compacted:
                Compacted(log, compacted.Segment, compacted.Bytes, compacted.MovedBytes);
                break;
            case CompactionFailed failed:
                CompactionFault(log, failed.Cause, failed.Segment);
                break;
            case WriteFailed failed:
                WriteFault(log, failed.Cause);
                break;
            case DamagedRecord damaged:
                RecordDamaged(log, damaged.Segment, damaged.Offset, damaged.What);
                break;
            case DamagedBlob damaged:
                BlobDamaged(log, damaged.BlobId, damaged.Directory, damaged.What);
                break;
            case DamagedIndex damaged:
                IndexDamaged(log, damaged.What);
                break;
            case IndexFailed failed:
                IndexFault(log, failed.Cause);
                break;
            case DiskReserveCrossed { IsLow: true } crossed:
                DiskLow(log, crossed.FreeBytes, crossed.ReserveBytes);
                break;
            case DiskReserveCrossed crossed:
                DiskRoomy(log, crossed.FreeBytes, crossed.ReserveBytes);
                break;
            case SweepFinished swept:
                Swept(log, swept.Blobs, swept.BlobBytes, swept.Uploads, swept.Completions);
                break;
            case SweepFailed failed:
                SweepFault(log, failed.Cause);
                break;
            default:
                Other(log, report);
                break;
        }
    }

    [LoggerMessage(30, LogLevel.Warning, "The index is being rebuilt from {JournalBytes} bytes of journal: {Reason}")]
    private static partial void RebuildStarted(ILogger log, string reason, long journalBytes);

    [LoggerMessage(31, LogLevel.Information, "Read {ReadBytes} of {JournalBytes} bytes of journal.")]
    private static partial void RebuildProgressed(ILogger log, long readBytes, long journalBytes);

    [LoggerMessage(32, LogLevel.Information, "The index is complete: {Records} records in {Seconds:0.0} s.")]
    private static partial void Rebuilt(ILogger log, long records, double seconds);

    [LoggerMessage(33, LogLevel.Information, "{Records} records that the index lacked were read, up to commit {LastLsn}.")]
    private static partial void Replayed(ILogger log, long records, ulong lastLsn);

    [LoggerMessage(34, LogLevel.Warning,
        "{RemovedBytes} bytes of an unfinished, never acknowledged write were cut from {Segment} at {Offset}.")]
    private static partial void TailCut(ILogger log, long removedBytes, string segment, long offset);

    [LoggerMessage(35, LogLevel.Information, "{Segment} was compacted: of {Bytes} bytes {MovedBytes} were alive.")]
    private static partial void Compacted(ILogger log, string segment, long bytes, long movedBytes);

    [LoggerMessage(36, LogLevel.Error, "{Segment} could not be compacted; it stays as it is.")]
    private static partial void CompactionFault(ILogger log, Exception cause, string segment);

    [LoggerMessage(37, LogLevel.Critical, "A write to the disk failed: the store only reads until it is restarted.")]
    private static partial void WriteFault(ILogger log, Exception cause);

    [LoggerMessage(38, LogLevel.Error, "{Segment} is damaged at {Offset}: {What}")]
    private static partial void RecordDamaged(ILogger log, string segment, long offset, string what);

    [LoggerMessage(39, LogLevel.Error, "The blob {BlobId} in {Directory} is damaged: {What}")]
    private static partial void BlobDamaged(ILogger log, string blobId, string directory, string what);

    [LoggerMessage(40, LogLevel.Error, "The index failed; the next start rebuilds it from the journal.")]
    private static partial void IndexFault(ILogger log, Exception cause);

    [LoggerMessage(46, LogLevel.Error, "The index is damaged: {What}")]
    private static partial void IndexDamaged(ILogger log, string what);

    [LoggerMessage(41, LogLevel.Warning,
        "{FreeBytes} bytes of the disk are free, less than the reserve of {ReserveBytes}: only reads and deletes go on.")]
    private static partial void DiskLow(ILogger log, long freeBytes, long reserveBytes);

    [LoggerMessage(42, LogLevel.Information,
        "{FreeBytes} bytes of the disk are free again, more than the reserve of {ReserveBytes}: writes go on.")]
    private static partial void DiskRoomy(ILogger log, long freeBytes, long reserveBytes);

    [LoggerMessage(43, LogLevel.Information,
        "Swept {Blobs} blobs of {BlobBytes} bytes, {Uploads} uploads and {Completions} outcomes that nothing needed.")]
    private static partial void Swept(ILogger log, long blobs, long blobBytes, long uploads, long completions);

    [LoggerMessage(44, LogLevel.Error, "A sweep stopped half way; the next one begins anew.")]
    private static partial void SweepFault(ILogger log, Exception cause);

    [LoggerMessage(45, LogLevel.Information, "{Report}")]
    private static partial void Other(ILogger log, StoreReport report);
}
