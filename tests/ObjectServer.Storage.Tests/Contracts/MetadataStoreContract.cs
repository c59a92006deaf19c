using System.Text;
using ObjectServer.Storage.Metadata;

namespace ObjectServer.Storage.Tests.Contracts;

/// <summary>What every metadata store promises; each implementation inherits the suite.</summary>
public abstract class MetadataStoreContract : IAsyncLifetime
{
    private IMetadataStore? _store;

    private protected IMetadataStore Store => _store ?? throw new InvalidOperationException("Not opened.");

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Opens an empty store.</summary>
    protected abstract ValueTask<IMetadataStore> OpenAsync();

    /// <summary>
    /// Called between steps: an implementation may close and open its store, or move what it holds from one layer to
    /// the next, and nothing a caller sees may change.
    /// </summary>
    protected virtual ValueTask<IMetadataStore> DisturbAsync(IMetadataStore store) => ValueTask.FromResult(store);

    public async ValueTask InitializeAsync() => _store = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private async ValueTask Disturb() => _store = await DisturbAsync(Store);

    [Fact]
    public async Task A_key_never_written_reads_as_absent()
    {
        var reading = await Store.ReadAsync(Bytes("nothing"), Cancellation);

        Assert.False(reading.Exists);
        Assert.Equal(0ul, reading.Revision);
        Assert.Equal("nothing", Text(reading.Key));
    }

    [Fact]
    public async Task What_was_committed_is_read_back()
    {
        await Put("key", "short", "long", "content");
        await Disturb();

        var reading = await Store.ReadWithContentAsync(Bytes("key"), Cancellation);

        Assert.True(reading.Exists);
        Assert.Equal("key", Text(reading.Key));
        Assert.Equal("short", Text(reading.Summary));
        Assert.Equal("long", Text(reading.Record));
        Assert.Equal("content", Text(reading.Content));
    }

    [Fact]
    public async Task A_plain_read_leaves_the_content_out()
    {
        await Put("key", "short", "long", "content");
        await Disturb();

        var reading = await Store.ReadAsync(Bytes("key"), Cancellation);

        Assert.Equal("long", Text(reading.Record));
        Assert.True(reading.Content.IsEmpty);
    }

    [Fact]
    public async Task Empty_summary_record_and_content_are_values_too()
    {
        await Put("key", "", "", "");
        await Disturb();

        Assert.True((await Store.ReadWithContentAsync(Bytes("key"), Cancellation)).Exists);
        Assert.Single(await Scan(""));
    }

    [Fact]
    public async Task A_removed_key_reads_as_absent_and_is_not_scanned()
    {
        await Put("key", "s");
        await Disturb();
        await Commit(new MetadataBatch().Remove(Bytes("key")));

        Assert.False((await Store.ReadAsync(Bytes("key"), Cancellation)).Exists);
        Assert.Empty(await Scan(""));
        await Disturb();
        Assert.False((await Store.ReadAsync(Bytes("key"), Cancellation)).Exists);
        Assert.Empty(await Scan(""));
    }

    [Fact]
    public async Task Removing_what_is_not_there_commits()
    {
        Assert.Equal(CommitOutcome.Committed, await Commit(new MetadataBatch().Remove(Bytes("never"))));
    }

    [Fact]
    public async Task Every_change_of_a_key_gives_it_a_greater_revision()
    {
        await Put("key", "1");
        var first = (await Store.ReadAsync(Bytes("key"), Cancellation)).Revision;
        await Disturb();
        await Put("key", "2");
        var second = (await Store.ReadAsync(Bytes("key"), Cancellation)).Revision;
        await Commit(new MetadataBatch().Remove(Bytes("key")));
        await Disturb();
        await Put("key", "2");
        var third = (await Store.ReadAsync(Bytes("key"), Cancellation)).Revision;

        Assert.True(0 < first && first < second && second < third, $"{first}, {second}, {third}");
    }

    [Fact]
    public async Task The_last_change_of_a_key_within_a_batch_stands()
    {
        await Commit(new MetadataBatch()
            .Put(Bytes("a"), Bytes("1"), default)
            .Remove(Bytes("a"))
            .Put(Bytes("a"), Bytes("2"), Bytes("r"))
            .Put(Bytes("b"), Bytes("1"), default)
            .Remove(Bytes("b")));
        await Disturb();

        Assert.Equal("r", Text((await Store.ReadAsync(Bytes("a"), Cancellation)).Record));
        Assert.Equal(["a=2"], await Scan(""));
    }

