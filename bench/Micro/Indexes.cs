using System.Buffers.Binary;
using System.Text;
using BenchmarkDotNet.Attributes;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Index.Rocks;
using ObjectServer.Storage.Metadata;

namespace ObjectServer.Bench.Micro;

/// <summary>
/// Each engine behind <see cref="IIndex"/>: batches of 1,000 new entries into an empty index and into one of 100,000, where
/// their keys fall anywhere between the others; reads of one key, and scans of 1,000.
/// </summary>
public class Indexes
{
    private const int Kept = 100_000;
    private const int Batch = 1_000;

    private readonly Random _random = new(1);
    private string _directory = "";
    private IIndex _index = null!;
    private byte[][] _keys = [];
    private IndexChange[] _batch = [];
    private ulong _revision;
    private int _opened;

    [Params(IndexEngine.LiteDb, IndexEngine.RocksDb)]
    public IndexEngine Engine { get; set; }

    [GlobalSetup(Target = nameof(ApplyToEmpty))]
    public void MakeFolder() => _directory = Directory.CreateTempSubdirectory("objectserver-micro-").FullName;

    [GlobalSetup]
    public void Fill()
    {
        MakeFolder();
        Open();
        _keys = [.. NewKeys(Kept).OrderBy(key => key, Comparer<byte[]>.Create((one, other) =>
            one.AsSpan().SequenceCompareTo(other)))];
        foreach (var keys in _keys.Chunk(10_000))
        {
            Apply([.. keys.Select(ChangeOf)]);
        }
    }

    [IterationSetup(Target = nameof(ApplyToEmpty))]
    public void BeginEmpty()
    {
        Open();
        ChooseBatch();
    }

    [IterationSetup(Target = nameof(ApplyTo100000))]
    public void ChooseBatch() => _batch =
    [
        .. NewKeys(Batch)
            .OrderBy(key => key, Comparer<byte[]>.Create((one, other) => one.AsSpan().SequenceCompareTo(other)))
            .Select(ChangeOf),
    ];

    [GlobalCleanup]
    public void Close()
    {
        _index.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public void ApplyToEmpty() => Apply(_batch);

    [Benchmark(OperationsPerInvoke = Batch)]
    public void ApplyTo100000() => Apply(_batch);

    [Benchmark]
    public bool Read() => _index.TryGet(AnyKey(), out _);

    [Benchmark(OperationsPerInvoke = 1_000)]
    public int Scan() => _index.Scan(new MetadataRange(AnyKey(), default), 1_000).Count;

    private byte[] AnyKey() => _keys[_random.Next(_keys.Length)];

    private void Open()
    {
        _index?.Dispose();
        var folder = IndexDirectory.Open(
            Path.Combine(_directory, $"index-{_opened++}"), Engine, Guid.NewGuid(), boot: null);
        _index = Engine == IndexEngine.RocksDb ? RocksDbIndex.Open(folder) : LiteDbIndex.Open(folder);
    }

    private void Apply(IndexChange[] changes) => _index.Apply(
        changes,
        _ => { },
        () => new IndexState(new JournalPosition(_revision, 1, (long)_revision), new Totals()));

    private IndexChange ChangeOf(byte[] key)
    {
        _revision++;
        var location = new RecordLocation(1, (long)_revision * 4400, 220, 4096);
        return new IndexChange(key, new IndexEntry(location, _revision, new byte[70]));
    }

    /// <summary>Keys of objects of one bucket, 48 bytes each, in any order.</summary>
    private IEnumerable<byte[]> NewKeys(int count)
    {
        for (; count > 0; count--)
        {
            var key = new byte[9 + 39];
            key[0] = (byte)'o';
            BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(1), 1);
            Encoding.ASCII.GetBytes($"some/folder/object-{_random.NextInt64():x16}.bin", key.AsSpan(9));
            yield return key;
        }
    }
}
