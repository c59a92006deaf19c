using System.Buffers.Binary;
using LiteDB;
using LiteDB.Engine;
using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Metadata;

namespace ObjectServer.Storage.Index;

/// <summary>
/// The index in LiteDB: collection <c>keys</c> holds one document per key, <c>_id</c> the key's bytes, <c>v</c> the
/// packed entry; collection <c>state</c> holds one document that says how far the index reaches.
/// </summary>
/// <remarks>
/// LiteDB refuses a binary <c>_id</c> of more than 1,021 bytes, and keys may have 2,048. A longer key is cut into
/// pieces of 1,000 bytes. In place of its first piece stands a marker: the piece and a zero byte, which no short key
/// equals and which sorts exactly where the long keys that begin with the piece belong. Its value numbers a node;
/// what remains of the key is kept in collection <c>long</c> under the node's number (8 bytes, big-endian) and the
/// remainder, which may have markers of its own. So every scan stays in byte order.
/// A transaction of LiteDB belongs to the thread that began it; nothing here awaits. And one thread at a time may be
/// inside LiteDB: its page cache hands a page that one thread is about to read to another that needs room, and then
/// the reader finds a page of another kind (5.0.20, seen under concurrent uploads). So changes are applied in short
/// transactions, and between two of them whoever waits gets in.
/// To find out that a key is absent costs LiteDB as much as to find one, and every new key is looked for twice: before
/// its commit, and by the apply. So a filter in memory knows the keys. It knows all of an index that was made here; those
/// of another one it learns in the background, once many new keys have come.
/// </remarks>
internal sealed class LiteDbIndex : IIndex
{
    /// <summary>The piece of a key that one document can hold.</summary>
    private const int PieceBytes = 1000;

    /// <summary>Changes in one transaction: about ten milliseconds during which nobody can read.</summary>
    private const int TransactionChanges = 64;

    /// <summary>For thirteen million keys; with more, every look goes to LiteDB.</summary>
    private const int FilterBytes = 16 << 20;

    /// <summary>New keys after which those from before are worth learning.</summary>
    private const int ManyNewKeys = 1000;

    /// <summary>Keys that the filter learns in one turn: about a millisecond during which nobody can read.</summary>
    private const int LearnedKeys = 128;

    /// <summary>Between two such turns LiteDB is left to the others: a million keys are learned in a minute.</summary>
    private static readonly TimeSpan LearningPause = TimeSpan.FromMilliseconds(5);

    private const string Id = "_id";
    private const string Value = "v";

    private readonly IndexDirectory _directory;
    private readonly LiteDatabase _database;
    private readonly PageFile _data;
    private readonly PageFile _log;
    private readonly ILiteCollection<BsonDocument> _keys;
    private readonly ILiteCollection<BsonDocument> _long;
    private readonly ILiteCollection<BsonDocument> _state;

    /// <summary>Held by whoever is inside LiteDB.</summary>
    private readonly Lock _inside = new();

    /// <summary>Held by whoever is next: without it, the thread that applies would overtake all that wait.</summary>
    private readonly Lock _next = new();

    /// <summary>
    /// Looks one document up. LiteDB would parse it anew each time; as one thread is inside at a time, one will do.
    /// </summary>
    private readonly BsonExpression _byId = BsonExpression.Create($"{Id} = @0", BsonValue.Null);

    private readonly KeyFilter _filter = new(FilterBytes);

    /// <summary>Whether the filter has every key of the index.</summary>
    private volatile bool _knowsAll;

    /// <summary>Learns the keys from before; null until it is worth it.</summary>
    private Thread? _learning;

    private int _newKeys;

    private readonly ManualResetEvent _closing = new(initialState: false);

    private long _lastNode;
    private bool _isDisposed;

    private LiteDbIndex(IndexDirectory directory, LiteDatabase database, PageFile data, PageFile log)
    {
        _directory = directory;
        _database = database;
        _data = data;
        _log = log;
        _keys = database.GetCollection("keys");
        _long = database.GetCollection("long");
        _state = database.GetCollection("state");
        State = ReadState();
    }

    public IndexState State { get; private set; }