    [Fact]
    public async Task A_reading_that_still_stands_lets_a_batch_commit()
    {
        await Put("key", "1");
        var reading = await Store.ReadAsync(Bytes("key"), Cancellation);
        await Put("other", "1");
        await Disturb();

        Assert.Equal(
            CommitOutcome.Committed,
            await Commit(new MetadataBatch().Require(reading).Put(Bytes("key"), Bytes("2"), default)));
        Assert.Equal(["key=2", "other=1"], await Scan(""));
    }

    [Fact]
    public async Task A_reading_that_was_overtaken_refuses_the_whole_batch()
    {
        await Put("key", "1");
        var reading = await Store.ReadAsync(Bytes("key"), Cancellation);
        await Put("key", "2");

        var batch = new MetadataBatch()
            .Require(reading).Put(Bytes("key"), Bytes("3"), default).Put(Bytes("other"), default, default)
            .Tally(1, 1, 1);
        Assert.Equal(CommitOutcome.Changed, await Commit(batch));
        await Disturb();
        Assert.Equal(CommitOutcome.Changed, await Commit(batch));
        Assert.Equal(["key=2"], await Scan(""));
        Assert.Empty(await Store.ReadTalliesAsync(Cancellation));
    }

    [Fact]
    public async Task A_reading_of_absence_stands_until_the_key_is_written()
    {
        var reading = await Store.ReadAsync(Bytes("key"), Cancellation);
        await Put("other", "1");
        await Disturb();

        var batch = new MetadataBatch().Require(reading).Put(Bytes("key"), Bytes("1"), default);
        Assert.Equal(CommitOutcome.Committed, await Commit(batch));
        Assert.Equal(CommitOutcome.Changed, await Commit(batch));
        await Disturb();
        Assert.Equal(CommitOutcome.Changed, await Commit(batch));
    }

    [Fact]
    public async Task A_reading_of_a_record_falls_when_the_key_is_removed()
    {
        await Put("key", "1");
        var reading = await Store.ReadAsync(Bytes("key"), Cancellation);
        await Commit(new MetadataBatch().Remove(Bytes("key")));
        await Disturb();

        Assert.Equal(CommitOutcome.Changed, await Commit(new MetadataBatch().Require(reading)));
    }

    [Fact]
    public async Task A_reading_made_by_a_scan_can_be_required()
    {
        await Put("key", "1");
        await Disturb();
        var page = await Store.ScanAsync(MetadataRange.WithPrefix(Bytes("k")), 10, Cancellation);

        var batch = new MetadataBatch().Require(Assert.Single(page)).Remove(Bytes("key"));
        Assert.Equal(CommitOutcome.Committed, await Commit(batch));
        Assert.Equal(CommitOutcome.Changed, await Commit(batch));
    }

    [Fact]
    public async Task A_batch_without_changes_only_judges()
    {
        var absent = await Store.ReadAsync(Bytes("key"), Cancellation);

        Assert.Equal(CommitOutcome.Committed, await Commit(new MetadataBatch()));
        Assert.Equal(CommitOutcome.Committed, await Commit(new MetadataBatch().Require(absent)));
        await Put("key", "1");
        Assert.Equal(CommitOutcome.Changed, await Commit(new MetadataBatch().Require(absent)));
    }

    [Fact]
    public async Task A_prefix_required_empty_refuses_when_a_key_begins_with_it()
    {
        await Put("a", "1");
        await Put("c", "1");
        var batch = new MetadataBatch().RequireEmpty(Bytes("b")).Put(Bytes("b"), Bytes("1"), default);

        Assert.Equal(CommitOutcome.Committed, await Commit(batch));
        Assert.Equal(CommitOutcome.NotEmpty, await Commit(batch));
        await Disturb();
        Assert.Equal(CommitOutcome.NotEmpty, await Commit(batch));
        await Commit(new MetadataBatch().Remove(Bytes("b")));
        Assert.Equal(CommitOutcome.Committed, await Commit(batch));
    }

