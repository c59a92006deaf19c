using ObjectServer.Storage.Metadata;

namespace ObjectServer.Storage.Tests.Contracts;

/// <summary>
/// The metadata contract in its plainest form: a sorted list under one lock. It passes the same suite as the journal,
/// so what is built above the seam can be tested without a disk.
/// </summary>
internal sealed class InMemoryMetadataStore : IMetadataStore
{
    private readonly Lock _gate = new();
    private readonly List<Row> _rows = [];
    private readonly SortedDictionary<ulong, MetadataTally> _tallies = [];
    private ulong _lastCommit;

    /// <summary>How many keys hold a record.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _rows.Count;
            }
        }
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
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var page = new List<MetadataReading>();
            for (var at = LowerBound(range.Start.Span); at < _rows.Count && page.Count < limit; at++)
            {
                var row = _rows[at];
                if (!range.End.IsEmpty && row.Key.AsSpan().SequenceCompareTo(range.End.Span) >= 0)
                {
                    break;
                }

                page.Add(new MetadataReading(row.Key, row.Revision, _lastCommit, row.Summary, default, default));
            }

            return ValueTask.FromResult<IReadOnlyList<MetadataReading>>(page);
        }
    }

    public ValueTask<CommitOutcome> CommitAsync(MetadataBatch batch, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        foreach (var change in batch.Changes)
        {
            ArgumentOutOfRangeException.ThrowIfZero(change.Key.Length, nameof(batch));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(change.Key.Length, 2048, nameof(batch));
        }

        lock (_gate)
        {
            return ValueTask.FromResult(Judge(batch) ?? Apply(batch));
        }
    }

    public ValueTask<IReadOnlyList<MetadataTally>> ReadTalliesAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<MetadataTally>>([.. _tallies.Values]);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private CommitOutcome? Judge(MetadataBatch batch)
    {
        foreach (var reading in batch.Required)
        {
            if (RevisionOf(reading.Key.Span) != reading.Revision)
            {
                return CommitOutcome.Changed;
            }
        }

        foreach (var prefix in batch.RequiredEmpty)
        {
            var at = LowerBound(prefix.Span);
            if (at < _rows.Count && _rows[at].Key.AsSpan().StartsWith(prefix.Span))
            {
                return CommitOutcome.NotEmpty;
            }
        }

        return null;
    }

    private CommitOutcome Apply(MetadataBatch batch)
    {
        _lastCommit++;
        foreach (var change in batch.Changes)
        {
            var at = LowerBound(change.Key.Span);
            if (at < _rows.Count && _rows[at].Key.AsSpan().SequenceEqual(change.Key.Span))
            {
                _rows.RemoveAt(at);
            }

            if (!change.IsRemoval)
            {
                _rows.Insert(at, new Row(
                    change.Key.ToArray(),
                    _lastCommit,
                    change.Summary.ToArray(),
                    change.Record.ToArray(),
                    change.Content.ToArray()));
            }
        }

        foreach (var tally in batch.Tallies)
        {
            var sum = _tallies.GetValueOrDefault(tally.Group);
            sum = new MetadataTally(tally.Group, sum.Objects + tally.Objects, sum.Bytes + tally.Bytes);
            if (sum is { Objects: 0, Bytes: 0 })
            {
                _tallies.Remove(tally.Group);
            }
            else
            {
                _tallies[tally.Group] = sum;
            }
        }

        return CommitOutcome.Committed;
    }

    private MetadataReading Read(ReadOnlyMemory<byte> key, bool withContent)
    {
        lock (_gate)
        {
            var at = LowerBound(key.Span);
            if (at == _rows.Count || !_rows[at].Key.AsSpan().SequenceEqual(key.Span))
            {
                return new MetadataReading(key, 0, _lastCommit, default, default, default);
            }

            var row = _rows[at];
            return new MetadataReading(
                row.Key, row.Revision, _lastCommit, row.Summary, row.Record, withContent ? row.Content : default);
        }
    }

    private ulong RevisionOf(ReadOnlySpan<byte> key)
    {
        var at = LowerBound(key);
        return at < _rows.Count && _rows[at].Key.AsSpan().SequenceEqual(key) ? _rows[at].Revision : 0;
    }

    private int LowerBound(ReadOnlySpan<byte> key)
    {
        var (low, high) = (0, _rows.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_rows[middle].Key.AsSpan().SequenceCompareTo(key) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private sealed record Row(byte[] Key, ulong Revision, byte[] Summary, byte[] Record, byte[] Content);
}
