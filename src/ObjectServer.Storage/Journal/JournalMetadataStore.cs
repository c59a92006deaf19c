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
    /// <summary>So many differences of the index are kept in a result.</summary>
    private const int MaxFindings = 1000;

    private readonly JournalSegments _segments;
    private readonly WatchedIndex _index;
    private readonly IndexDirectory _indexFolder;
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
    private int _isIndexDamaged;

    private JournalMetadataStore(JournalParts parts)
    {
        _segments = parts.Segments;
        _index = new WatchedIndex(parts.Index, OnIndexDamage);
        _indexFolder = parts.IndexFolder;
        _pending = parts.Pending;
        _options = parts.Options;
        _time = parts.Time;
        _report = parts.Report;
        _records = new KeyCache<StoredEntry>(_options.CacheBytes - IndexCacheBytes(_options));
        var reserve = new DiskReserve(parts.Disk, _options.DiskReserveBytes, _time, _report);
        _writer = new JournalWriter(_options, _segments, _pending, _index, reserve, _report);
        _flusher = new IndexFlusher(_pending, _index, OnIndexFailure);
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
                () => disk.SpaceOf(directory.Root),
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

    /// <summary>
    /// Reads and verifies all of the index and compares it with the journal. May run beside everything else but
    /// compaction, which waits.
    /// </summary>
    /// <param name="isJournalSound">
    /// Whether the journal was found sound: with one that is damaged nothing is compared, and an index that is damaged
    /// too stays in use, because it could not be made anew.
    /// </param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<IndexVerification> VerifyIndexAsync(bool isJournalSound, CancellationToken cancellation)
    {
        var damaged = new List<DamagedIndex>();
        long? entries = null;
        await _compacting.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            // The sums are exact once the index has all: only then is what it replaces counted as dead.
            await FlushAsync().ConfigureAwait(false);
            await Task.Run(
                () =>
                {
                    _index.Verify(Found, cancellation);
                    if (isJournalSound && damaged.Count == 0)
                    {
                        entries = CompareIndex(Found, cancellation);
                    }
                },
                cancellation).ConfigureAwait(false);
        }
        catch (IndexDamagedException damage)
        {
            Found(damage.Message);
        }
        finally
        {
            _compacting.Release();
        }

        if (damaged.Count > 0 && isJournalSound)
        {
            Distrust();
        }

        return new IndexVerification(damaged.Count == 0 ? entries : null, damaged);

        void Found(string what)
        {
            var damage = new DamagedIndex(what);
            _report(damage);
            if (damaged.Count < MaxFindings)
            {
                damaged.Add(damage);
            }
        }
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
            try
            {
                _index.Dispose();
            }
            catch (IndexDamagedException failure)
            {
                _report(new IndexFailed(failure));
                Distrust();
            }

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
            var opening = new IndexOpening(
                indexPath,
                options.IndexEngine ?? IndexDirectory.FindMaker(indexPath) ?? IndexEngine.LiteDb,
                storeId,
                boot,
                segments,
                report);
            try
            {
                return Recover(OpenIndex(opening));
            }
            catch (IndexDamagedException damage)
            {
                // It opened well, and recovery was the first to read what is damaged.
                return Recover(MakeIndexAnew(opening, damage.Message));
            }
        }
        catch
        {
            segments.Dispose();
            throw;
        }

        JournalMetadataStore Recover(OpenedIndex opened)
        {
            var index = new CachingIndex(opened.Index, IndexCacheBytes(options));
            try
            {
                var started = time.GetTimestamp();
                var pending = new PendingTable(index.State);
                var records = Recovery.Run(segments, pending, index, options, report);
                report(opened.IsRebuild
                    ? new IndexRebuilt(records, time.GetElapsedTime(started))
                    : new JournalReplayed(records, pending.View.Lsn));
                return new JournalMetadataStore(new JournalParts(
                    segments, index, opened.Folder, pending, disk, options, time, report));
            }
            catch
            {
                Abandon(index);
                throw;
            }
        }
    }

    private static OpenedIndex OpenIndex(IndexOpening opening)
    {
        if (opening.Engine == IndexEngine.RocksDb)
        {
            RocksDbHandle.RequireLibrary();
        }

        if (!Directory.Exists(opening.Path))
        {
            return MakeIndexAnew(opening, "There is no index.");
        }

        try
        {
            var folder = IndexDirectory.Open(opening.Path, opening.Engine, opening.StoreId, opening.Boot);
            return new OpenedIndex(folder, OpenEngine(folder), IsRebuild: false);
        }
        catch (IndexDamagedException damage)
        {
            return MakeIndexAnew(opening, damage.Message);
        }
    }

    private static OpenedIndex MakeIndexAnew(IndexOpening opening, string reason)
    {
        if (Directory.Exists(opening.Path))
        {
            IndexDirectory.SetAside(opening.Path);
        }

        var journalBytes = Recovery.Measure(opening.Segments);
        if (journalBytes > 0)
        {
            opening.Report(new IndexRebuildStarted(reason, journalBytes));
        }

        var made = IndexDirectory.Open(opening.Path, opening.Engine, opening.StoreId, opening.Boot);
        return new OpenedIndex(made, OpenEngine(made), IsRebuild: journalBytes > 0);
    }

    private static IIndex OpenEngine(IndexDirectory folder) =>
        folder.Engine == IndexEngine.RocksDb ? RocksDbIndex.Open(folder) : LiteDbIndex.Open(folder);

    /// <summary>Closes an index that is of no use; what else is wrong with it does not matter.</summary>
    private static void Abandon(CachingIndex index)
    {
        try
        {
            index.Dispose();
        }
        catch (IOException)
        {
            // What made it useless is on its way to the caller.
        }
    }

    private long CompareIndex(Action<string> found, CancellationToken cancellation)
    {
        var comparison = new IndexComparison(
            _segments, key => Find(key.Span).Entry, () => _pending.View.Lsn, found);
        comparison.CompareEntries(() => _pending.View.Count == 0 ? _pending.CopyTotals() : null, cancellation);
        return comparison.CompareRows((range, limit) => _pending.View.Scan(_index, range, limit), cancellation);
    }

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
        RecordLocation? gone = null;
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

            if (gone == entry.Location)
            {
                var damage = new IndexDamagedException(
                    $"The index points into {JournalFormat.SegmentName(entry.Location.Segment)}, which is not there.");
                OnIndexDamage(damage);
                throw damage;
            }

            gone = entry.Location;
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

    /// <summary>
    /// A look into the index met damage: whoever looked is refused, everyone else goes on, and the next start makes the
    /// index anew.
    /// </summary>
    private void OnIndexDamage(IndexDamagedException damage)
    {
        if (Interlocked.Exchange(ref _isIndexDamaged, 1) == 0)
        {
            _report(new DamagedIndex(damage.Message));
            Distrust();
        }
    }

    /// <summary>The index took nothing: what is pending cannot leave memory, so no more can be taken.</summary>
    private void OnIndexFailure(Exception failure)
    {
        _report(new IndexFailed(failure));
        _writer.Fail(failure);
        Distrust();
    }

    private void Distrust()
    {
        try
        {
            _indexFolder.Distrust();
        }
        catch (Exception also) when (also is IOException or UnauthorizedAccessException)
        {
            _report(new IndexFailed(also));
        }
    }

    private sealed record OpenedIndex(IndexDirectory Folder, IIndex Index, bool IsRebuild);

    private sealed record IndexOpening(
        string Path, IndexEngine Engine, Guid StoreId, string? Boot, JournalSegments Segments, Action<StoreReport> Report);

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
