using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ObjectServer.Lifecycle;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Tests.Lifecycle;

/// <summary>Passes over stores in trouble, by wrong clocks, and while others change what they look at.</summary>
public sealed class LifecycleTroubleTests : IDisposable
{
    private const string Owner = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a";
    private const string Slow = "GLACIER_IR";
    private const int Large = 140 * 1024;

    private static readonly LifecycleRule Ends = Rule("ends") with { Expiration = new() { Days = 1 } };

    private static readonly LifecycleRule Moves = Rule("moves") with { Transitions = [new(Slow) { Days = 0 }] };

    private readonly TemporaryDirectory _directory = new();
    private readonly SetTime _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Nothing_is_judged_by_a_time_that_has_not_come()
    {
        await using var store = await OpenAsync();
        await BucketAsync(store, "bucket", Ends);
        await PutAsync(store, "bucket", "key");
        await store.Uploads.CreateAsync(
            (await store.Buckets.FindAsync("bucket", Cancellation))!,
            new() { Key = ObjectKey.Parse("upload"), OwnerId = Owner },
            Cancellation);
        await PassAsync(store, LifecyclePosition.Begin(_time.Now.AddYears(1)));
        Assert.Equal(["key"], await KeysAsync(store, "bucket"));
        await PassAsync(store, LifecyclePosition.Begin(_time.Now));
        Assert.Equal(["key"], await KeysAsync(store, "bucket"));
    }

    [Fact]
    public async Task What_falls_due_while_a_pass_is_under_way_waits_for_the_next()
    {
        await using var store = await OpenAsync();
        await BucketAsync(store, "bucket", Ends);
        await PutAsync(store, "bucket", "key");
        var began = _time.Now;
        _time.Now = began.AddDays(3);
        await PassAsync(store, LifecyclePosition.Begin(began));
        Assert.Equal(["key"], await KeysAsync(store, "bucket"));
        await PassAsync(store, LifecyclePosition.Begin(_time.Now));
        Assert.Empty(await KeysAsync(store, "bucket"));
    }

    [Fact]
    public async Task On_a_nearly_full_disk_one_pass_after_the_other_is_made()
    {
        await using (var store = await OpenAsync())
        {
            await BucketAsync(store, "bucket", Ends);
            await PutAsync(store, "bucket", "first");
            _time.Now = _time.Now.AddSeconds(5);
            await PutAsync(store, "bucket", "second");
            _time.Now = _time.Now.AddSeconds(6);
        }

        await using var full = await OpenAsync(reserve: long.MaxValue / 2);
        var log = new EventLog();
        using var stop = new CancellationTokenSource();
        var worker = new LifecycleWorker(
            full, new(TimeSpan.FromSeconds(10)), rate: null, metrics: null, _time, log);
        var working = worker.RunAsync(stop.Token);
        await EventuallyAsync(async () => (await KeysAsync(full, "bucket")).Length == 1);
        Assert.Equal(["second"], await KeysAsync(full, "bucket"));

        // That falls due after the first pass began: only another one removes it.
        _time.Now = _time.Now.AddSeconds(10);
        await EventuallyAsync(async () => (await KeysAsync(full, "bucket")).Length == 0);
        await stop.CancelAsync();
        await working;
        Assert.DoesNotContain(63, log.Events);
        Assert.Contains(68, log.Events);
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("{}")]
    [InlineData("""{"began":"2026-01-01T00:00:00+00:00","bucket":null,"after":null,"isOver":false}""")]
    public async Task A_position_that_cannot_be_read_is_none(string kept)
    {
        await using var store = await OpenAsync();
        await BucketAsync(store, "bucket", Ends);
        await PutAsync(store, "bucket", "key");
        await store.Documents.CommitAsync(
            new DocumentBatch().Put("lifecycle/pass", Encoding.UTF8.GetBytes(kept)), Cancellation);
        _time.Now = _time.Now.AddDays(5);
        var log = new EventLog();
        using var stop = new CancellationTokenSource();
        var working = new LifecycleWorker(store, new(TimeSpan.FromDays(1)), rate: null, metrics: null, _time, log)
            .RunAsync(stop.Token);
        await EventuallyAsync(async () => (await KeysAsync(store, "bucket")).Length == 0);
        await stop.CancelAsync();
        await working;
        Assert.Contains(69, log.Events);
        Assert.DoesNotContain(64, log.Events);
    }

