using System.Text;
using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Tests.Journal;

/// <summary>What the journal does when its disk does not do what it should.</summary>
public sealed class FailingDisk : IDisposable
{
    /// <summary>A bucket's group of tallies; the first 256 are places.</summary>
    private const ulong Bucket = 1_000;

    private readonly JournalFixture _fixture = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failed_write_or_sync_turns_the_store_read_only_for_good(bool isWrite)
    {
        await using var store = _fixture.Open();
        await store.CommitAsync(Put("before"), Cancellation);
        void Fail() => throw new IOException("The disk is gone.");
        if (isWrite)
        {
            _fixture.Files.OnWrite = Fail;
        }
        else
        {
            _fixture.Files.OnSync = Fail;
        }

        var first = await Refused(async () => await store.CommitAsync(Put("during"), Cancellation));
        _fixture.Files.OnWrite = _fixture.Files.OnSync = () => { };
        var second = await Refused(async () => await store.CommitAsync(Put("after"), Cancellation));

        Assert.Equal(UnavailableReason.ReadOnly, first.Reason);
        Assert.Equal(UnavailableReason.ReadOnly, second.Reason);
        Assert.Contains("The disk is gone.", second.Message, StringComparison.Ordinal);
        Assert.True(store.ReadStatistics().IsReadOnly);
        Assert.NotNull(store.Failure);
        Assert.Single(_fixture.Reports.OfType<WriteFailed>());
        Assert.True((await store.ReadAsync(Bytes("before"), Cancellation)).Exists);
        Assert.False((await store.ReadAsync(Bytes("during"), Cancellation)).Exists);
    }

    [Fact]
    public async Task Nothing_is_visible_before_its_sync()
    {
        await using var store = _fixture.Open();
        using var mayGoOn = new ManualResetEventSlim();
        using var isSyncing = new ManualResetEventSlim();
        _fixture.Files.OnSync = () =>
        {
            isSyncing.Set();
            mayGoOn.Wait();
        };

        var commit = store.CommitAsync(Put("key"), Cancellation).AsTask();
        isSyncing.Wait(Cancellation);
        Assert.False(commit.IsCompleted);
        Assert.False((await store.ReadAsync(Bytes("key"), Cancellation)).Exists);
        Assert.Empty(await store.ScanAsync(default, 10, Cancellation));

        _fixture.Files.OnSync = () => { };
        mayGoOn.Set();
        Assert.Equal(CommitOutcome.Committed, await commit);
        Assert.True((await store.ReadAsync(Bytes("key"), Cancellation)).Exists);
    }

    [Fact]
    public async Task Commits_that_queue_during_a_sync_share_the_next_one()
    {
        await using var store = _fixture.Open();
        using var mayGoOn = new ManualResetEventSlim();
        using var isSyncing = new ManualResetEventSlim();
        _fixture.Files.OnSync = () =>
        {
            isSyncing.Set();
            mayGoOn.Wait();
        };
        var before = _fixture.Files.Syncs;
        var first = store.CommitAsync(Put("first"), Cancellation).AsTask();
        isSyncing.Wait(Cancellation);
        var rest = Enumerable.Range(0, 100)
            .Select(number => store.CommitAsync(Put($"{number}"), Cancellation).AsTask()).ToList();

        _fixture.Files.OnSync = () => { };
        mayGoOn.Set();
        await first;
        await Task.WhenAll(rest);

        Assert.Equal(2, _fixture.Files.Syncs - before);
    }

    [Fact]
    public async Task A_nearly_full_disk_refuses_puts_and_takes_deletes()
    {
        await using var store = _fixture.Open();
        await store.CommitAsync(Put("key").Tally(Bucket, 1, 100), Cancellation);
        await store.DisposeAsync();
        _fixture.Space = new DiskSpace(1L << 40, 1L << 20);

        await using var full = _fixture.Open();
        var refusal = await Refused(async () => await full.CommitAsync(Put("more"), Cancellation));
        Assert.Equal(UnavailableReason.DiskNearlyFull, refusal.Reason);
        Assert.Single(_fixture.Reports.OfType<DiskReserveCrossed>());

        // Larger by its tallies: a replacement, not a deletion.
        var growing = Put("more").Remove(Bytes("key")).Tally(Bucket, 0, 1);
        await Refused(async () => await full.CommitAsync(growing, Cancellation));
        var moving = Put("trash").Remove(Bytes("key")).Tally(Bucket, 0, 0);
        Assert.Equal(CommitOutcome.Committed, await full.CommitAsync(moving, Cancellation));
        var removal = new MetadataBatch().Remove(Bytes("trash")).Tally(Bucket, -1, -100);
        Assert.Equal(CommitOutcome.Committed, await full.CommitAsync(removal, Cancellation));
        Assert.False(full.ReadStatistics().IsReadOnly);
    }

    [Fact]
    public async Task A_closed_store_refuses_commits()
    {
        var store = _fixture.Open();
        await store.DisposeAsync();

        var refusal = await Refused(async () => await store.CommitAsync(Put("key"), Cancellation));
        Assert.Equal(UnavailableReason.Closing, refusal.Reason);
    }

    [Fact]
    public async Task A_commit_waits_while_the_index_is_behind_and_is_refused_after_its_time()
    {
        _fixture.Options = _fixture.Options with { MaxPendingEntries = 0, MaxCommitWait = TimeSpan.Zero };
        await using (var store = _fixture.Open())
        {
            await store.CommitAsync(Put("first"), Cancellation);
            var refusal = await Refused(async () =>
            {
                for (var number = 0; number < 10_000; number++)
                {
                    await store.CommitAsync(Put($"{number}"), Cancellation);
                }
            });
            Assert.Equal(UnavailableReason.Overloaded, refusal.Reason);
        }

        _fixture.Options = _fixture.Options with { MaxPendingEntries = 2, MaxCommitWait = TimeSpan.FromMinutes(5) };
        await using var patient = _fixture.Open();
        await Task.WhenAll(Enumerable.Range(0, 100)
            .Select(number => patient.CommitAsync(Put($"p{number:D3}"), Cancellation).AsTask()));
        var page = await patient.ScanAsync(MetadataRange.WithPrefix(Bytes("p")), 1000, Cancellation);
        Assert.Equal(100, page.Count);
    }

    private static MetadataBatch Put(string key) => new MetadataBatch().Put(Bytes(key), Bytes("s"), Bytes("r"));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static Task<StoreUnavailableException> Refused(Func<Task> commit) =>
        Assert.ThrowsAsync<StoreUnavailableException>(commit);
}
