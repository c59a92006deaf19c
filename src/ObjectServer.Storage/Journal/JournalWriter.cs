using ObjectServer.Storage.Index;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Journal;

/// <summary>
/// The one thread that writes the journal. It takes all commits that have queued, judges each against everything before
/// it, writes those that stand with one gathered write, syncs once, shows them to readers, and only then answers
/// anyone: also a refusal may rest on a batch that is not durable until then.
/// </summary>
/// <remarks>
/// A failed write or sync is final: what reached the disk is unknown, and a second sync that succeeds would prove
/// nothing. The group is refused and, where that can be done, cut off again; so is everything after it refused, until a
/// restart reads back what is really there.
/// </remarks>
internal sealed class JournalWriter
{
    /// <summary>The file grows by zeros in steps of this size: a sync within it need not record a new length.</summary>
    private const int ExtensionBytes = 1 << 20;

    private const int MaxGroupCommits = 1024;

    private readonly JournalOptions _options;
    private readonly JournalSegments _segments;
    private readonly PendingTable _pending;
    private readonly IIndex _index;
    private readonly DiskReserve _reserve;
    private readonly Action<StoreReport> _report;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private readonly byte[] _zeros = new byte[ExtensionBytes];

    private List<object> _queue = [];
    private bool _isClosing;
    private JournalSegment _head;
    private long _extendedTo;
    private bool _hasWritten;
    private volatile Exception? _failure;
    private long _batches;
    private long _bytes;
    private long _syncs;

