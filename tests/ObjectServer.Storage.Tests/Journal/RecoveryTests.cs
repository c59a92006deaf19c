using System.Text;
using CsCheck;
using ObjectServer.Storage.Index;
using ObjectServer.Storage.Journal;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Tests.Disk;

namespace ObjectServer.Storage.Tests.Journal;

/// <summary>Crashes, damage and restarts: what was acknowledged is there, or the store says that it is not.</summary>
public class RecoveryTests
{
    private static readonly Gen<Step> Steps = Gen.Select(
        Gen.Int[0, 11], Gen.Int[0, 2], Gen.Int[0, 300], (key, kind, size) => new Step(key, kind == 0, size));

    private protected virtual IndexEngine Engine => IndexEngine.LiteDb;

    /// <summary>What its files are called.</summary>
    private protected virtual string IndexFiles => "index.db";

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_any_cut_the_store_is_a_prefix_with_everything_acknowledged_before_it() =>
        await Gen.Select(Steps.Array[1, 25], Gen.Double[0, 1]).SampleAsync(
            async (steps, where) =>
            {
                using var fixture = NewFixture();
                var states = new List<(long Length, string State)>();
                await using (var store = fixture.Open())
                {
                    states.Add((64, await DescribeAsync(store)));
                    foreach (var step in steps)
                    {
                        await store.CommitAsync(step.ToBatch(), Cancellation);
                        var bytes = store.ReadStatistics().JournalBytes;
                        states.Add((64 + bytes, await DescribeAsync(store)));
                    }

                    fixture.Files = fixture.Files.Copy();
                }

                fixture.DeleteIndex();
                var name = Assert.Single(fixture.Files.List());
                var cut = (int)(64 + (where * (states[^1].Length - 64)));
                fixture.Files[name] = fixture.Files[name][..cut];

                await using var reopened = fixture.Open();
                Assert.Equal(states.Last(state => state.Length <= cut).State, await DescribeAsync(reopened));

                // And it goes on from there.
                await reopened.CommitAsync(new MetadataBatch().Put(Key(99), default, default), Cancellation);
                Assert.True((await reopened.ReadAsync(Key(99), Cancellation)).Exists);
            },
            iter: 40);

    [Fact]
    public async Task However_much_of_a_replay_is_left_for_the_index_everything_is_seen_at_once() =>
        await Gen.Select(Steps.Array[1, 60], Gen.Int[1, 8], Gen.Int[0, 40]).SampleAsync(
            async (steps, batch, pending) =>
            {
                using var fixture = NewFixture();
                string expected;
                await using (var store = fixture.Open())
                {
                    foreach (var step in steps)
                    {
                        await store.CommitAsync(step.ToBatch(), Cancellation);
                    }

                    expected = await DescribeAsync(store);
                    fixture.Files = fixture.Files.Copy();
                }

                fixture.DeleteIndex();
                fixture.Options = fixture.Options with { IndexBatchEntries = batch, MaxPendingEntries = pending };
                await using (var replayed = fixture.Open())
                {
                    Assert.Equal(expected, await DescribeAsync(replayed));
                    await replayed.FlushAsync();
                    Assert.Equal(0, replayed.ReadStatistics().PendingEntries);
                    Assert.Equal(expected, await DescribeAsync(replayed));
                }

                await using var reopened = fixture.Open();
                Assert.Equal(expected, await DescribeAsync(reopened));
            },
            iter: 40);

    [Fact]
    public async Task A_flipped_bit_before_the_last_write_is_never_passed_over() =>
        await Gen.Select(Steps.Array[3, 12], Gen.Double[0, 1], Gen.Int[0, 7]).SampleAsync(
            async (steps, where, bit) =>
            {
                using var fixture = NewFixture();
                long end;
                await using (var store = fixture.Open())
                {
                    foreach (var step in steps[..^1])
                    {
                        await store.CommitAsync(step.ToBatch(), Cancellation);
                    }

                    end = 64 + store.ReadStatistics().JournalBytes;
                    await store.CommitAsync(steps[^1].ToBatch(), Cancellation);
                }

                fixture.DeleteIndex();
                var name = Assert.Single(fixture.Files.List());
                var bytes = fixture.Files[name];
                bytes[(int)(where * (end - 1))] ^= (byte)(1 << bit);
                fixture.Files[name] = bytes;

                Assert.Throws<StoreOpenException>(fixture.Open);
                Assert.Equal(bytes, fixture.Files[name]);
            },
            iter: 60);

