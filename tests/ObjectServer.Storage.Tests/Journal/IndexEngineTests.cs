using ObjectServer.Storage.Index;
using ObjectServer.Storage.Index.Rocks;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Tests.Journal;

/// <summary>A store whose index goes from one engine to another.</summary>
public sealed class IndexEngineTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(IndexEngine.LiteDb, IndexEngine.RocksDb)]
    [InlineData(IndexEngine.RocksDb, IndexEngine.LiteDb)]
    public async Task An_index_of_the_other_engine_is_set_aside_and_made_anew(IndexEngine first, IndexEngine second)
    {
        using var fixture = new JournalFixture();
        await FillAsync(fixture, first);
        fixture.Reports.Clear();
        fixture.Options = fixture.Options with { IndexEngine = second };

        await using (var store = fixture.Open())
        {
            var started = Assert.Single(fixture.Reports.OfType<IndexRebuildStarted>());
            Assert.Contains(IndexEngineNames.NameOf(first), started.Reason, StringComparison.Ordinal);
            Assert.Single(fixture.Reports.OfType<IndexRebuilt>());
            Assert.Equal(70, (await store.ScanAsync(default, 100, Cancellation)).Count);
        }

        Assert.True(Directory.Exists(fixture.IndexPath + ".damaged-1"));
        fixture.Reports.Clear();
        await using var again = fixture.Open();
        Assert.Empty(fixture.Reports.OfType<IndexRebuildStarted>());
    }

    [Theory]
    [InlineData(IndexEngine.LiteDb)]
    [InlineData(IndexEngine.RocksDb)]
    public async Task Where_none_is_named_the_maker_keeps_the_index_even_if_it_is_made_anew(IndexEngine maker)
    {
        using var fixture = new JournalFixture();
        await FillAsync(fixture, maker);
        fixture.Options = fixture.Options with { IndexEngine = null };
        var state = Path.Combine(fixture.IndexPath, "STATE");
        File.WriteAllText(state, File.ReadAllText(state).Replace("clean", "damaged", StringComparison.Ordinal));

        await fixture.Open().DisposeAsync();

        Assert.Single(fixture.Reports.OfType<IndexRebuildStarted>(), report => !report.Reason.Contains("There is no"));
        Assert.Equal(maker, IndexDirectory.FindMaker(fixture.IndexPath));
    }

    [Fact]
    public async Task An_index_from_before_there_was_a_choice_is_LiteDBs()
    {
        using var fixture = new JournalFixture();
        await FillAsync(fixture, IndexEngine.LiteDb);
        fixture.Options = fixture.Options with { IndexEngine = null };
        var state = Path.Combine(fixture.IndexPath, "STATE");
        File.WriteAllLines(state, File.ReadAllLines(state).Where(line => !line.StartsWith("engine", StringComparison.Ordinal)));
        fixture.Reports.Clear();

        await fixture.Open().DisposeAsync();

        Assert.Empty(fixture.Reports.OfType<IndexRebuildStarted>());
    }

    [Theory]
    [InlineData(IndexEngine.LiteDb)]
    [InlineData(IndexEngine.RocksDb)]
    public async Task An_index_that_was_rebuilt_equals_one_that_grew(IndexEngine engine)
    {
        using var fixture = new JournalFixture();
        await FillAsync(fixture, engine);
        var grown = Describe(fixture, engine);
        fixture.DeleteIndex();
        await fixture.Open().DisposeAsync();

        Assert.Equal(grown, Describe(fixture, engine));
        Assert.Equal(70, grown.Count(line => line.StartsWith("key", StringComparison.Ordinal)));
    }

    /// <summary>Small segments, some compacted, and an index that took what there was in ten steps.</summary>
    private static async Task FillAsync(JournalFixture fixture, IndexEngine engine)
    {
        fixture.Options = fixture.Options with
        {
            IndexEngine = engine,
            SegmentBytes = 4096,
            CompactAboveDeadRatio = 0.3,
        };
        await using var store = fixture.Open();
        for (var number = 0; number < 300; number++)
        {
            var key = new byte[] { (byte)(number % 100) };
            var batch = new MetadataBatch().Tally(1, 1, number);
            await store.CommitAsync(
                number >= 270 ? batch.Remove(key) : batch.Put(key, key, new byte[number % 77]), Cancellation);
            if (number % 30 == 29)
            {
                await store.CompactAsync(Cancellation);
            }
        }
    }

    private static List<string> Describe(JournalFixture fixture, IndexEngine engine)
    {
        var folder = IndexDirectory.Open(fixture.IndexPath, engine, JournalFixture.StoreId, fixture.Boot);
        using IIndex index = engine == IndexEngine.RocksDb ? RocksDbIndex.Open(folder) : LiteDbIndex.Open(folder);
        return
        [
            .. index.Scan(default, 1000).Select(row =>
                $"key {Convert.ToHexString(row.Key)} {row.Entry.Location} {row.Entry.Revision} "
                + Convert.ToHexString(row.Entry.Summary.Span)),
            .. index.State.Totals.Tallies.Select(tally => tally.ToString()),

            // The last segment is the one that each close adds a record to.
            .. index.State.Totals.Segments.SkipLast(1).Select(segment => segment.ToString()),
        ];
    }
}