    /// <summary>Opens the index of a folder, making an empty one if there is none.</summary>
    /// <exception cref="IndexDamagedException">It cannot be read, or not trusted.</exception>
    public static LiteDbIndex Open(IndexDirectory directory) => Open(directory, SystemDisk.Instance);

    /// <summary>The same on a disk of the caller's choice.</summary>
    public static LiteDbIndex Open(IndexDirectory directory, IDisk disk)
    {
        directory.BeginWriting();
        return Guard(() =>
        {
            PageFile? data = null;
            PageFile? log = null;
            LiteDatabase? database = null;
            try
            {
                data = PageFile.OpenData(disk, directory.DatabasePath);
                log = PageFile.OpenLog(disk, directory.DatabaseLogPath);
                database = new LiteDatabase(new LiteEngine(new EngineSettings
                {
                    DataStream = data,
                    LogStream = log,

                    // Nothing is sorted here that is not read in its order; this only keeps it off the disk.
                    TempStream = new MemoryStream(),

                    // Text is never a key here; this only keeps the database independent of the machine's culture.
                    Collation = Collation.Binary,
                }))
                {
                    // Checkpoints come after each apply, never in the middle of one.
                    CheckpointSize = 0,
                };
                return new LiteDbIndex(directory, database, data, log);
            }
            catch
            {
                database?.Dispose();
                log?.Dispose();
                data?.Dispose();
                throw;
            }
        });
    }

    public bool TryGet(ReadOnlySpan<byte> key, out IndexEntry entry)
    {
        if (_knowsAll && !_filter.MayHold(key))
        {
            entry = default;
            return false;
        }

        var bytes = key.ToArray();
        var packed = Alone(() => Find(bytes));
        entry = packed is null ? default : PackedEntry.Unpack(packed);
        return packed is not null;
    }

    public IReadOnlyList<IndexRow> Scan(MetadataRange range, int limit)
    {
        var rows = new List<IndexRow>(Math.Min(limit, 1024));
        var end = range.End;
        Alone(() => ScanNode(_keys, [], [], range.Start.ToArray(), row =>
        {
            if (rows.Count == limit || (!end.IsEmpty && row.Key.AsSpan().SequenceCompareTo(end.Span) >= 0))
            {
                return false;
            }

            rows.Add(row);
            return rows.Count < limit;
        }));
        return rows;
    }

    public void Apply(IReadOnlyList<IndexChange> changes, Action<IndexEntry> replaced, Func<IndexState> state)
    {
        _directory.BeginWriting();
        var buried = new TotalsChange();
        for (var start = 0; start < changes.Count; start += TransactionChanges)
        {
            var (from, to) = (start, Math.Min(start + TransactionChanges, changes.Count));
            Transact(() =>
            {
                for (var at = from; at < to; at++)
                {
                    // After a crash between two transactions the same changes come again: those replace themselves,
                    // and what they replaced at first is in the totals already.
                    if (Write(changes[at]) is { } packed
                        && PackedEntry.Unpack(packed) is var before
                        && before.Location != changes[at].Entry?.Location)
                    {
                        replaced(before);
                        if (State.Applied.Covers(before.Location))
                        {
                            buried.Bury(before.Location);
                        }
                    }
                }

                var totals = State.Totals.Clone();
                totals.Apply(buried);
                return State with { Totals = totals };
            });
        }

        // Only now does the index say that it reaches so far.
        State = Transact(state);
        Checkpoint();
    }

    public void Settle()
    {
        Checkpoint();
        SyncFiles();
    }

    public void Verify(Action<string> damaged, CancellationToken cancellation)
    {
        foreach (var file in (PageFile[])[_data, _log])
        {
            for (var page = 0L; page < file.Pages; page++)
            {
                cancellation.ThrowIfCancellationRequested();
                if (file.FindDamage(page) is { } damage)
                {
                    damaged(damage);
                }
            }
        }
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _closing.Set();
        Alone(() => _learning)?.Join();
        _closing.Dispose();
        _database.Dispose();
        try
        {
            SyncFiles();
        }
        finally
        {
            _log.Dispose();
            _data.Dispose();
        }
    }

