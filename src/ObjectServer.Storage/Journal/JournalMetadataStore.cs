using ObjectServer.Storage.Caching;
using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Index.Rocks;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Journal;

/// <summary>
/// Metadata in a journal, with a pending table and an index that make it readable: the journal alone is the truth.
/// </summary>
/// <remarks>
/// A read looks at one view of the pending table and then, where that says nothing, into the index. A key is in the
/// view until after the index has it, so it is never missed. A scan merges both, and begins anew if the index has
/// meanwhile taken commits that the view does not show, so that a page is one state of the store.
/// </remarks>
public sealed class JournalMetadataStore : IMetadataStore
{
    private readonly JournalSegments _segments;
    private readonly IIndex _index;
    private readonly PendingTable _pending;
    private readonly JournalWriter _writer;
    private readonly IndexFlusher _flusher;
    private readonly Compaction _compaction;
    private readonly JournalMetrics _metrics;
    private readonly JournalOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<StoreReport> _report;
    private readonly ITimer _indexTimer;
    private readonly KeyCache<StoredEntry> _records;
    private readonly SemaphoreSlim _compacting = new(1);
    private readonly CancellationTokenSource _closing = new();
    private int _isDisposed;

    private JournalMetadataStore(JournalParts parts)
    {
        _segments = parts.Segments;
        _index = parts.Index;
        _pending = parts.Pending;
        _options = parts.Options;
        _time = parts.Time;
        _report = parts.Report;
        _records = new KeyCache<StoredEntry>(_options.CacheBytes - IndexCacheBytes(_options));
        var reserve = new DiskReserve(parts.Disk, _options.DiskReserveBytes, _time, _report);
        _writer = new JournalWriter(_options, _segments, _pending, _index, reserve, _report);
        _flusher = new IndexFlusher(_pending, _index, failure => OnIndexFailure(parts.IndexFolder, failure));
        _writer.Frozen = _flusher.Signal;

        // What the recovery left for the index.
        _flusher.Signal();
        _compaction = new Compaction(
            _segments, _pending, _options, Look, WhereIs, CommitAdmittedAsync, _report);
        _metrics = new JournalMetrics(_writer, ReadStatistics, parts.Disk);
        _indexTimer = _time.CreateTimer(
            _ => _ = TendAsync(), null, _options.IndexInterval, _options.IndexInterval);
    }

    /// <summary>Why no more writes are taken; null while all is well.</summary>
    public Exception? Failure => _writer.Failure;

    /// <summary>
    /// Opens the journal of a data directory, making an empty one if there is none. Takes as long as the replay of what
    /// the index does not hold; much longer if the index has to be made anew, which is reported.
    /// </summary>
    /// <param name="directory">Whose journal; stays the caller's.</param>
    /// <param name="options">How it behaves.</param>
    /// <param name="time">For intervals and waits.</param>
    /// <param name="report">Told what an operator may want to know; called on any thread.</param>
    /// <param name="cancellation">Ends the wait between segments; nothing is lost.</param>
    /// <exception cref="StoreOpenException">The journal is damaged, incomplete, or of another store.</exception>
    public static Task<JournalMetadataStore> OpenAsync(
        DataDirectory directory,
        JournalOptions options,
        TimeProvider time,
        Action<StoreReport> report,
        CancellationToken cancellation) =>
        OpenAsync(directory, SystemDisk.Instance, options, time, report, cancellation);

    /// <summary>The same on a disk of the caller's choice.</summary>
    internal static Task<JournalMetadataStore> OpenAsync(
        DataDirectory directory,
        IDisk disk,
        JournalOptions options,
        TimeProvider time,
        Action<StoreReport> report,
        CancellationToken cancellation) =>
        Task.Run(
            () => Open(
                new DiskJournalDirectory(directory.JournalPath, disk),
                directory.IndexPath,
                directory.StoreId,
                BootIdentity.Read(),
                () => DiskSpace.Of(directory.Root),
                options,
                time,
                report),
            cancellation);

    /// <summary>Sets the index of a closed store aside, so that the next open makes it anew.</summary>
    /// <returns>What had made it; null if there was none, or it did not say.</returns>
    public static IndexEngine? DiscardIndex(DataDirectory directory)
    {
        var maker = IndexDirectory.FindMaker(directory.IndexPath);
        if (Directory.Exists(directory.IndexPath))
        {
            IndexDirectory.SetAside(directory.IndexPath);
        }

        return maker;
    }

