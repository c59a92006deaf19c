using System.Text;
using BenchmarkDotNet.Attributes;
using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Journal;
using ObjectServer.Storage.Metadata;

namespace ObjectServer.Bench.Micro;

/// <summary>What a journal is appended to.</summary>
public enum JournalDisk
{
    /// <summary>The disk of the temporary directory, with its syncs.</summary>
    Real,

    /// <summary>None: the journal's own work alone.</summary>
    TakenOut,
}

/// <summary>
/// Appends of a record with 4 KiB of content, alone and 32 at once, which group commit writes and syncs together. They
/// replace one another under 10,000 keys; the index takes nothing meanwhile.
/// </summary>
public class Journals
{
    private const int Keys = 10_000;
    private const int Writers = 32;

    private readonly byte[][] _keys = [.. Enumerable.Range(0, Keys).Select(number =>
        Encoding.ASCII.GetBytes($"o\0\0\0\0\0\0\0\u0001some/folder/of/a/tenant/object-{number:x8}.bin"))];

    private readonly byte[] _summary = new byte[70];
    private readonly byte[] _record = new byte[40];
    private readonly byte[] _content = new byte[4096];
    private readonly Task<CommitOutcome>[] _commits = new Task<CommitOutcome>[Writers];
    private string _directory = "";
    private DataDirectory _data = null!;
    private JournalMetadataStore _store = null!;
    private int _next;

    [ParamsAllValues]
    public JournalDisk Disk { get; set; }

    [GlobalSetup]
    public async Task OpenAsync()
    {
        new Random(1).NextBytes(_content);
        _directory = Directory.CreateTempSubdirectory("objectserver-micro-").FullName;
        _data = DataDirectory.Open(_directory);
        var options = new JournalOptions
        {
            IndexInterval = TimeSpan.FromDays(1),
            IndexBatchEntries = int.MaxValue,
            MaxPendingBytes = long.MaxValue,
            CompactAboveDeadRatio = 1,
            DiskReserveBytes = 0,
        };
        _store = Disk == JournalDisk.Real
            ? await JournalMetadataStore.OpenAsync(_data, options, TimeProvider.System, _ => { }, CancellationToken.None)
            : JournalMetadataStore.Open(
                new MemorylessDisk(),
                _data.IndexPath,
                _data.StoreId,
                boot: null,
                () => DiskSpace.Of(_directory),
                options,
                TimeProvider.System,
                _ => { });
        for (var key = 0; key < Keys; key += Writers)
        {
            await GroupOf32();
        }
    }

    [GlobalCleanup]
    public async Task CloseAsync()
    {
        await _store.DisposeAsync();
        _data.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Benchmark]
    public Task<CommitOutcome> Alone() => AppendAsync();

    [Benchmark(OperationsPerInvoke = Writers)]
    public Task GroupOf32()
    {
        for (var writer = 0; writer < Writers; writer++)
        {
            _commits[writer] = AppendAsync();
        }

        return Task.WhenAll(_commits);
    }

    private Task<CommitOutcome> AppendAsync()
    {
        var key = _keys[_next++ % Keys];
        return _store.CommitAsync(
            new MetadataBatch().Put(key, _summary, _record, _content), CancellationToken.None).AsTask();
    }
}