    private void SyncFiles()
    {
        Guard(() =>
        {
            RequireWrittenLog();
            _data.Sync();
            _log.Sync();
            return true;
        });
        _directory.EndWriting();
    }

    /// <summary>Copies the log's pages to their places and empties the log.</summary>
    private void Checkpoint() => Alone(() =>
    {
        _database.Checkpoint();
        return true;
    });

    private void RequireWrittenLog()
    {
        if (_log.Failure is { } failure)
        {
            throw new IndexDamagedException($"The index cannot be written: {failure.Message}", failure);
        }
    }

    /// <summary>Runs changes in a transaction that ends with the state that a start after it is to find.</summary>
    private IndexState Transact(Func<IndexState> change) => Alone(() =>
    {
        _database.BeginTrans();
        try
        {
            var reached = change();
            WriteState(reached);
            _database.Commit();
            RequireWrittenLog();
            return reached;
        }
        catch
        {
            _database.Rollback();
            throw;
        }
    });

    /// <summary>Runs something while no other thread is inside LiteDB.</summary>
    private T Alone<T>(Func<T> action)
    {
        _next.Enter();
        try
        {
            _inside.Enter();
        }
        finally
        {
            _next.Exit();
        }

        try
        {
            return Guard(action);
        }
        finally
        {
            _inside.Exit();
        }
    }

