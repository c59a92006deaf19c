using System.Buffers.Binary;
using ObjectServer.Storage.Metadata;

namespace ObjectServer.Storage.Index.Rocks;

/// <summary>
/// The index in RocksDB: every key with its packed entry, and under the empty key, which no entry has, how far the
/// index reaches.
/// </summary>
/// <remarks>
/// <para>Changes and the state that they lead to are one write batch: RocksDB has all of it or nothing. Its log is
/// written by each apply and synced by <see cref="Settle"/> alone. So a kill loses nothing that was applied, because
/// the page cache has the log; a power loss may, and then <see cref="IndexDirectory"/> does not trust the folder. The
/// log cannot be left out: journal segments are compacted away once their records were applied, and an index that
/// then fell back behind them could miss a removal for ever.</para>
/// <para>What RocksDB does by itself in the background, writing buffers out and merging tables, it syncs before it
/// counts, so an index that is settled stays so while that goes on.</para>
/// <para>Any number of threads read beside the one that applies; none waits for another. Everything that RocksDB reads
/// is verified by its checksums.</para>
/// </remarks>
internal sealed class RocksDbIndex : IIndex
{
    /// <summary>LSN u64, segment u64, offset i64, then the totals.</summary>
    private const int StateHeaderBytes = 24;

    private static readonly byte[] FirstKey = [0];

    private readonly IndexDirectory _directory;
    private readonly RocksDbHandle _database;
    private volatile IndexState _state;

    private RocksDbIndex(IndexDirectory directory, RocksDbHandle database)
    {
        _directory = directory;
        _database = database;
        _state = ReadState();
    }

    public IndexState State => _state;

