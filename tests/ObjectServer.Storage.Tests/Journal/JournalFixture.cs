using System.Collections.Concurrent;
using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Journal;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Tests.Disk;

namespace ObjectServer.Storage.Tests.Journal;

/// <summary>A journal in memory with an index on the disk, opened and closed as a test likes.</summary>
internal sealed class JournalFixture : IDisposable
{
    public static readonly Guid StoreId = new("1f7f4c2e-9c7e-4f0e-8a53-0d6c1c8a7b11");

    private readonly TemporaryDirectory _temporary = new();

    public JournalInMemory Files { get; set; } = new();

    public ConcurrentQueue<StoreReport> Reports { get; } = new();

    public string IndexPath => _temporary["index"];

    public string Root => _temporary.Root;

    public DiskSpace Space { get; set; } = new(1L << 40, 1L << 39);

    /// <summary>The machine's boot, as the store is told.</summary>
    public string Boot { get; set; } = "first";

    public JournalOptions Options { get; set; } = new()
    {
        IndexInterval = TimeSpan.FromHours(1),
        IndexBatchEntries = 1000,
    };

    public JournalMetadataStore Open() => JournalMetadataStore.Open(
        Files, IndexPath, StoreId, Boot, () => Space, Options, TimeProvider.System, Reports.Enqueue);

    /// <summary>Makes the next open begin without an index.</summary>
    public void DeleteIndex()
    {
        if (Directory.Exists(IndexPath))
        {
            Directory.Delete(IndexPath, recursive: true);
        }
    }

    public void Dispose() => _temporary.Dispose();
}