    [Fact]
    public async Task Compaction_restarts_and_rebuilds_change_nothing_that_is_seen() =>
        await Gen.Select(Steps.Array[20, 120], Gen.Int[0, 5].Array[20, 120]).SampleAsync(
            async (steps, disturbances) =>
            {
                using var fixture = NewFixture();
                fixture.Options = fixture.Options with { SegmentBytes = 1500, CompactAboveDeadRatio = 0.3 };
                var model = new SortedDictionary<int, int>();
                var store = fixture.Open();
                for (var at = 0; at < steps.Length; at++)
                {
                    await store.CommitAsync(steps[at].ToBatch(), Cancellation);
                    model.Remove(steps[at].Key);
                    if (!steps[at].IsRemoval)
                    {
                        model[steps[at].Key] = steps[at].Size;
                    }

                    switch (disturbances[at % disturbances.Length])
                    {
                        case 0:
                            await store.FlushAsync();
                            break;
                        case 1:
                            await store.CompactAsync(Cancellation);
                            break;
                        case 2:
                            // A kill: what is in the files stays, the process's memory goes.
                            var files = fixture.Files.Copy();
                            await store.DisposeAsync();
                            fixture.Files = files;
                            fixture.DeleteIndex();
                            store = fixture.Open();
                            break;
                        case 3:
                            await store.DisposeAsync();
                            store = fixture.Open();
                            break;
                        default:
                            break;
                    }
                }

                var expected = string.Join(' ', model.Select(pair => $"{pair.Key:D2}={pair.Value}"));
                var tally = steps.Sum(step => step.IsRemoval ? -1 : 1);
                for (var round = 0; round < 3; round++)
                {
                    Assert.Equal(expected, (await DescribeAsync(store)).Split('|')[0]);
                    var tallies = await store.ReadTalliesAsync(Cancellation);
                    Assert.Equal((1, (long)steps.Length), (tallies.Count, tallies[0].Bytes));
                    Assert.Equal(tally, tallies[0].Objects);
                    Assert.Empty((await store.VerifyAsync(Cancellation)).Damaged);
                    await store.CompactAsync(Cancellation);
                    await store.DisposeAsync();
                    if (round == 1)
                    {
                        fixture.DeleteIndex();
                    }

                    store = fixture.Open();
                }

                await store.DisposeAsync();
            },
            iter: 12);

    [Fact]
    public async Task A_mostly_dead_segment_is_removed_and_revisions_stay()
    {
        using var fixture = NewFixture();
        fixture.Options = fixture.Options with { SegmentBytes = 4096 };
        await using var store = fixture.Open();
        await store.CommitAsync(new MetadataBatch().Put(Key(1), default, new byte[10], new byte[100]), Cancellation);
        var kept = await store.ReadWithContentAsync(Key(1), Cancellation);
        for (var round = 0; round < 40; round++)
        {
            await store.CommitAsync(new MetadataBatch().Put(Key(2), default, new byte[500]), Cancellation);
        }

        var before = store.ReadStatistics();
        Assert.True(await store.CompactAsync(Cancellation) > 0);
        var after = store.ReadStatistics();

        Assert.True(after.JournalBytes < before.JournalBytes / 2, $"{before} {after}");
        var moved = await store.ReadWithContentAsync(Key(1), Cancellation);
        Assert.Equal(kept.Revision, moved.Revision);
        Assert.Equal(100, moved.Content.Length);
        Assert.Equal(
            CommitOutcome.Committed,
            await store.CommitAsync(new MetadataBatch().Require(kept).Remove(Key(1)), Cancellation));
        Assert.DoesNotContain(fixture.Files.List(), name => name == JournalFormat.SegmentName(1));
    }

