using BenchmarkDotNet.Attributes;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Bench.Micro;

/// <summary>
/// The whole local store without HTTP, on the disk of the temporary directory: durable small writes alone and 32 at
/// once (the journal's group commit and, behind it, the index), and pages of a listing.
/// </summary>
public class Stores
{
    private const int ListedObjects = 10_000;
    private const int PageKeys = 1_000;

    private readonly byte[] _content = new byte[4096];
    private string _directory = "";
    private LocalStore _store = null!;
    private BucketRecord _bucket = null!;
    private long _written;

    [GlobalSetup]
    public async Task OpenAsync()
    {
        new Random(1).NextBytes(_content);
        _directory = Directory.CreateTempSubdirectory("objectserver-micro-").FullName;
        var options = new LocalStoreOptions { DataDirectory = _directory };
        _store = await LocalStore.OpenAsync(options, TimeProvider.System, CancellationToken.None);
        var created = await _store.Buckets.CreateAsync(
            "micro", ownerId: "micro", region: "us-east-1", objectLock: false, CancellationToken.None);
        _bucket = created.Bucket;
        for (var first = 0; first < ListedObjects; first += 100)
        {
            await Task.WhenAll(Enumerable.Range(first, 100).Select(number => PutAsync($"listed/{number:x8}").AsTask()));
        }
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
    public async Task<int> ListingPage()
    {
        var listing = new ObjectListing("listed/"u8.ToArray(), default, default, PageKeys);
        var page = await _store.Objects.ListAsync(_bucket, listing, CancellationToken.None);
        return page.Objects.Length;
    }

    private string NextKey() => $"written/{Interlocked.Increment(ref _written) % 100_000:x8}";

    private async ValueTask<WriteOutcome> PutAsync(string key)
    {
        await using var content = await _store.Objects.BeginContentAsync(_content.Length, CancellationToken.None);
        await content.WriteAsync(_content, CancellationToken.None);
        var written = new NewObject
        {
            Key = ObjectKey.Parse(key),
            ETag = "0123456789abcdef0123456789abcdef",
            OwnerId = "micro",
        };
        return await _store.Objects.PutAsync(_bucket, written, content, CancellationToken.None);
    }
}