    [Fact]
    public async Task A_directory_that_is_gone_stops_nothing_but_moves_into_it()
    {
        await using var store = await OpenAsync(slow: true);
        await BucketAsync(store, "a", Moves, Ends);
        await store.Buckets.UpdateAsync("a", kept => kept with { Versioning = VersioningState.Enabled }, Cancellation);
        await BucketAsync(store, "b", Ends);
        for (var at = 0; at < 12; at++)
        {
            await PutAsync(store, "a", $"large-{at:00}", Large);
        }

        await PutAsync(store, "a", "small");
        await PutAsync(store, "b", "key");
        Directory.Delete(_directory.File("slow"), recursive: true);
        _time.Now = _time.Now.AddDays(5);
        var log = new EventLog();
        var counts = await PassAsync(store, LifecyclePosition.Begin(_time.Now), log);

        // All are hidden, the rest without trying.
        Assert.Empty(await KeysAsync(store, "a"));
        Assert.Empty(await KeysAsync(store, "b"));
        Assert.Equal((13L, 1L, 0L), (counts.Hidden, counts.Removed, counts.Transitioned));
        Assert.InRange(counts.Failed, 5, 11);
        Assert.Single(log.Events, id => id == 67);
    }

    [Fact]
    public async Task Damage_to_a_bucket_or_an_upload_is_theirs_alone()
    {
        await using (var store = await OpenAsync())
        {
            await BucketAsync(store, "a", Ends, Rule("aborts") with { AbortDays = 1 });
            await BucketAsync(store, "b", region: "bad-region", Ends);
            await BucketAsync(store, "c", Ends);
            foreach (var bucket in (string[])["a", "b", "c"])
            {
                await PutAsync(store, bucket, "key");
            }

            await UploadAsync(store, "a", "1", "text/good");
            await UploadAsync(store, "a", "2", "text/bad");
            await UploadAsync(store, "a", "3", "text/good");
        }

        await DamageAsync("bad-region");
        await DamageAsync("text/bad");
        await using var damaged = await OpenAsync();
        await Assert.ThrowsAsync<CorruptDataException>(
            () => damaged.Buckets.FindAsync("b", Cancellation).AsTask());
        _time.Now = _time.Now.AddDays(5);
        var log = new EventLog();
        var counts = await PassAsync(damaged, LifecyclePosition.Begin(_time.Now), log);

        Assert.Empty(await KeysAsync(damaged, "a"));
        Assert.Empty(await KeysAsync(damaged, "c"));
        Assert.Equal((2L, 2L, 2L), (counts.Removed, counts.Aborted, counts.Failed));
        Assert.Equal([66, 62], log.Events.Where(id => id is 62 or 66).OrderDescending());
    }