    /// <summary>
    /// LiteDB throws anything from its own exceptions to index errors when its file is not what it wrote.
    /// </summary>
    private static T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception failure)
            when (failure is not (IndexDamagedException or UnauthorizedAccessException or OutOfMemoryException))
        {
            throw new IndexDamagedException($"The index cannot be used: {failure.Message}", failure);
        }
    }

    /// <summary>Has the filter learn the keys from before once enough new ones have come.</summary>
    private void CountNewKey()
    {
        if (!_knowsAll && ++_newKeys == ManyNewKeys)
        {
            _learning = new Thread(LearnKeys) { Name = "ObjectServer keys", IsBackground = true };
            _learning.Start();
        }
    }

    private void LearnKeys()
    {
        try
        {
            var range = default(MetadataRange);
            do
            {
                var rows = Scan(range, LearnedKeys);
                foreach (var row in rows)
                {
                    _filter.Add(row.Key);
                }

                if (rows.Count < LearnedKeys || _filter.IsGivenUp)
                {
                    // What came to be behind the scan meanwhile, its apply has added.
                    _knowsAll = true;
                    return;
                }

                range = range with { Start = (byte[])[.. rows[^1].Key, 0] };
            }
            while (!_closing.WaitOne(LearningPause));
        }
        catch (Exception)
        {
            // Damage, or no memory: whoever looks there is told, and every look goes to LiteDB.
        }
    }

    private BsonDocument? FindById(ILiteCollection<BsonDocument> rows, BsonValue id)
    {
        _byId.Parameters["0"] = id;
        return rows.FindOne(_byId);
    }

    private byte[]? Find(byte[] key)
    {
        if (key.Length <= PieceBytes)
        {
            return FindById(_keys, key)?[Value].AsBinary;
        }

        var marker = FindById(_keys, Marker([], key));
        return marker is null ? null : FindLong(marker[Value].AsBinary, key[PieceBytes..]);
    }

    private byte[]? FindLong(byte[] node, byte[] rest)
    {
        while (rest.Length > PieceBytes)
        {
            if (FindById(_long, Marker(node, rest)) is not { } marker)
            {
                return null;
            }

            node = marker[Value].AsBinary;
            rest = rest[PieceBytes..];
        }

        return FindById(_long, (byte[])[.. node, .. rest])?[Value].AsBinary;
    }

    private static byte[] Marker(byte[] node, byte[] rest) => [.. node, .. rest.AsSpan(0, PieceBytes), 0];

    /// <summary>Calls <paramref name="take"/> with every row from a start on until it answers false.</summary>
    /// <param name="rows">The collection of the node.</param>
    /// <param name="node">The node's number; empty for the top.</param>
    /// <param name="prefix">What all keys of the node begin with.</param>
    /// <param name="start">Where to begin, after the prefix.</param>
    /// <param name="take">Takes a row.</param>
    /// <returns>False once <paramref name="take"/> has had enough.</returns>
    private bool ScanNode(
        ILiteCollection<BsonDocument> rows, byte[] node, byte[] prefix, byte[] start, Func<IndexRow, bool> take)
    {
        var startId = start.Length <= PieceBytes ? (byte[])[.. node, .. start] : Marker(node, start);
        foreach (var row in rows.Find(Query.GTE(Id, startId)))
        {
            var id = row[Id].AsBinary;
            if (!id.AsSpan().StartsWith(node))
            {
                return true;
            }

            var piece = id.AsSpan(node.Length);
            var value = row[Value].AsBinary;
            if (piece.Length <= PieceBytes)
            {
                if (!take(new IndexRow([.. prefix, .. piece], PackedEntry.Unpack(value))))
                {
                    return false;
                }

                continue;
            }

            var rest = start.Length > PieceBytes && id.AsSpan().SequenceEqual(startId) ? start[PieceBytes..] : [];
            if (!ScanNode(_long, value, [.. prefix, .. piece[..PieceBytes]], rest, take))
            {
                return false;
            }
        }

        return true;
    }

    private byte[]? Write(IndexChange change)
    {
        var packed = change.Entry is { } entry ? PackedEntry.Pack(entry) : null;
        var isNew = _knowsAll && !_filter.MayHold(change.Key);
        if (packed is not null)
        {
            _filter.Add(change.Key);
        }

        if (change.Key.Length > PieceBytes)
        {
            return WriteLong(_keys, [], change.Key, packed);
        }

        return WriteRow(_keys, change.Key, packed, isNew);
    }

    private byte[]? WriteLong(ILiteCollection<BsonDocument> rows, byte[] node, byte[] rest, byte[]? packed)
    {
        if (rest.Length <= PieceBytes)
        {
            return WriteRow(rows, [.. node, .. rest], packed, isNew: false);
        }

        var markerId = Marker(node, rest);
        var marker = FindById(rows, markerId);
        if (marker is null)
        {
            if (packed is null)
            {
                return null;
            }

            marker = new BsonDocument { [Id] = markerId, [Value] = NextNode() };
            rows.Insert(marker);
        }

        var child = marker[Value].AsBinary;
        var before = WriteLong(_long, child, rest[PieceBytes..], packed);
        if (packed is null && !_long.Find(Query.GTE(Id, child), limit: 1).Any(row =>
            row[Id].AsBinary.AsSpan().StartsWith(child)))
        {
            rows.Delete(markerId);
        }

        return before;
    }

    private byte[]? WriteRow(ILiteCollection<BsonDocument> rows, byte[] id, byte[]? packed, bool isNew)
    {
        var before = isNew ? null : FindById(rows, id)?[Value].AsBinary;
        switch (before, packed)
        {
            case (null, null):
                break;
            case (null, _):
                CountNewKey();
                rows.Insert(new BsonDocument { [Id] = id, [Value] = packed });
                break;
            case (_, null):
                rows.Delete(id);
                break;
            default:
                rows.Update(new BsonDocument { [Id] = id, [Value] = packed });
                break;
        }

        return before;
    }

    private byte[] NextNode()
    {
        var node = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(node, ++_lastNode);
        return node;
    }

    private IndexState ReadState()
    {
        if (FindById(_state, 1) is not { } document)
        {
            // No transaction has ended here: there are no keys.
            _knowsAll = true;
            return new IndexState(default, new Totals());
        }

        _lastNode = document["lastNode"].AsInt64;
        return new IndexState(
            new JournalPosition(
                (ulong)document["lsn"].AsInt64, (ulong)document["segment"].AsInt64, document["offset"].AsInt64),
            Totals.Decode(document["totals"].AsBinary));
    }

    private void WriteState(IndexState state) => _state.Upsert(new BsonDocument
    {
        [Id] = 1,
        ["lsn"] = (long)state.Applied.Lsn,
        ["segment"] = (long)state.Applied.Segment,
        ["offset"] = state.Applied.Offset,
        ["totals"] = state.Totals.Encode(),
        ["lastNode"] = _lastNode,
    });
}