    /// <summary>Opens the index of a folder, making an empty one if there is none.</summary>
    /// <exception cref="IndexDamagedException">It cannot be read, or not trusted.</exception>
    public static RocksDbIndex Open(IndexDirectory directory)
    {
        directory.BeginWriting();
        var database = RocksDbHandle.Open(Path.Combine(directory.Root, "rocksdb"));
        try
        {
            return new RocksDbIndex(directory, database);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public bool TryGet(ReadOnlySpan<byte> key, out IndexEntry entry)
    {
        var packed = Find(key);
        entry = packed is null ? default : PackedEntry.Unpack(packed);
        return packed is not null;
    }

    public unsafe IReadOnlyList<IndexRow> Scan(MetadataRange range, int limit)
    {
        var rows = new List<IndexRow>(Math.Min(limit, 1024));
        var start = range.Start.IsEmpty ? FirstKey : range.Start.Span;
        using var visit = _database.Enter();
        fixed (byte* end = range.End.Span)
        {
            var options = RocksDbNative.CreateReadOptions();
            if (!range.End.IsEmpty)
            {
                RocksDbNative.SetUpperBound(options, end, (nuint)range.End.Length);
            }

            var iterator = RocksDbNative.CreateIterator(visit.Database, options);
            try
            {
                RocksDbNative.Seek(iterator, start, (nuint)start.Length);
                while (rows.Count < limit && RocksDbNative.IsValid(iterator) != 0)
                {
                    var key = Copy(RocksDbNative.ReadKey(iterator, out var keyLength), keyLength);
                    var value = Copy(RocksDbNative.ReadIteratorValue(iterator, out var length), length);
                    rows.Add(new IndexRow(key, PackedEntry.Unpack(value)));
                    RocksDbNative.Next(iterator);
                }

                // An iterator that meets damage looks like one that has come to the end.
                RocksDbNative.ReadIteratorError(iterator, out var error);
                RocksDbHandle.ThrowIfFailed(error);
                return rows;
            }
            finally
            {
                RocksDbNative.DestroyIterator(iterator);
                RocksDbNative.DestroyReadOptions(options);
            }
        }
    }

    public void Apply(IReadOnlyList<IndexChange> changes, Action<IndexEntry> replaced, Func<IndexState> state)
    {
        _directory.BeginWriting();
        var batch = RocksDbNative.CreateBatch();
        try
        {
            foreach (var change in changes)
            {
                var before = Find(change.Key);
                if (change.Entry is { } entry)
                {
                    Put(batch, change.Key, PackedEntry.Pack(entry));
                }
                else if (before is not null)
                {
                    RocksDbNative.Delete(batch, change.Key, (nuint)change.Key.Length);
                }

                if (before is not null
                    && PackedEntry.Unpack(before) is var replacedEntry
                    && replacedEntry.Location != change.Entry?.Location)
                {
                    replaced(replacedEntry);
                }
            }

            var reached = state();
            Put(batch, [], Encode(reached));
            RocksDbNative.Write(_database, _database.WriteOptions, batch, out var error);
            RocksDbHandle.ThrowIfFailed(error);
            _state = reached;
        }
        catch (Exception failure)
            when (failure is not (IndexDamagedException or ObjectDisposedException or OutOfMemoryException))
        {
            throw new IndexDamagedException($"The index cannot be used: {failure.Message}", failure);
        }
        finally
        {
            RocksDbNative.DestroyBatch(batch);
        }
    }

    public void Settle()
    {
        RocksDbNative.FlushLog(_database, sync: 1, out var error);
        RocksDbHandle.ThrowIfFailed(error);
        _directory.EndWriting();
    }

    public void Verify(Action<string> damaged, CancellationToken cancellation)
    {
        try
        {
            cancellation.ThrowIfCancellationRequested();
            using var visit = _database.Enter();

            // What is not in a table yet is in the log, which is read only by an open.
            RocksDbNative.Flush(_database, _database.FlushOptions, out var error);
            RocksDbHandle.ThrowIfFailed(error);
            RocksDbNative.VerifyChecksums(visit.Database, out error);
            RocksDbHandle.ThrowIfFailed(error);
        }
        catch (IndexDamagedException damage)
        {
            damaged(damage.Message);
        }
    }

    public void Dispose()
    {
        if (_database.IsClosed)
        {
            return;
        }

        try
        {
            // Into a table, synced: the next open has no log to replay.
            RocksDbNative.Flush(_database, _database.FlushOptions, out var error);
            RocksDbHandle.ThrowIfFailed(error);
            Settle();
        }
        finally
        {
            _database.Dispose();
        }
    }

    private static void Put(IntPtr batch, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        RocksDbNative.Put(batch, key, (nuint)key.Length, value, (nuint)value.Length);

    private static unsafe byte[] Copy(byte* bytes, nuint length) =>
        new ReadOnlySpan<byte>(bytes, checked((int)length)).ToArray();

    private unsafe byte[]? Find(ReadOnlySpan<byte> key)
    {
        using var visit = _database.Enter();
        fixed (byte* start = key)
        {
            var value = RocksDbNative.Get(visit.Database, _database.ReadOptions, start, (nuint)key.Length, out var error);
            RocksDbHandle.ThrowIfFailed(error);
            if (value == IntPtr.Zero)
            {
                return null;
            }

            var found = Copy(RocksDbNative.ReadValue(value, out var length), length);
            RocksDbNative.DestroyValue(value);
            return found;
        }
    }

    private IndexState ReadState()
    {
        if (Find([]) is not { } state)
        {
            return new IndexState(default, new Totals());
        }

        if (state.Length < StateHeaderBytes)
        {
            throw new IndexDamagedException("The index's state is cut short.");
        }

        return new IndexState(
            new JournalPosition(
                BinaryPrimitives.ReadUInt64LittleEndian(state),
                BinaryPrimitives.ReadUInt64LittleEndian(state.AsSpan(8)),
                BinaryPrimitives.ReadInt64LittleEndian(state.AsSpan(16))),
            Totals.Decode(state.AsSpan(StateHeaderBytes)));
    }

    private static byte[] Encode(IndexState state)
    {
        var totals = state.Totals.Encode();
        var encoded = new byte[StateHeaderBytes + totals.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(encoded, state.Applied.Lsn);
        BinaryPrimitives.WriteUInt64LittleEndian(encoded.AsSpan(8), state.Applied.Segment);
        BinaryPrimitives.WriteInt64LittleEndian(encoded.AsSpan(16), state.Applied.Offset);
        totals.CopyTo(encoded, StateHeaderBytes);
        return encoded;
    }
}