    [Fact]
    public async Task Another_bucket_of_the_name_is_gone_through_from_its_first_key()
    {
        await using var store = await OpenAsync();
        var old = await BucketAsync(store, "bucket", Ends);
        await store.Buckets.DeleteAsync("bucket", Cancellation);
        await BucketAsync(store, "bucket", Ends);
        await PutAsync(store, "bucket", "a");
        await PutAsync(store, "bucket", "z");
        _time.Now = _time.Now.AddDays(5);
        var at = new LifecyclePosition(_time.Now, "bucket", "m"u8.ToArray(), IsOver: false);
        await PassAsync(store, at with { BucketId = old.Id });
        Assert.Empty(await KeysAsync(store, "bucket"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_no_rule_asks_for_any_more_stays_where_it_is(bool changesTags)
    {
        await using var store = await OpenAsync(slow: true);
        var tagged = Moves with { Filter = new LifecycleFilter(FilterForm.Single) { Tags = [new("k", "v")] }.Ready() };
        await BucketAsync(store, "bucket", tagged);
        await PutAsync(store, "bucket", "key", Large, new Tag("k", "v"));
        _time.Now = _time.Now.AddDays(5);

        // The pace asks for the time while bytes are copied: then the client comes.
        var pace = new TimeOfCopies(async () =>
        {
            if (changesTags)
            {
                await store.Objects.UpdateAsync(
                    (await store.Buckets.FindAsync("bucket", Cancellation))!,
                    ObjectKey.Parse("key"),
                    null,
                    version => version with { Tags = [] },
                    Cancellation);
            }
            else
            {
                await store.Buckets.UpdateAsync(
                    "bucket", kept => kept with { Settings = kept.Settings.Without(BucketSetting.Lifecycle) }, Cancellation);
            }
        });
        var counts = new LifecycleCounts(metrics: null);
        await new LifecyclePass(
            store, new(TimeSpan.FromDays(1)), new(perSecond: 1_000_000, pace), counts, _time, NullLogger.Instance)
            .RunAsync(LifecyclePosition.Begin(_time.Now), _ => { }, Cancellation);

        Assert.True(pace.WasAsked);
        Assert.Equal((0L, 0L), (counts.Transitioned, counts.Failed));
        var bucket = (await store.Buckets.FindAsync("bucket", Cancellation))!;
        Assert.Equal(
            "STANDARD", (await store.Objects.FindAsync(bucket, ObjectKey.Parse("key"), null, Cancellation))!.StorageClass);
    }

    [Fact]
    public async Task A_position_is_kept_amid_a_pass_and_gone_on_with_from_there()
    {
        await using var store = await OpenAsync();
        await BucketAsync(store, "bucket", Ends, Rule("aborts") with { AbortDays = 1 });
        for (var at = 0; at < 20; at++)
        {
            await PutAsync(store, "bucket", $"key-{at:00}");
            await UploadAsync(store, "bucket", $"upload-{at:00}", "text/plain");
        }

        _time.Now = _time.Now.AddDays(5);
        LifecyclePosition? position = LifecyclePosition.Begin(_time.Now);
        var cuts = 0;
        while (true)
        {
            using var stop = new CancellationTokenSource();
            var asked = 0;
            _time.Asked = () =>
            {
                if (++asked > 7)
                {
                    stop.Cancel();
                }
            };
            try
            {
                await Pass(store, new(metrics: null), NullLogger.Instance, new PassingTime(_time))
                    .RunAsync(position, moved => { }, stop.Token);
                break;
            }
            catch (OperationCanceledException)
            {
                cuts++;
                position = await LifecyclePosition.LoadAsync(store.Documents, Cancellation) ?? position;
            }
            finally
            {
                _time.Asked = () => { };
            }
        }

        Assert.InRange(cuts, 2, 60);
        Assert.Empty(await KeysAsync(store, "bucket"));
        Assert.Empty((await store.Uploads.ListAsync(
            (await store.Buckets.FindAsync("bucket", Cancellation))!,
            new(default, default, default, "", 100),
            Cancellation)).Uploads);
    }

    private static LifecycleRule Rule(string id) =>
        new() { Id = id, IsEnabled = true, Filter = new LifecycleFilter(FilterForm.Single).Ready() };

    private ValueTask<LocalStore> OpenAsync(long reserve = 0, bool slow = false) => LocalStore.OpenAsync(
        new()
        {
            DataDirectory = _directory.File("data"),
            DiskReserveBytes = reserve,
            ClassDirectories = slow
                ? new Dictionary<string, string> { [Slow] = _directory.File("slow") }
                : new Dictionary<string, string>(),
        },
        _time,
        Cancellation);

    private static LifecyclePass Pass(LocalStore store, LifecycleCounts counts, ILogger log, TimeProvider time) =>
        new(store, new(TimeSpan.FromDays(1)), new(perSecond: null, time), counts, time, log) { LooksBetweenRests = 3 };

    private async Task<LifecycleCounts> PassAsync(LocalStore store, LifecyclePosition position, ILogger? log = null)
    {
        var counts = new LifecycleCounts(metrics: null);
        await Pass(store, counts, log ?? NullLogger.Instance, _time).RunAsync(position, _ => { }, Cancellation);
        return counts;
    }

    private static Task<BucketRecord> BucketAsync(LocalStore store, string name, params ImmutableArray<LifecycleRule> rules) =>
        BucketAsync(store, name, "us-east-1", rules);

    private static async Task<BucketRecord> BucketAsync(
        LocalStore store, string name, string region, params ImmutableArray<LifecycleRule> rules)
    {
        var document = new ArrayBufferWriter<byte>();
        LifecycleDocument.WriteKept(
            new S3XmlWriter(document), new LifecycleConfiguration(rules, TransitionMinimum.AllStorageClasses128K));
        var settings = BucketSettings.None.With(BucketSetting.Lifecycle, document.WrittenMemory);
        return (await store.Buckets.CreateAsync(
            name, Owner, region, objectLock: false, tags: [], settings, Cancellation)).Bucket;
    }

    private static async Task PutAsync(LocalStore store, string bucket, string key, int bytes = 3, params ImmutableArray<Tag> tags)
    {
        await using var content = await store.Objects.BeginContentAsync(bytes, Cancellation);
        await content.WriteAsync(new byte[bytes], Cancellation);
        await store.Objects.PutAsync(
            (await store.Buckets.FindAsync(bucket, Cancellation))!,
            new()
            {
                Key = ObjectKey.Parse(key),
                ETag = "d41d8cd98f00b204e9800998ecf8427e",
                OwnerId = Owner,
                Tags = tags,
            },
            content,
            Cancellation);
    }

    private static async Task UploadAsync(LocalStore store, string bucket, string key, string contentType) =>
        await store.Uploads.CreateAsync(
            (await store.Buckets.FindAsync(bucket, Cancellation))!,
            new() { Key = ObjectKey.Parse(key), OwnerId = Owner, Metadata = new() { ContentType = contentType } },
            Cancellation);

    private static async Task<string[]> KeysAsync(LocalStore store, string bucket) =>
    [
        .. (await store.Objects.ListAsync(
            (await store.Buckets.FindAsync(bucket, Cancellation))!, new(default, default, default, 1000), Cancellation))
            .Objects.Select(found => found.Key.ToString()),
    ];

    /// <summary>Flips a bit wherever a closed store's journal has a text.</summary>
    private async Task DamageAsync(string text)
    {
        var wanted = Encoding.UTF8.GetBytes(text);
        var flips = 0;
        foreach (var file in Directory.GetFiles(Path.Combine(_directory.File("data"), "journal")))
        {
            var bytes = await File.ReadAllBytesAsync(file, Cancellation);
            for (var at = 0; at + wanted.Length <= bytes.Length; at++)
            {
                if (bytes.AsSpan(at, wanted.Length).SequenceEqual(wanted))
                {
                    bytes[at] ^= 1;
                    flips++;
                }
            }

            await File.WriteAllBytesAsync(file, bytes, Cancellation);
        }

        Assert.True(flips > 0);
    }

    private static async Task EventuallyAsync(Func<Task<bool>> isSo)
    {
        while (!await isSo())
        {
            await Task.Delay(20, Cancellation);
        }
    }

    /// <summary>Ids of what was logged.</summary>
    private sealed class EventLog : ILogger
    {
        public ConcurrentQueue<int> Events { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Events.Enqueue(eventId.Id);
    }

    /// <summary>A clock that is asked when bytes were copied, and lets somebody do something then, once.</summary>
    private sealed class TimeOfCopies(Func<Task> act) : TimeProvider
    {
        private int _asked;

        public bool WasAsked => _asked > 1;

        public override long GetTimestamp()
        {
            // The first time is that of the beginning.
            if (++_asked == 2)
            {
                Task.Run(act, Cancellation).GetAwaiter().GetResult();
            }

            return System.GetTimestamp();
        }
    }

    /// <summary>A clock by which hours go by whenever somebody measures: each position is kept.</summary>
    private sealed class PassingTime(SetTime time) : TimeProvider
    {
        private long _measured;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Interlocked.Add(ref _measured, 3600);
    }
}