    [Fact]
    public async Task Of_racing_committers_with_one_reading_exactly_one_wins()
    {
        for (var round = 0; round < 50; round++)
        {
            var key = Bytes($"key{round % 5}");
            var reading = await Store.ReadAsync(key, Cancellation);

            var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(racer => Task.Run(
                async () => await Commit(new MetadataBatch()
                    .Require(reading).Put(key, Bytes($"{round}/{racer}"), default)
                    .Tally(1, 1, 10)),
                Cancellation)));

            Assert.Equal(1, outcomes.Count(outcome => outcome == CommitOutcome.Committed));
            Assert.Equal(7, outcomes.Count(outcome => outcome == CommitOutcome.Changed));
            if (round % 7 == 0)
            {
                await Disturb();
            }
        }

        Assert.Equal([new MetadataTally(1, 50, 500)], await Store.ReadTalliesAsync(Cancellation));
    }

    [Fact]
    public async Task A_committed_write_is_visible_to_the_next_read_and_scan()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var round = 0; round < 50; round++)
            {
                var key = $"{writer}/{round:D3}";
                await Put(key, $"{round}");
                Assert.True((await Store.ReadAsync(Bytes(key), Cancellation)).Exists);
                Assert.Equal(round + 1, (await Scan($"{writer}/")).Count);
            }
        }, Cancellation)));
    }

    [Fact]
    public async Task Scans_return_byte_order_whatever_the_bytes()
    {
        byte[][] keys =
        [
            [0x00], [0x00, 0x00], [0x00, 0x01], [0x01], [0x2F], [0x41], [0x61], [0x7F], [0x80], [0xC3, 0xA9],
            [0xEF, 0xBF, 0xBD], [0xF0, 0x9F, 0x98, 0x80], [0xFF], [0xFF, 0x00], [0xFF, 0xFF],
        ];
        foreach (var key in keys.Reverse())
        {
            await Commit(new MetadataBatch().Put(key, default, default));
            if (key.Length == 1)
            {
                await Disturb();
            }
        }

        var page = await Store.ScanAsync(default, 100, Cancellation);

        Assert.Equal(keys, page.Select(reading => reading.Key.ToArray()));
    }

    [Fact]
    public async Task A_range_includes_its_start_and_excludes_its_end()
    {
        foreach (var key in (string[])["a", "b", "b\0", "c", "d"])
        {
            await Put(key, "1");
        }

        await Disturb();

        var page = await Store.ScanAsync(new MetadataRange(Bytes("b"), Bytes("d")), 10, Cancellation);
        Assert.Equal(["b", "b\0", "c"], page.Select(reading => Text(reading.Key)));
        Assert.Empty(await Store.ScanAsync(new MetadataRange(Bytes("c"), Bytes("b")), 10, Cancellation));
        Assert.Empty(await Store.ScanAsync(new MetadataRange(Bytes("b"), Bytes("b")), 10, Cancellation));
    }

    [Fact]
    public async Task Pages_add_up_to_the_whole_scan_while_layers_move()
    {
        for (var number = 0; number < 200; number++)
        {
            await Put($"{number * 37 % 200:D3}", $"{number}");
            if (number % 40 == 39)
            {
                await Disturb();
            }
        }

        for (var number = 0; number < 200; number += 3)
        {
            await Commit(new MetadataBatch().Remove(Bytes($"{number:D3}")));
        }

        var keys = new List<string>();
        byte[] start = [];
        while (true)
        {
            var page = await Store.ScanAsync(new MetadataRange(start, default), 7, Cancellation);
            keys.AddRange(page.Select(reading => Text(reading.Key)));
            if (page.Count < 7)
            {
                break;
            }

            start = [.. page[^1].Key.Span, 0];
            await Disturb();
        }

        Assert.Equal(Enumerable.Range(0, 200).Where(n => n % 3 != 0).Select(n => $"{n:D3}"), keys);
    }

    [Fact]
    public async Task A_limit_of_zero_returns_nothing()
    {
        await Put("key", "1");

        Assert.Empty(await Store.ScanAsync(default, 0, Cancellation));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(1021)]
    [InlineData(1050)]
    [InlineData(2048)]
    public async Task Keys_of_any_allowed_length_are_kept_apart_and_in_order(int length)
    {
        var key = new byte[length];
        key.AsSpan().Fill(0x61);
        byte[] last = [.. key[..^1], 0x62];
        byte[][] keys = length < 2048 ? [key, [.. key, 0x00], [.. key, 0xFF], last] : [key, last];
        foreach (var each in keys.Reverse())
        {
            await Commit(new MetadataBatch().Put(each, Bytes("s"), each));
        }

        await Disturb();

        foreach (var each in keys)
        {
            Assert.Equal(each, (await Store.ReadAsync(each, Cancellation)).Record.ToArray());
        }

        var page = await Store.ScanAsync(default, 100, Cancellation);
        Assert.Equal(keys, page.Select(reading => reading.Key.ToArray()));
        var rest = await Store.ScanAsync(new MetadataRange(keys[1], default), 100, Cancellation);
        Assert.Equal(keys[1..], rest.Select(reading => reading.Key.ToArray()));
        await Commit(new MetadataBatch().Remove(key));
        await Disturb();
        page = await Store.ScanAsync(default, 100, Cancellation);
        Assert.Equal(keys[1..], page.Select(reading => reading.Key.ToArray()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2049)]
    public async Task Keys_of_other_lengths_are_refused(int length)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await Commit(new MetadataBatch().Put(new byte[length], default, default)));
    }

    [Fact]
    public async Task Tallies_are_summed_by_group_and_vanish_at_zero()
    {
        await Commit(new MetadataBatch().Tally(7, 1, 100).Tally(3, 1, 5).Tally(7, 1, 20));
        await Disturb();
        await Commit(new MetadataBatch().Tally(7, -1, -100));

        Assert.Equal(
            [new MetadataTally(3, 1, 5), new MetadataTally(7, 1, 20)],
            await Store.ReadTalliesAsync(Cancellation));

        await Commit(new MetadataBatch().Tally(3, -1, -5));
        await Disturb();
        Assert.Equal([new MetadataTally(7, 1, 20)], await Store.ReadTalliesAsync(Cancellation));
    }

    [Fact]
    public async Task Large_content_comes_back_whole()
    {
        var content = new byte[1 << 20];
        for (var at = 0; at < content.Length; at++)
        {
            content[at] = (byte)(at * 31 >> 3);
        }

        await Commit(new MetadataBatch().Put(Bytes("key"), Bytes("s"), Bytes("r"), content));
        Assert.Equal(content, (await Store.ReadWithContentAsync(Bytes("key"), Cancellation)).Content.ToArray());
        await Disturb();
        Assert.Equal(content, (await Store.ReadWithContentAsync(Bytes("key"), Cancellation)).Content.ToArray());
    }

    [Fact]
    public async Task Bytes_given_to_a_commit_may_be_reused_once_it_completes()
    {
        var buffer = Bytes("0123456789");
        await Commit(new MetadataBatch().Put(buffer.AsMemory(0, 2), buffer.AsMemory(2, 2), buffer.AsMemory(4, 2),
            buffer.AsMemory(6)));
        buffer.AsSpan().Clear();

        var reading = await Store.ReadWithContentAsync(Bytes("01"), Cancellation);
        Assert.Equal(
            ("23", "45", "6789"), (Text(reading.Summary), Text(reading.Record), Text(reading.Content)));
        Assert.Equal(["01=23"], await Scan(""));
    }

    [Fact]
    public async Task A_cancelled_caller_gets_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Store.ReadAsync(Bytes("key"), cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Store.CommitAsync(new MetadataBatch().Remove(Bytes("key")), cancelled.Token));
    }

    private protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private protected static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private protected ValueTask<CommitOutcome> Commit(MetadataBatch batch) => Store.CommitAsync(batch, Cancellation);

    private protected async ValueTask Put(string key, string summary, string record = "", string content = "")
    {
        var batch = new MetadataBatch().Put(Bytes(key), Bytes(summary), Bytes(record), Bytes(content));
        Assert.Equal(CommitOutcome.Committed, await Commit(batch));
    }

    private protected async ValueTask<IReadOnlyList<string>> Scan(string prefix)
    {
        var page = await Store.ScanAsync(MetadataRange.WithPrefix(Bytes(prefix)), 1000, Cancellation);
        return [.. page.Select(reading => $"{Text(reading.Key)}={Text(reading.Summary)}")];
    }
}