    [Fact]
    public async Task A_crash_between_the_end_of_a_compaction_and_the_removal_of_its_segment_is_finished_at_start()
    {
        using var fixture = NewFixture();
        fixture.Options = fixture.Options with { SegmentBytes = 4096 };
        JournalInMemory? crashed = null;
        await using (var store = fixture.Open())
        {
            await store.CommitAsync(new MetadataBatch().Put(Key(1), default, default).Tally(1, 1, 1), Cancellation);
            for (var round = 0; round < 40; round++)
            {
                await store.CommitAsync(
                    new MetadataBatch().Put(Key(2), default, new byte[500]).Tally(1, 0, 1), Cancellation);
            }

            fixture.Files.OnDelete = () => crashed ??= fixture.Files.Copy();
            Assert.True(await store.CompactAsync(Cancellation) > 0);
        }

        Assert.NotNull(crashed);
        fixture.Files = crashed;
        fixture.DeleteIndex();
        await using var reopened = fixture.Open();
        Assert.Equal([new MetadataTally(1, 1, 41)], await reopened.ReadTalliesAsync(Cancellation));
        Assert.True((await reopened.ReadAsync(Key(1), Cancellation)).Exists);
        Assert.True((await reopened.ReadAsync(Key(2), Cancellation)).Exists);
        Assert.Equal(reopened.ReadStatistics().Segments, fixture.Files.List().Count);
    }

    [Fact]
    public async Task A_zeroed_header_before_records_refuses_the_open_and_leaves_the_file()
    {
        using var fixture = new JournalFixture();
        await using (var store = fixture.Open())
        {
            await store.CommitAsync(new MetadataBatch().Put(Key(1), default, default), Cancellation);
        }

        fixture.DeleteIndex();
        var name = Assert.Single(fixture.Files.List());
        var bytes = fixture.Files[name];
        bytes.AsSpan(0, JournalFormat.SegmentHeaderBytes).Clear();
        fixture.Files[name] = bytes;

        Assert.Contains(name, Assert.Throws<StoreOpenException>(fixture.Open).Message, StringComparison.Ordinal);
        Assert.Equal(bytes, fixture.Files[name]);
    }

    [Fact]
    public async Task A_missing_segment_refuses_the_open()
    {
        using var fixture = NewFixture();
        fixture.Options = fixture.Options with { SegmentBytes = 1000, CompactAboveDeadRatio = 1 };
        await using (var store = fixture.Open())
        {
            for (var number = 0; number < 30; number++)
            {
                await store.CommitAsync(new MetadataBatch().Put(Key(number), default, new byte[200]), Cancellation);
            }
        }

        var whole = fixture.Files;
        foreach (var name in whole.List())
        {
            foreach (var withIndex in (bool[])[true, false])
            {
                fixture.Files = whole.Copy();
                fixture.Files.Remove(name);
                if (!withIndex)
                {
                    fixture.DeleteIndex();
                }

                if (withIndex || name != whole.List()[^1])
                {
                    Assert.Throws<StoreOpenException>(fixture.Open);
                }
            }

            fixture.Files = whole.Copy();
            await fixture.Open().DisposeAsync();
        }
    }

    [Fact]
    public async Task Part_of_a_write_that_was_never_synced_is_cut_even_if_its_end_reached_the_disk()
    {
        using var fixture = NewFixture();
        using var mayGoOn = new ManualResetEventSlim();
        using var isSyncing = new ManualResetEventSlim();
        string name;
        long torn;
        await using (var store = fixture.Open())
        {
            name = fixture.Files.List()[0];
            await store.CommitAsync(new MetadataBatch().Put(Key(1), default, default), Cancellation);
            fixture.Files.OnSync = () =>
            {
                isSyncing.Set();
                mayGoOn.Wait();
            };
            var commits = new List<Task> { store.CommitAsync(Put(2), Cancellation).AsTask() };
            isSyncing.Wait(Cancellation);
            commits.AddRange(Enumerable.Range(3, 5).Select(key => store.CommitAsync(Put(key), Cancellation).AsTask()));
            fixture.Files.OnSync = () => { };
            mayGoOn.Set();
            await commits[0];
            await Task.WhenAll(commits);
            torn = 64 + store.ReadStatistics().JournalBytes;
            fixture.Files = fixture.Files.Copy();
        }

        // Of the last write, five records of equal length, the first lost a byte.
        var length = (torn - 64) / 7;
        var bytes = fixture.Files[name];
        bytes[(int)(torn - (5 * length) + 40)] ^= 1;
        fixture.Files[name] = bytes;
        fixture.DeleteIndex();
        await using var reopened = fixture.Open();

        Assert.Single(fixture.Reports.OfType<TornTailCut>());
        var page = await reopened.ScanAsync(default, 100, Cancellation);
        Assert.Equal([Key(1), Key(2)], page.Select(reading => reading.Key.ToArray()));

        static MetadataBatch Put(int key) => new MetadataBatch().Put(Key(key), default, default);
    }