    public JournalWriter(
        JournalOptions options,
        JournalSegments segments,
        PendingTable pending,
        IIndex index,
        DiskReserve reserve,
        Action<StoreReport> report)
    {
        _options = options;
        _segments = segments;
        _pending = pending;
        _index = index;
        _reserve = reserve;
        _report = report;
        _head = segments.Head;
        _extendedTo = _head.File.Length;
        _thread = new Thread(Run) { Name = "ObjectServer journal", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Why nothing is written any more; null while all is well.</summary>
    public Exception? Failure => _failure;

    /// <summary>Batches that were made durable, the bytes of their records, and the syncs that it took.</summary>
    public (long Batches, long Bytes, long Syncs) Written =>
        (Volatile.Read(ref _batches), Volatile.Read(ref _bytes), Volatile.Read(ref _syncs));

    /// <summary>Called on the writer's thread after it has frozen a generation.</summary>
    public Action Frozen { get; set; } = () => { };

    /// <summary>Queues a record; completes when it is durable and visible, or refused.</summary>
    /// <param name="record">The record; released by the writer.</param>
    /// <param name="conditions">What must hold; null for a record that the journal writes on its own account.</param>
    /// <exception cref="StoreUnavailableException">Nothing is written any more.</exception>
    public Task<CommitOutcome> CommitAsync(EncodedRecord record, MetadataBatch? conditions)
    {
        var commit = new QueuedCommit(record, conditions);
        lock (_gate)
        {
            ThrowIfUnavailable();
            _queue.Add(commit);
            if (_queue.Count == 1)
            {
                Monitor.Pulse(_gate);
            }
        }

        return commit.Task;
    }

    /// <summary>Freezes what is pending, so that the index can take it; completes when that is done.</summary>
    public Task FreezeAsync()
    {
        var freeze = new QueuedFreeze();
        lock (_gate)
        {
            if (_isClosing)
            {
                return Task.CompletedTask;
            }

            _queue.Add(freeze);
            Monitor.Pulse(_gate);
        }

        return freeze.Task;
    }

    /// <summary>Takes no more writes, for a reason that lies outside the journal's files.</summary>
    public void Fail(Exception cause)
    {
        if (Interlocked.CompareExchange(ref _failure, cause, null) is null)
        {
            _report(new WriteFailed(cause));
        }
    }

    /// <summary>Writes all that has queued, marks the journal as closed in good order, and ends the thread.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosing = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    /// <exception cref="StoreUnavailableException">Nothing is written any more.</exception>
    public void ThrowIfUnavailable()
    {
        if (_failure is { } cause)
        {
            throw ReadOnly(cause);
        }

        if (_isClosing)
        {
            throw new StoreUnavailableException(UnavailableReason.Closing, "The store is closing.");
        }
    }

    private static StoreUnavailableException ReadOnly(Exception cause) => new(
        UnavailableReason.ReadOnly,
        $"The store takes no more writes until it is restarted, because an earlier one failed: {cause.Message}",
        cause);

    private void Run()
    {
        var taken = new List<object>();
        while (true)
        {
            lock (_gate)
            {
                while (_queue.Count == 0 && !_isClosing)
                {
                    Monitor.Wait(_gate);
                }
            }

            // Where threads wait for a core, those that are about to commit go first: one sync then serves more of
            // them. Where none waits, this costs nothing.
            Thread.Yield();

            lock (_gate)
            {
                if (_queue.Count == 0)
                {
                    break;
                }

                (taken, _queue) = (_queue, taken);
            }

            WriteAll(taken);
            taken.Clear();
        }

        CloseJournal();
    }

    private void WriteAll(List<object> taken)
    {
        var group = new List<QueuedCommit>();
        var groupBytes = 0L;
        foreach (var item in taken)
        {
            if (item is QueuedCommit commit)
            {
                if (group.Count == MaxGroupCommits || groupBytes + commit.Record.Length > _options.MaxGroupBytes)
                {
                    WriteGroup(group);
                    groupBytes = 0;
                }

                group.Add(commit);
                groupBytes += commit.Record.Length;
            }
            else if (item is QueuedFreeze freeze)
            {
                WriteGroup(group);
                groupBytes = 0;
                Freeze();
                freeze.SetResult();
            }
        }

        WriteGroup(group);
    }

    private void WriteGroup(List<QueuedCommit> group)
    {
        if (group.Count == 0)
        {
            return;
        }

        try
        {
            if (_failure is { } cause)
            {
                throw ReadOnly(cause);
            }

            JudgeAndWrite(group);
        }
        catch (Exception failure)
        {
            var refusal = failure as StoreUnavailableException ?? ReadOnly(failure);
            foreach (var commit in group)
            {
                commit.TrySetException(refusal);
            }
        }
        finally
        {
            foreach (var commit in group)
            {
                commit.Record.Release();
            }

            group.Clear();
        }
    }

    private void JudgeAndWrite(List<QueuedCommit> group)
    {
        var edit = _pending.Edit();
        var buffers = new List<ReadOnlyMemory<byte>>(group.Count + 1);
        try
        {
            if (_head.Length >= _options.SegmentBytes)
            {
                BeginSegment();
            }

            var lsn = _pending.View.Lsn;
            var end = _head.Length;
            foreach (var commit in group)
            {
                Judge(commit, edit);
                if (commit.Outcome != CommitOutcome.Committed || commit.Refusal is not null || commit.ChangesNothing)
                {
                    continue;
                }

                lsn++;
                buffers.Add(commit.Record.Stamp(lsn, (uint)buffers.Count, _head.Nonce));
                RecordEffects.Take(edit, commit.Record, lsn, _head.FirstLsn, end);
                end += commit.Record.Length;
            }

            if (buffers.Count > 0)
            {
                Write(buffers, end);
                _head.Length = end;
                _pending.Publish(edit, new JournalPosition(lsn, _head.FirstLsn, end));
            }
        }
        catch (Exception failure) when (failure is not StoreUnavailableException)
        {
            Fail(failure);
            CutBack();
            throw;
        }

        var active = _pending.View.Active;
        if (active.Table.Count >= Math.Min(_options.IndexBatchEntries, Math.Max(1, _options.MaxPendingEntries / 4))
            || active.Bytes >= _options.MaxPendingBytes / 4)
        {
            Freeze();
        }

        foreach (var commit in group)
        {
            commit.Complete();
        }
    }

    private void Write(List<ReadOnlyMemory<byte>> buffers, long end)
    {
        var records = buffers.Count;
        if (end > _extendedTo)
        {
            _extendedTo = end;
            var room = (int)Math.Min(ExtensionBytes - (end % ExtensionBytes), _options.SegmentBytes - end);
            if (room > 0)
            {
                buffers.Add(_zeros.AsMemory(0, room));
                _extendedTo += room;
            }
        }

        _head.File.Write(buffers, _head.Length);
        _head.File.Sync();
        _hasWritten = true;
        Volatile.Write(ref _batches, _batches + records);
        Volatile.Write(ref _bytes, _bytes + end - _head.Length);
        Volatile.Write(ref _syncs, _syncs + 1);
    }

    /// <summary>
    /// Takes back what was written and is not acknowledged, if the disk still lets it: else the next start could find a
    /// write that was refused, and that every reader since was not shown.
    /// </summary>
    private void CutBack()
    {
        try
        {
            _head.File.Truncate(_head.Length);
            _head.File.Sync();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The disk fails for good, and the store writes no more; whole records that did arrive stand.
        }
    }

    /// <summary>
    /// Everything in the old segment is synced before the new one exists: only the last one can be torn.
    /// </summary>
    private void BeginSegment()
    {
        _head.File.Truncate(_head.Length);
        _head.File.Sync();
        _head = _segments.Create(_pending.View.Lsn + 1);
        _extendedTo = _head.Length;
    }

    private void Freeze()
    {
        if (_pending.Freeze())
        {
            Frozen();
        }
    }

    private void CloseJournal()
    {
        if (_failure is not null)
        {
            return;
        }

        try
        {
            if (_hasWritten)
            {
                var closed = new List<QueuedCommit> { new(RecordEncoder.EncodeClosed(), null) };
                WriteGroup(closed);
            }

            _head.File.Truncate(_head.Length);
            _head.File.Sync();
        }
        catch (Exception failure)
        {
            // Nobody waits for this thread's exceptions; whoever asks for the store's health learns of it.
            Fail(failure);
        }

        Freeze();
    }

    private void Judge(QueuedCommit commit, PendingEdit edit)
    {
        if (commit.Conditions is not { } conditions)
        {
            return;
        }

        try
        {
            foreach (var reading in conditions.Required)
            {
                if (!Stands(reading, edit))
                {
                    commit.Outcome = CommitOutcome.Changed;
                    return;
                }
            }

            foreach (var prefix in conditions.RequiredEmpty)
            {
                if (edit.ToView().Scan(_index, MetadataRange.WithPrefix(prefix), 1).Count > 0)
                {
                    commit.Outcome = CommitOutcome.NotEmpty;
                    return;
                }
            }

            if (!MayUseReserve(conditions) && _reserve.IsLow())
            {
                commit.Refusal = new StoreUnavailableException(
                    UnavailableReason.DiskNearlyFull,
                    "The disk has less free space than the configured reserve. Reads and deletes go on.");
            }
        }
        catch (IndexDamagedException damage)
        {
            commit.Refusal = damage;
        }
    }

    /// <summary>
    /// Whether a reading is still true. A pending change decides at once. Without one, nothing has changed since the
    /// reading if all that has left the pending table since was there before it; else the index knows.
    /// </summary>
    private bool Stands(MetadataReading reading, PendingEdit edit)
    {
        if (edit.TryGet(reading.Key.Span, out var pending))
        {
            return pending.Revision == reading.Revision;
        }

        if (reading.AsOf >= _pending.View.AppliedLsn && reading.AsOf != 0)
        {
            return true;
        }

        return _index.TryGet(reading.Key.Span, out var entry)
            ? entry.Revision == reading.Revision
            : reading.Revision == 0;
    }

    /// <summary>
    /// A batch that makes room on the journal's disk in the end, or writes no record, or is needed to open the store. A
    /// deletion of what lies elsewhere, or is shared, makes none and takes none.
    /// </summary>
    private static bool MayUseReserve(MetadataBatch batch)
    {
        if (batch.MayUseReserve || batch.HomeBytes < 0 || batch.Changes.All(change => change.IsRemoval))
        {
            return true;
        }

        return batch.HomeBytes == 0
            && batch.Changes.Any(change => change.IsRemoval)
            && batch.Tallies.Where(tally => tally.Group > byte.MaxValue).Sum(tally => tally.Bytes) <= 0;
    }

    private sealed class QueuedCommit(EncodedRecord record, MetadataBatch? conditions)
        : TaskCompletionSource<CommitOutcome>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public EncodedRecord Record { get; } = record;

        public MetadataBatch? Conditions { get; } = conditions;

        public CommitOutcome Outcome { get; set; }

        public Exception? Refusal { get; set; }

        /// <summary>Whether it only judges.</summary>
        public bool ChangesNothing =>
            Record is { Type: RecordType.Batch, Entries.Count: 0, Tallies.Count: 0 };

        public void Complete()
        {
            if (Refusal is null)
            {
                SetResult(Outcome);
            }
            else
            {
                SetException(Refusal);
            }
        }
    }

    private sealed class QueuedFreeze() : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
}
