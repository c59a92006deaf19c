using System.Text;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Tests.Contracts;

namespace ObjectServer.Storage.Tests.Index;

public sealed class CachingIndexTests : IndexContract
{
    private static readonly Guid StoreId = new("6f0c2a9e-4d4a-4b8f-9d0a-3b4b7c1f2d55");

    private protected override IIndex Open(string path) =>
        new CachingIndex(LiteDbIndex.Open(IndexDirectory.Open(path, IndexEngine.LiteDb, StoreId, "boot")), maxBytes: 64 * 1024);

    [Fact]
    public void A_key_that_was_looked_up_is_not_looked_up_again()
    {
        using var inner = new CountingIndex();
        using var index = new CachingIndex(inner, maxBytes: 64 * 1024);
        Put(index, "here", 1);

        for (var round = 0; round < 3; round++)
        {
            Assert.True(index.TryGet("here"u8, out var entry));
            Assert.Equal(1ul, entry.Revision);
            Assert.False(index.TryGet("nowhere"u8, out _));
        }

        Assert.Equal(2, inner.LookUps);
    }

    [Fact]
    public void What_changes_is_known_changed()
    {
        using var index = new CachingIndex(new CountingIndex(), maxBytes: 64 * 1024);
        Assert.False(index.TryGet("key"u8, out _));
        Put(index, "key", 1);
        Assert.True(index.TryGet("key"u8, out var first));
        Put(index, "key", 2);
        Assert.True(index.TryGet("key"u8, out var second));
        Put(index, "key", null);

        Assert.Equal((1ul, 2ul), (first.Revision, second.Revision));
        Assert.False(index.TryGet("key"u8, out _));
    }

    [Fact]
    public async Task Whoever_looks_after_an_apply_never_finds_what_was_before_it()
    {
        using var index = new CachingIndex(new CountingIndex(), maxBytes: 1 << 20);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var applied = new long[8];
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            for (var round = 0; !stop.IsCancellationRequested; round++)
            {
                var key = round % applied.Length;
                var least = Volatile.Read(ref applied[key]);
                index.TryGet(Encoding.ASCII.GetBytes($"{key}"), out var entry);
                Assert.True((long)entry.Revision >= least, $"{entry.Revision} was found after {least} was applied.");
            }
        })).ToArray();

        for (var revision = 1; revision <= 20_000; revision++)
        {
            var key = revision % applied.Length;
            Put(index, $"{key}", (ulong)revision);
            Volatile.Write(ref applied[key], revision);
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
    }

    private static void Put(CachingIndex index, string key, ulong? revision) => index.Apply(
        [new IndexChange(Encoding.ASCII.GetBytes(key), revision is { } number ? Entry(number) : null)],
        _ => { },
        () => index.State);

    /// <summary>A sorted map that counts how often it is asked.</summary>
    private sealed class CountingIndex : IIndex
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<string, IndexEntry> _entries = [];

        public int LookUps { get; private set; }

        public IndexState State { get; } = new(default, new Totals());

        public bool TryGet(ReadOnlySpan<byte> key, out IndexEntry entry)
        {
            lock (_gate)
            {
                LookUps++;
                return _entries.TryGetValue(Encoding.ASCII.GetString(key), out entry);
            }
        }

        public IReadOnlyList<IndexRow> Scan(MetadataRange range, int limit) => [];

        public void Apply(IReadOnlyList<IndexChange> changes, Action<IndexEntry> replaced, Func<IndexState> state)
        {
            lock (_gate)
            {
                foreach (var change in changes)
                {
                    _entries.Remove(Encoding.ASCII.GetString(change.Key));
                    if (change.Entry is { } entry)
                    {
                        _entries.Add(Encoding.ASCII.GetString(change.Key), entry);
                    }
                }
            }
        }

        public void Settle()
        {
        }

        public void Verify(Action<string> damaged, CancellationToken cancellation)
        {
        }

        public void Dispose()
        {
        }
    }
}