    [Fact]
    public async Task A_record_that_is_damaged_after_the_start_is_an_error_and_is_found_by_a_scrub()
    {
        using var fixture = NewFixture();
        await using (var store = fixture.Open())
        {
            await store.CommitAsync(
                new MetadataBatch().Put(Key(1), default, Bytes("the record"), Bytes("the content")), Cancellation);
            await store.CommitAsync(new MetadataBatch().Put(Key(2), default, Bytes("whole")), Cancellation);
        }

        var name = Assert.Single(fixture.Files.List());
        var bytes = fixture.Files[name];
        bytes[bytes.AsSpan().IndexOf("content"u8)] ^= 0x20;
        fixture.Files[name] = bytes;
        await using var reopened = fixture.Open();

        Assert.Equal("the record", Text((await reopened.ReadAsync(Key(1), Cancellation)).Record));
        await Assert.ThrowsAsync<CorruptDataException>(
            async () => await reopened.ReadWithContentAsync(Key(1), Cancellation));
        Assert.Equal("whole", Text((await reopened.ReadWithContentAsync(Key(2), Cancellation)).Record));
        var verification = await reopened.VerifyAsync(Cancellation);
        var found = Assert.Single(verification.Damaged);
        Assert.Equal((name, 64L), (found.Segment, found.Offset));
        Assert.True(verification.Records >= 1);
    }

