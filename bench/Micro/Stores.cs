using BenchmarkDotNet.Attributes;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Bench.Micro;

/// <summary>
/// The whole local store without HTTP, on the disk of the temporary directory: durable small writes alone and 32 at
/// once (the journal's group commit and, behind it, the index), reads, and pages of a listing that lies in the index.
/// </summary>
public class Stores
{
    private const int ListedObjects = 10_000;
    private const int PageKeys = 1_000;

    private readonly ObjectKey _read = ObjectKey.Parse(SmallObjects.KeyOf(ListedObjects / 2));
    private readonly byte[] _content = new byte[4096];
    private readonly byte[] _buffer = new byte[4096];
    private string _directory = "";
    private LocalStore _store = null!;
    private BucketRecord _bucket = null!;
    private long _written;

    [GlobalSetup]
    public async Task OpenAsync()
    {
        new Random(1).NextBytes(_content);
        _directory = Directory.CreateTempSubdirectory("objectserver-micro-").FullName;
        await SmallObjects.WriteAsync(_directory, _content, ListedObjects);
        var options = new LocalStoreOptions { DataDirectory = _directory };
        _store = await LocalStore.OpenAsync(options, TimeProvider.System, CancellationToken.None);
        _bucket = (await _store.Buckets.FindAsync(SmallObjects.Bucket, CancellationToken.None))!;
    }

    [GlobalCleanup]
    public async Task CloseAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Benchmark]
    public Task<WriteOutcome> OneDurablePut() => PutAsync(NextKey()).AsTask();

    [Benchmark(OperationsPerInvoke = 32)]
    public Task<WriteOutcome[]> DurablePutsAtOnce() =>
        Task.WhenAll(Enumerable.Range(0, 32).Select(_ => PutAsync(NextKey()).AsTask()));

    [Benchmark]
    public Task<WriteOutcome> OneDurableReplacement() => PutAsync("replaced").AsTask();

    [Benchmark]
    public async Task<int> Get()
    {
        await using var found = await _store.Objects.OpenAsync(_bucket, _read, null, CancellationToken.None);
        return await found!.ReadAsync(0, _buffer, CancellationToken.None);
    }

    [Benchmark]
    public async Task<int> ListingPage()
    {
        var listing = new ObjectListing("listed/"u8.ToArray(), default, default, PageKeys);
        var page = await _store.Objects.ListAsync(_bucket, listing, CancellationToken.None);
        return page.Objects.Length;
    }

    private string NextKey() => $"written/{Interlocked.Increment(ref _written) % 100_000:x8}";

    private ValueTask<WriteOutcome> PutAsync(string key) => SmallObjects.PutAsync(_store, _bucket, key, _content);
}
