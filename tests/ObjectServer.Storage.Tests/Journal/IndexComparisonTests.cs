using System.Text;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Journal;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Tests.Journal;

/// <summary>A scrub finds where the index does not say what the journal says, and the next start puts it right.</summary>
public sealed class IndexComparisonTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Differences => ["none", "lost", "ghost", "older", "summary", "elsewhere", "sums", "tally"];

    [Theory]
    [MemberData(nameof(Differences))]
    public async Task A_difference_is_found_and_gone_after_the_next_start(string difference)
    {
        using var fixture = new JournalFixture();
        await using (var store = fixture.Open())
        {
            for (var round = 0; round < 3; round++)
            {
                for (var key = 0; key < 50; key++)
                {
                    var name = Encoding.ASCII.GetBytes($"key-{key:d2}");
                    var batch = new MetadataBatch().Tally(1, 1, 10);
                    await store.CommitAsync(
                        round == 2 && key % 5 == 0 ? batch.Remove(name) : batch.Put(name, new byte[] { (byte)round }, new byte[60]),
                        Cancellation);
                }

                await store.FlushAsync();
            }
        }

        Plant(fixture, difference);
        var sound = difference == "none";
        await using (var store = fixture.Open())
        {
            Assert.True((await store.VerifyAsync(Cancellation)).Damaged.Count == 0);
            var found = await store.VerifyIndexAsync(isJournalSound: true, Cancellation);
            Assert.Equal(sound, found.Damaged.Count == 0);
            Assert.Equal(found.Damaged, fixture.Reports.OfType<DamagedIndex>());
            Assert.Equal(sound ? 40 : null, found.Entries);
        }

        fixture.Reports.Clear();
        await using (var store = fixture.Open())
        {
            Assert.Equal(!sound, fixture.Reports.OfType<IndexRebuilt>().Any());
            Assert.Empty((await store.VerifyIndexAsync(isJournalSound: true, Cancellation)).Damaged);
        }
    }

    [Fact]
    public async Task However_few_keys_fit_into_memory_the_outcome_is_the_same()
    {
        using var fixture = new JournalFixture();
        fixture.Options = fixture.Options with { SegmentBytes = 4096 };
        var live = new HashSet<string>();
        await using (var store = fixture.Open())
        {
            for (var number = 0; number < 400; number++)
            {
                var name = $"key-{number * 37 % 90}";
                var key = Encoding.ASCII.GetBytes(name);
                var removes = number % 4 == 3;
                await store.CommitAsync(
                    removes ? new MetadataBatch().Remove(key) : new MetadataBatch().Put(key, key, new byte[50]),
                    Cancellation);
                _ = removes ? live.Remove(name) : live.Add(name);
            }
        }

        using var segments = new JournalSegments(fixture.Files, JournalFixture.StoreId);
        segments.OpenAll();
        foreach (var segment in segments.InOrder)
        {
            segment.Length = segment.File.Length;
        }

        var folder = IndexDirectory.Open(fixture.IndexPath, IndexEngine.LiteDb, JournalFixture.StoreId, fixture.Boot);
        using var index = LiteDbIndex.Open(folder);
        Assert.InRange(live.Count, 10, 80);
        foreach (var hidden in (string?[])[null, .. live.Take(2)])
        {
            foreach (var maxAbsent in (int[])[1, 2, 7, 1000])
            {
                var found = new List<string>();
                new IndexComparison(
                    segments,
                    key => Encoding.ASCII.GetString(key.Span) != hidden && index.TryGet(key.Span, out var entry)
                        ? entry
                        : null,
                    () => index.State.Applied.Lsn,
                    found.Add,
                    maxAbsent).CompareEntries(() => index.State.Totals, Cancellation);

                // A key that is not found is no live byte of its segment either.
                Assert.Equal(hidden is null ? 0 : 2, found.Count);
            }
        }
    }

    [Fact]
    public async Task Commits_meanwhile_are_no_difference()
    {
        using var fixture = new JournalFixture();
        fixture.Options = fixture.Options with { SegmentBytes = 64 << 10, CompactAboveDeadRatio = 0.3 };
        await using var store = fixture.Open();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var writer = Task.Run(async () =>
        {
            for (var number = 0; !stop.IsCancellationRequested; number++)
            {
                var key = Encoding.ASCII.GetBytes($"key-{number * 7 % 50}");
                await store.CommitAsync(
                    number % 3 == 0 ? new MetadataBatch().Remove(key) : new MetadataBatch().Put(key, key, new byte[90]),
                    Cancellation);
                if (number % 500 == 0)
                {
                    await store.CompactAsync(Cancellation);
                }
            }
        }, Cancellation);
        for (var round = 0; round < Proof.Times(20); round++)
        {
            Assert.Empty((await store.VerifyIndexAsync(isJournalSound: true, Cancellation)).Damaged);
        }

        await stop.CancelAsync();
        await writer;
    }

    /// <summary>Changes one thing in the index of a closed store.</summary>
    private static void Plant(JournalFixture fixture, string difference)
    {
        var folder = IndexDirectory.Open(fixture.IndexPath, IndexEngine.LiteDb, JournalFixture.StoreId, fixture.Boot);
        using var index = LiteDbIndex.Open(folder);
        var (live, dead) = ("key-01"u8.ToArray(), "key-05"u8.ToArray());
        Assert.True(index.TryGet(live, out var entry));
        Assert.True(index.TryGet("key-02"u8, out var other));
        var totals = index.State.Totals.Clone();
        var change = new TotalsChange();
        List<IndexChange> changes = difference switch
        {
            "lost" => [new(live, null)],
            "ghost" => [new(dead, entry)],
            "older" => [new(live, entry with { Location = entry.Location with { Offset = 64 } })],
            "summary" => [new(live, entry with { Summary = new byte[] { 99 } })],
            "elsewhere" => [new(live, other)],
            _ => [],
        };
        if (difference == "sums")
        {
            change.Add(entry.Location.Segment, new SegmentUse(0, -1, 0));
        }
        else if (difference == "tally")
        {
            change.Add(new MetadataTally(1, 0, 1));
        }

        totals.Apply(change);
        index.Apply(changes, _ => { }, () => index.State with { Totals = totals });
    }
}