    [Fact]
    public async Task A_damaged_or_foreign_index_is_set_aside_and_made_anew()
    {
        using var fixture = NewFixture();
        await using (var store = fixture.Open())
        {
            for (var number = 0; number < 50; number++)
            {
                await store.CommitAsync(
                    new MetadataBatch().Put(Key(number), Bytes("s"), default).Tally(1, 1, 1), Cancellation);
            }
        }

        foreach (var damage in (Action[])[
            () => File.Delete(Path.Combine(fixture.IndexPath, "STATE")),
            () =>
            {
                var database = Directory.GetFiles(fixture.IndexPath, IndexFiles, SearchOption.AllDirectories)[0];
                File.WriteAllBytes(database, new byte[File.ReadAllBytes(database).Length]);
            },
            () => File.WriteAllText(Path.Combine(fixture.IndexPath, "STATE"), "format: 99\n"),
        ])
        {
            damage();
            fixture.Reports.Clear();
            await using var store = fixture.Open();
            Assert.Single(fixture.Reports.OfType<IndexRebuildStarted>());
            Assert.Single(fixture.Reports.OfType<IndexRebuilt>());
            Assert.Equal(50, (await store.ScanAsync(default, 100, Cancellation)).Count);
            Assert.Equal([new MetadataTally(1, 50, 50)], await store.ReadTalliesAsync(Cancellation));
        }

        Assert.Equal(
            ["index.damaged-3"],
            Directory.GetDirectories(fixture.Root, "index.damaged-*").Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public async Task An_index_that_was_being_written_is_trusted_in_the_same_boot_only()
    {
        using var fixture = NewFixture();
        await using (var store = fixture.Open())
        {
            await store.CommitAsync(new MetadataBatch().Put(Key(1), default, default), Cancellation);
        }

        var state = Path.Combine(fixture.IndexPath, "STATE");
        File.WriteAllText(state, File.ReadAllText(state).Replace("clean", "writing", StringComparison.Ordinal));
        fixture.Reports.Clear();
        await fixture.Open().DisposeAsync();
        Assert.Empty(fixture.Reports.OfType<IndexRebuildStarted>());

        File.WriteAllText(state, File.ReadAllText(state).Replace("clean", "writing", StringComparison.Ordinal));
        fixture.Boot = "second";
        await using var reopened = fixture.Open();
        Assert.Single(fixture.Reports.OfType<IndexRebuildStarted>());
        Assert.True((await reopened.ReadAsync(Key(1), Cancellation)).Exists);
    }

    [Fact]
    public async Task An_index_that_lags_behind_is_brought_up_by_replay()
    {
        using var fixture = NewFixture();
        fixture.Options = fixture.Options with { SegmentBytes = 2000, CompactAboveDeadRatio = 0.3 };
        JournalInMemory killed;
        await using (var store = fixture.Open())
        {
            for (var number = 0; number < 60; number++)
            {
                await store.CommitAsync(
                    new MetadataBatch().Put(Key(number % 7), default, new byte[150]).Tally(1, 0, 1), Cancellation);
                if (number == 30)
                {
                    await store.CompactAsync(Cancellation);
                }
            }

            // The process dies here: its files are as they are, and what was pending is gone.
            killed = fixture.Files.Copy();
            CopyDirectory.Copy(fixture.IndexPath, fixture.IndexPath + ".killed");
        }

        fixture.Files = killed;
        fixture.DeleteIndex();
        Directory.Move(fixture.IndexPath + ".killed", fixture.IndexPath);
        fixture.Reports.Clear();
        await using var reopened = fixture.Open();

        Assert.Empty(fixture.Reports.OfType<IndexRebuildStarted>());
        Assert.True(Assert.Single(fixture.Reports.OfType<JournalReplayed>()).Records >= 29);
        Assert.Equal([new MetadataTally(1, 0, 60)], await reopened.ReadTalliesAsync(Cancellation));
        Assert.Equal(7, (await reopened.ScanAsync(default, 100, Cancellation)).Count);
        for (var number = 0; number < 7; number++)
        {
            Assert.Equal(150, (await reopened.ReadAsync(Key(number), Cancellation)).Record.Length);
        }
    }

    [Fact]
    public async Task Only_the_last_close_is_replayed_after_a_good_one()
    {
        using var fixture = NewFixture();
        await using (var store = fixture.Open())
        {
            await store.CommitAsync(new MetadataBatch().Put(Key(1), default, default), Cancellation);
        }

        fixture.Reports.Clear();
        await using var reopened = fixture.Open();
        Assert.Equal([new JournalReplayed(0, 2)], fixture.Reports);
    }

    private JournalFixture NewFixture()
    {
        var fixture = new JournalFixture();
        fixture.Options = fixture.Options with { IndexEngine = Engine };
        return fixture;
    }

    private static byte[] Key(int number) => Bytes($"{number:D2}");

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    /// <summary>
    /// All keys with the sizes of their content, read one by one and checked against a scan; then tallies.
    /// </summary>
    private static async Task<string> DescribeAsync(JournalMetadataStore store)
    {
        var keys = await store.ScanAsync(default, 1000, Cancellation);
        var parts = new List<string>();
        foreach (var key in keys)
        {
            var reading = await store.ReadWithContentAsync(key.Key, Cancellation);
            Assert.Equal(key.Revision, reading.Revision);
            Assert.Equal(reading.Content.Length, BitConverter.ToInt32(reading.Record.Span));
            Assert.Equal(reading.Record.ToArray(), key.Summary.ToArray());
            parts.Add($"{Text(key.Key)}={reading.Content.Length}");
        }

        return $"{string.Join(' ', parts)}|{string.Join(' ', await store.ReadTalliesAsync(Cancellation))}";
    }

    /// <summary>A commit: one key of a few put or removed, another that is not looked at removed beside it.</summary>
    private sealed record Step(int Key, bool IsRemoval, int Size)
    {
        public MetadataBatch ToBatch()
        {
            var batch = new MetadataBatch().Tally(1, IsRemoval ? -1 : 1, 1).Remove(Bytes($"other{Key}"));
            var size = BitConverter.GetBytes(Size);
            return IsRemoval
                ? batch.Remove(RecoveryTests.Key(Key))
                : batch.Put(RecoveryTests.Key(Key), size, size, new byte[Size]);
        }
    }
}

/// <summary>The same with the other engine.</summary>
public sealed class RocksDbRecoveryTests : RecoveryTests
{
    private protected override IndexEngine Engine => IndexEngine.RocksDb;

    private protected override string IndexFiles => "CURRENT";
}
