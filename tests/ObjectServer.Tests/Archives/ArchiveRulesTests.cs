using ObjectServer.Archives;
using ObjectServer.Lifecycle;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.Archives;

public sealed class ArchiveRulesTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 10, 15, 10, 30, 0, TimeSpan.Zero);

    private readonly TemporaryDirectory _directory = new();
    private readonly Clock _clock = new();
    private LocalStore _store = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _store = await OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public void With_days_of_24_hours_a_copy_expires_at_a_midnight()
    {
        var version = Version("GLACIER", 10);
        var bucket = Bucket();
        var decision = Rules(TimeSpan.FromDays(1)).Decide(
            version, bucket, new RestoreRequest(Days: 3, RetrievalTier.Standard), Start);
        Assert.Equal(202, decision.StatusCode);
        Assert.Equal(
            (Start, Start.AddMinutes(1), new DateTimeOffset(2026, 10, 19, 0, 0, 0, TimeSpan.Zero)),
            (decision.Restore!.Requested, decision.Restore.Ready, decision.Restore.Expires!.Value));

        var quick = Rules(TimeSpan.FromSeconds(2)).Decide(
            version, bucket, new RestoreRequest(Days: 3, RetrievalTier.Standard), Start);
        Assert.Equal(Start.AddMinutes(1).AddSeconds(6), quick.Restore!.Expires);
    }

    [Fact]
    public void A_version_is_archived_on_its_way_back_there_and_archived_again()
    {
        var rules = Rules(TimeSpan.FromDays(1));
        var bucket = Bucket();
        var version = Version("DEEP_ARCHIVE", 10) with
        {
            Storage = StorageState.Of("DEEP_ARCHIVE") with
            {
                Restore = new(Start, Start.AddHours(1), Start.AddHours(2), RetrievalTier.Bulk),
            },
        };
        foreach (var (minutes, isThere, said) in ((int, bool, string?)[])
        [
            (0, false, "ongoing-request=\"true\""),
            (59, false, "ongoing-request=\"true\""),
            (60, true, "ongoing-request=\"false\", expiry-date=\"Thu, 15 Oct 2026 12:30:00 GMT\""),
            (119, true, "ongoing-request=\"false\", expiry-date=\"Thu, 15 Oct 2026 12:30:00 GMT\""),
            (120, false, null),
        ])
        {
            var now = Start.AddMinutes(minutes);
            Assert.Equal(isThere, rules.Judge(version, bucket, now) is null);
            Assert.Equal(said, rules.Describe(version, bucket, now));
        }
    }

    [Fact]
    public async Task A_read_puts_archiving_off_is_written_once_a_day_and_survives_a_restart()
    {
        var rules = Rules(TimeSpan.FromDays(1));
        var made = (await _store.Buckets.CreateAsync("bucket", "owner", "region", false, Cancellation)).Bucket;
        var bucket = (await _store.Buckets.UpdateAsync(
            made.Name, before => before with { Settings = Bucket().Settings }, Cancellation))!;
        var key = ObjectKey.Parse("k");
        await using (var content = await _store.Objects.BeginContentAsync(ArchiveRules.MinTieredBytes, Cancellation))
        {
            await content.WriteAsync(new byte[ArchiveRules.MinTieredBytes], Cancellation);
            await _store.Objects.PutAsync(
                bucket,
                new NewObject { Key = key, ETag = "e", OwnerId = "owner", StorageClass = "INTELLIGENT_TIERING" },
                content,
                Cancellation);
        }

        _clock.Now = Start.AddDays(80);
        await ReadAsync();
        Assert.Equal(1, _store.Accesses.Waiting);
        await _store.Accesses.FlushAsync();
        Assert.Equal(0, _store.Accesses.Waiting);
        await ReadAsync();
        Assert.Equal(0, _store.Accesses.Waiting);
        Assert.Equal(new DateTimeOffset(2027, 1, 4, 0, 0, 0, TimeSpan.Zero), (await FindAsync()).Storage.AccessedUntil);

        // Never sooner than after ninety days, and at most a day later.
        Assert.Null(rules.TierOf(await FindAsync(), bucket, Start.AddDays(80 + 90)));
        Assert.Equal(ArchiveTier.ArchiveAccess, rules.TierOf(await FindAsync(), bucket, Start.AddDays(80 + 91)));

        _clock.Now = Start.AddDays(100);
        await ReadAsync();
        await _store.DisposeAsync();
        _store = await OpenAsync();
        rules = Rules(TimeSpan.FromDays(1));
        Assert.Null(rules.TierOf(await FindAsync(), bucket, Start.AddDays(100 + 90)));

        async Task ReadAsync() => await rules.NoteAccessAsync(await FindAsync(), bucket, _clock.Now);

        async Task<ObjectVersion> FindAsync() => (await _store.Objects.FindAsync(bucket, key, null, Cancellation))!;
    }

    [Fact]
    public async Task A_transition_counts_as_a_read()
    {
        var bucket = Bucket();
        var made = (await _store.Buckets.CreateAsync("bucket", "owner", "region", false, Cancellation)).Bucket;
        await using var content = await _store.Objects.BeginContentAsync(ArchiveRules.MinTieredBytes, Cancellation);
        await content.WriteAsync(new byte[ArchiveRules.MinTieredBytes], Cancellation);
        await _store.Objects.PutAsync(
            made, new NewObject { Key = ObjectKey.Parse("k"), ETag = "e", OwnerId = "owner" }, content, Cancellation);
        var put = await _store.Objects.FindAsync(made, ObjectKey.Parse("k"), null, Cancellation);
        _clock.Now = Start.AddDays(500);
        Assert.Equal(TransitionOutcome.Moved, await _store.Objects.TransitionAsync(
            made,
            new(put!.Key, put.Sequence, IsLatest: true, Tags: null),
            "INTELLIGENT_TIERING",
            copied: null,
            Cancellation));
        var moved = await _store.Objects.FindAsync(made, put.Key, null, Cancellation);
        var rules = Rules(TimeSpan.FromDays(1));
        Assert.Null(rules.TierOf(moved!, bucket, Start.AddDays(500 + 89)));
        Assert.NotNull(rules.TierOf(moved!, bucket, Start.AddDays(500 + 91)));
    }

    private ArchiveRules Rules(TimeSpan day) => new(new LifecycleCalendar(day), new RestoreDelays(), _store.Accesses);

    private static BucketRecord Bucket() => new()
    {
        Id = 1000,
        Name = "bucket",
        Created = Start,
        OwnerId = "owner",
        Region = "region",
        Settings = BucketSettings.None.With(BucketSetting.IntelligentTiering, TieringDocument.Keep(
        [
            new TieringConfiguration
            {
                Id = "i",
                IsEnabled = true,
                Tierings = [new(ArchiveTier.ArchiveAccess, 90)],
            },
        ])),
    };

    private static ObjectVersion Version(string storageClass, long size) => new()
    {
        Key = ObjectKey.Parse("k"),
        VersionId = VersionId.Null,
        LastModified = Start,
        IsLatest = true,
        OwnerId = "owner",
        Size = size,
        StorageClass = storageClass,
    };

    private ValueTask<LocalStore> OpenAsync() => LocalStore.OpenAsync(
        new LocalStoreOptions { DataDirectory = _directory.Path, DiskReserveBytes = 0 }, _clock, Cancellation);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = Start;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