    public ValueTask<MetadataReading> ReadAsync(ReadOnlyMemory<byte> key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(key, withContent: false));
    }

    public ValueTask<MetadataReading> ReadWithContentAsync(ReadOnlyMemory<byte> key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(key, withContent: true));
    }

    public ValueTask<IReadOnlyList<MetadataReading>> ScanAsync(
        MetadataRange range, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var view = _pending.View;
            var rows = view.Scan(_index, range, limit);
            if (_pending.ApplyingLsn > view.Lsn)
            {
                continue;
            }

            var page = new MetadataReading[rows.Count];
            for (var at = 0; at < page.Length; at++)
            {
                var (key, entry) = rows[at];
                page[at] = new MetadataReading(key, entry.Revision, view.Lsn, entry.Summary, default, default);
            }

            return ValueTask.FromResult<IReadOnlyList<MetadataReading>>(page);
        }
    }

    public async ValueTask<CommitOutcome> CommitAsync(MetadataBatch batch, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _writer.ThrowIfUnavailable();
        if (IsFull(_pending.View))
        {
            await AwaitRoomAsync(cancellation).ConfigureAwait(false);
        }

        return await _writer.CommitAsync(RecordEncoder.EncodeBatch(batch), batch).ConfigureAwait(false);
    }

    public ValueTask<IReadOnlyList<MetadataTally>> ReadTalliesAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return ValueTask.FromResult<IReadOnlyList<MetadataTally>>([.. _pending.CopyTotals().Tallies]);
    }

    /// <summary>The journal's figures now.</summary>
    public JournalStatistics ReadStatistics()
    {
        var view = _pending.View;
        var totals = _pending.CopyTotals();
        var oldest = totals.Segments.Keys.FirstOrDefault();
        return new JournalStatistics(
            _segments.Count,
            totals.Segments.Values.Sum(use => use.TotalBytes),
            totals.Segments.Sum(segment => Compaction.Dead(segment.Value, segment.Key == oldest)),
            view.Lsn,
            view.AppliedLsn,
            view.Count,
            view.Bytes,
            _writer.Failure is not null);
    }

    /// <summary>Moves everything that is committed now to the index, and makes the index durable.</summary>
    /// <exception cref="IOException">The index cannot be written.</exception>
    public async Task FlushAsync()
    {
        await _writer.FreezeAsync().ConfigureAwait(false);
        await _flusher.FlushAsync().ConfigureAwait(false);
    }

    /// <summary>Rewrites and removes every closed segment that is dead enough, as also happens by itself.</summary>
    /// <returns>How many segments were removed.</returns>
    public async Task<int> CompactAsync(CancellationToken cancellation)
    {
        await _compacting.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            await FlushAsync().ConfigureAwait(false);
            return await _compaction.RunAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _compacting.Release();
        }
    }

    /// <summary>Reads and verifies every durable record of the journal. May run beside everything else.</summary>
    public async Task<JournalVerification> VerifyAsync(CancellationToken cancellation)
    {
        var damaged = new List<DamagedRecord>();
        var (records, bytes, count) = (0L, 0L, 0);
        foreach (var segment in _segments.InOrder)
        {
            try
            {
                var found = await Task.Run(() => Verify(segment, damaged, cancellation), cancellation)
                    .ConfigureAwait(false);
                records += found.Records;
                bytes += found.Bytes;
                count++;
            }
            catch (ObjectDisposedException)
            {
                // Compacted away meanwhile, after every record of it was verified.
            }
            catch (IOException failure)
            {
                damaged.Add(new DamagedRecord(
                    segment.Name, 0, $"The segment cannot be read to its end: {failure.Message}"));
            }
        }

        damaged.ForEach(_report);
        return new JournalVerification(count, records, bytes, damaged);
    }

    /// <summary>Writes what has queued, moves everything to the index, and closes both.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _indexTimer.DisposeAsync().ConfigureAwait(false);
        await _closing.CancelAsync().ConfigureAwait(false);
        await _compacting.WaitAsync().ConfigureAwait(false);
        await Task.Run(() =>
        {
            _metrics.Dispose();
            _writer.Close();
            _flusher.Stop();
            _index.Dispose();
            _segments.Dispose();
        }).ConfigureAwait(false);
        _compacting.Dispose();
        _closing.Dispose();
    }

    /// <summary>Opens a journal whose parts a test may choose.</summary>
    internal static JournalMetadataStore Open(
        IJournalDirectory journal,
        string indexPath,
        Guid storeId,
        string? boot,
        Func<DiskSpace> disk,
        JournalOptions options,
        TimeProvider time,
        Action<StoreReport> report)
    {
        var segments = new JournalSegments(journal, storeId);
        try
        {
            segments.OpenAll();
            var started = time.GetTimestamp();
            var (folder, stored, isRebuild) = OpenIndex(
                indexPath, options.IndexEngine, storeId, boot, segments, report);
            var index = new CachingIndex(stored, IndexCacheBytes(options));
            try
            {
                var pending = new PendingTable(index.State);
                var records = Recovery.Run(segments, pending, index, options, report);
                report(isRebuild
                    ? new IndexRebuilt(records, time.GetElapsedTime(started))
                    : new JournalReplayed(records, pending.View.Lsn));
                return new JournalMetadataStore(new JournalParts(
                    segments, index, folder, pending, disk, options, time, report));
            }
            catch
            {
                index.Dispose();
                throw;
            }
        }
        catch
        {
            segments.Dispose();
            throw;
        }
    }

    private static (IndexDirectory Folder, IIndex Index, bool IsRebuild) OpenIndex(
        string path,
        IndexEngine? wanted,
        Guid storeId,
        string? boot,
        JournalSegments segments,
        Action<StoreReport> report)
    {
        var engine = wanted ?? IndexDirectory.FindMaker(path) ?? IndexEngine.LiteDb;
        if (engine == IndexEngine.RocksDb)
        {
            RocksDbHandle.RequireLibrary();
        }

        var reason = "There is no index.";
        if (Directory.Exists(path))
        {
            try
            {
                var folder = IndexDirectory.Open(path, engine, storeId, boot);
                return (folder, OpenEngine(folder), false);
            }
            catch (IndexDamagedException damage)
            {
                reason = damage.Message;
                IndexDirectory.SetAside(path);
            }
        }

        var journalBytes = Recovery.Measure(segments);
        if (journalBytes > 0)
        {
            report(new IndexRebuildStarted(reason, journalBytes));
        }

        var made = IndexDirectory.Open(path, engine, storeId, boot);
        return (made, OpenEngine(made), journalBytes > 0);
    }

    private static IIndex OpenEngine(IndexDirectory folder) =>
        folder.Engine == IndexEngine.RocksDb ? RocksDbIndex.Open(folder) : LiteDbIndex.Open(folder);

    private static (long Records, long Bytes) Verify(
        JournalSegment segment, List<DamagedRecord> damaged, CancellationToken cancellation)
    {
        var end = segment.Length;
        var reader = new SegmentReader(segment.File, segment.Nonce, JournalFormat.SegmentHeaderBytes);
        var (records, expected) = (0L, segment.FirstLsn);
        while (reader.Offset < end)
        {
            cancellation.ThrowIfCancellationRequested();
            if (reader.TryRead(out var record))
            {
                records++;
                expected = record.Lsn + 1;
                continue;
            }

            damaged.Add(new DamagedRecord(segment.Name, reader.Offset, "The record fails its checksum."));
            if (!reader.TrySkipTo(expected))
            {
                break;
            }
        }

        return (records, end);
    }

    private MetadataReading Read(ReadOnlyMemory<byte> key, bool withContent)
    {
        while (true)
        {
            var (lsn, found) = Find(key.Span);
            if (found is not { } entry)
            {
                return new MetadataReading(key, 0, lsn, default, default, default);
            }

            // Null: the segment was compacted away after the look-up, and the record lies elsewhere now.
            if (ReadRecord(key.Span, entry.Location, withContent) is { } stored)
            {
                return new MetadataReading(
                    stored.Key, entry.Revision, lsn, stored.Summary, stored.Record, stored.Content);
            }
        }
    }

    /// <summary>
    /// A record from memory or from its segment. What lies at a place never changes, so a record that was verified once
    /// is good for as long as its key is found to lie there.
    /// </summary>
    private StoredEntry? ReadRecord(ReadOnlySpan<byte> key, in RecordLocation location, bool withContent)
    {
        if (_records.TryGet(key, out var known)
            && known.Location == location
            && (!withContent || known.Content.Length == location.ContentBytes))
        {
            return known;
        }

        var read = _segments.Read(key, location, withContent);
        if (read is { } found)
        {
            _records.Keep(key, found, (int)(withContent ? location.TotalBytes : location.HeadBytes), _records.Changes);
        }

        return read;
    }

    /// <summary>A key's entry, and the last commit that the answer is known to have seen.</summary>
    private (ulong Lsn, IndexEntry? Entry) Find(ReadOnlySpan<byte> key)
    {
        var view = _pending.View;
        if (view.TryGet(key, out var pending))
        {
            return (view.Lsn, pending.IsRemoval
                ? null
                : new IndexEntry(pending.Location, pending.Revision, pending.Summary));
        }

        return (view.Lsn, _index.TryGet(key, out var entry) ? entry : null);
    }

    private MetadataReading Look(ReadOnlyMemory<byte> key)
    {
        var (lsn, entry) = Find(key.Span);
        return new MetadataReading(key, entry?.Revision ?? 0, lsn, default, default, default);
    }

    private RecordLocation? WhereIs(ReadOnlyMemory<byte> key) => Find(key.Span).Entry?.Location;

    private async Task<CommitOutcome> CommitAdmittedAsync(
        EncodedRecord record, MetadataBatch conditions, CancellationToken cancellation)
    {
        if (IsFull(_pending.View))
        {
            await AwaitRoomAsync(cancellation).ConfigureAwait(false);
        }

        return await _writer.CommitAsync(record, conditions).ConfigureAwait(false);
    }

    private static long IndexCacheBytes(JournalOptions options) => options.CacheBytes / 4;

    private bool IsFull(PendingView view) =>
        view.Bytes > _options.MaxPendingBytes || view.Count > _options.MaxPendingEntries;

    private async Task AwaitRoomAsync(CancellationToken cancellation)
    {
        var started = _time.GetTimestamp();
        while (true)
        {
            var relief = _flusher.Relief;
            _writer.ThrowIfUnavailable();
            if (!IsFull(_pending.View))
            {
                return;
            }

            await _writer.FreezeAsync().ConfigureAwait(false);
            var left = _options.MaxCommitWait - _time.GetElapsedTime(started);
            try
            {
                await relief.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time, cancellation)
                    .ConfigureAwait(false);
            }
            catch (TimeoutException late)
            {
                throw new StoreUnavailableException(
                    UnavailableReason.Overloaded,
                    "More writes are waiting for the index than memory allows. Try again later.",
                    late);
            }
        }
    }

    /// <summary>What happens from time to time: the index takes what is pending, and dead segments go.</summary>
    private async Task TendAsync()
    {
        try
        {
            if (await _compacting.WaitAsync(0).ConfigureAwait(false))
            {
                try
                {
                    await FlushAsync().ConfigureAwait(false);
                    await _compaction.RunAsync(_closing.Token).ConfigureAwait(false);
                }
                finally
                {
                    _compacting.Release();
                }
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or ObjectDisposedException)
        {
            // The store is closing.
        }
        catch (StoreUnavailableException)
        {
            // Compaction goes on when writes do.
        }
        catch (IndexDamagedException)
        {
            // Reported by the flusher.
        }
        catch (IOException failure)
        {
            _report(new CompactionFailed("", failure));
        }
    }

    private void OnIndexFailure(IndexDirectory folder, Exception failure)
    {
        _report(new IndexFailed(failure));
        _writer.Fail(failure);
        try
        {
            folder.Distrust();
        }
        catch (Exception also) when (also is IOException or UnauthorizedAccessException)
        {
            _report(new IndexFailed(also));
        }
    }

    private sealed record JournalParts(
        JournalSegments Segments,
        IIndex Index,
        IndexDirectory IndexFolder,
        PendingTable Pending,
        Func<DiskSpace> Disk,
        JournalOptions Options,
        TimeProvider Time,
        Action<StoreReport> Report);
}
