using System.Buffers;
using System.Collections.Immutable;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using ObjectServer.Lifecycle;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Tests.Lifecycle;

/// <summary>
/// Random histories of a bucket under random rules, on the disk. A pass must leave what a naive reading of the rules
/// leaves, wherever it is interrupted, and do nothing more when it is made again at the same time.
/// </summary>
public sealed class LifecyclePassTests
{
    private const string Owner = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a";

    private static readonly string[] Keys = ["a/1", "a/2", "b/1", "c"];

    private enum Move
    {
        Put,
        PutTagged,
        Delete,
        DeleteOldest,
        Enable,
        Suspend,
        Wait,
        Upload,
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pass_leaves_what_a_naive_reading_of_the_rules_leaves_wherever_it_is_interrupted()
    {
        using var directory = new TemporaryDirectory();
        var time = new SetTime();
        await using var store = await LocalStore.OpenAsync(
            new() { DataDirectory = directory.File("data"), DiskReserveBytes = 0 }, time, Cancellation);
        var names = 0;
        await Gen.Select(Histories(), Rules().Array[1, 4], Gen.Int[0, 12], Gen.Int[0, 9]).SampleAsync(
            async (history, rules, days, interruption) =>
            {
                // A bucket whose name sorts before all others', so that passes over it are not about others as well.
                var name = $"bucket-{int.MaxValue - names++}";
                var bucket = await MakeAsync(store, time, name, history, [.. rules]);
                time.Now = time.Now.AddDays(days);
                var before = await ReadAsync(store, bucket);
                var expected = Model.After(before, bucket, [.. rules], time.Now);
                var uploads = Model.UploadsAfter(await UploadsAsync(store, bucket), [.. rules], time.Now);

                await PassAsync(store, time, interruption);
                AssertSame(expected, await ReadAsync(store, bucket));
                Assert.Equal(uploads, (await UploadsAsync(store, bucket)).Select(upload => upload.UploadId));

                // An object is subject to one action a pass: what follows from that is for the passes after it.
                for (var pass = 0; pass < 8; pass++)
                {
                    expected = Model.After(expected, bucket, [.. rules], time.Now);
                }

                for (var pass = 0; pass < 8; pass++)
                {
                    await PassAsync(store, time, interruption: 0);
                }

                AssertSame(expected, await ReadAsync(store, bucket));
                await store.Buckets.UpdateAsync(
                    name, kept => kept with { Settings = kept.Settings.Without(BucketSetting.Lifecycle) }, Cancellation);
            },
            iter: 60,
            threads: 1);
    }

    /// <summary>Makes a pass that is cut short now and then, and gone on with from where it said it was.</summary>
    private static async Task PassAsync(LocalStore store, SetTime time, int interruption)
    {
        var position = LifecyclePosition.Begin(time.Now);
        for (var tries = 0; ; tries++)
        {
            using var stop = new CancellationTokenSource();
            var asked = 0;
            time.Asked = () =>
            {
                if (interruption > 0 && tries < 20 && ++asked > interruption + (tries / 4))
                {
                    stop.Cancel();
                }
            };
            var pass = new LifecyclePass(
                store, new(TimeSpan.FromDays(1)), new(perSecond: null, time), new(metrics: null), time, NullLogger.Instance)
            {
                LooksBetweenRests = 1 + (tries % 3),
            };
            try
            {
                await pass.RunAsync(position, moved => position = moved, stop.Token);
                return;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Gone on with.
            }
            finally
            {
                time.Asked = () => { };
            }
        }
    }

    private static async Task<BucketRecord> MakeAsync(
        LocalStore store,
        SetTime time,
        string name,
        (Move Move, int Key, int Size)[] history,
        ImmutableArray<LifecycleRule> rules)
    {
        await store.Buckets.CreateAsync(name, Owner, "us-east-1", objectLock: false, Cancellation);
        foreach (var (move, at, size) in history)
        {
            var key = ObjectKey.Parse(Keys[at]);
            var bucket = (await store.Buckets.FindAsync(name, Cancellation))!;
            switch (move)
            {
                case Move.Put or Move.PutTagged:
                    await using (var content = await store.Objects.BeginContentAsync(null, Cancellation))
                    {
                        await content.WriteAsync(new byte[size * 50 * 1024], Cancellation);
                        await store.Objects.PutAsync(
                            bucket,
                            new()
                            {
                                Key = key,
                                ETag = "0123456789abcdef0123456789abcdef",
                                OwnerId = Owner,
                                Tags = move == Move.PutTagged ? [new("k", "v")] : [],
                            },
                            content,
                            Cancellation);
                    }

                    break;
                case Move.Delete:
                    await store.Objects.DeleteAsync(
                        bucket, key, null, Owner, WriteConditions.None, bypassesGovernance: false, Cancellation);
                    break;
                case Move.DeleteOldest:
                    if ((await ReadAsync(store, bucket)).LastOrDefault(version => version.Key == Keys[at]) is { } oldest)
                    {
                        await store.Objects.DeleteAsync(
                            bucket, key, oldest.Id, Owner, WriteConditions.None, bypassesGovernance: false, Cancellation);
                    }

                    break;
                case Move.Enable or Move.Suspend:
                    await store.Buckets.UpdateAsync(
                        name,
                        kept => kept with
                        {
                            Versioning = move == Move.Enable ? VersioningState.Enabled : VersioningState.Suspended,
                        },
                        Cancellation);
                    break;
                case Move.Wait:
                    time.Now = time.Now.AddHours(9 * size);
                    break;
                case Move.Upload:
                    await store.Uploads.CreateAsync(bucket, new() { Key = key, OwnerId = Owner }, Cancellation);
                    break;
            }

            time.Now = time.Now.AddMilliseconds(1);
        }

        var document = new ArrayBufferWriter<byte>();
        LifecycleDocument.WriteKept(
            new S3XmlWriter(document), new LifecycleConfiguration(rules, TransitionMinimum.AllStorageClasses128K));
        return (await store.Buckets.UpdateAsync(
            name,
            kept => kept with { Settings = kept.Settings.With(BucketSetting.Lifecycle, document.WrittenMemory) },
            Cancellation))!;
    }

    private static async Task<ImmutableArray<Kept>> ReadAsync(LocalStore store, BucketRecord bucket)
    {
        var page = await store.Objects.ListVersionsAsync(
            bucket, new(default, default, default, null, 1000), Cancellation);
        var versions = ImmutableArray.CreateBuilder<Kept>();
        foreach (var listed in page.Versions)
        {
            var found = (await store.Objects.FindAsync(bucket, listed.Key, listed.VersionId, Cancellation))!;
            versions.Add(new(
                found.Key.ToString(),
                found.VersionId,
                new((long)found.Sequence, TimeSpan.Zero),
                found.LastModified,
                found.Size,
                found.Tags,
                found.StorageClass,
                new((long)found.Successor, TimeSpan.Zero),
                found.IsDeleteMarker,
                found.IsLatest));
        }

        return versions.ToImmutable();
    }

    private static async Task<ImmutableArray<UploadRecord>> UploadsAsync(LocalStore store, BucketRecord bucket) =>
        (await store.Uploads.ListAsync(bucket, new(default, default, default, "", 1000), Cancellation)).Uploads;

    private static void AssertSame(ImmutableArray<Kept> expected, ImmutableArray<Kept> actual) =>
        Assert.Equal(expected.Select(Describe), actual.Select(Describe));

    /// <summary>Markers that the pass wrote have ids that nobody could foresee.</summary>
    private static string Describe(Kept version) => version.IsMarker
        ? $"{version.Key} marker, latest {version.IsLatest}"
        : $"{version.Key} {version.Id} {version.Class}, latest {version.IsLatest}";

    private static Gen<(Move Move, int Key, int Size)[]> Histories() =>
        Gen.Select(Gen.Enum<Move>(), Gen.Int[0, Keys.Length - 1], Gen.Int[0, 4]).Array[1, 40];

    private static Gen<LifecycleRule> Rules()
    {
        LifecycleFilter[] filters =
        [
            new(FilterForm.Single),
            new(FilterForm.Single) { Prefix = "a/" },
            new(FilterForm.Single) { Prefix = "c" },
            new(FilterForm.Single) { Tags = [new("k", "v")] },
            new(FilterForm.Single) { LargerThan = 100 * 1024 },
            new(FilterForm.And) { Prefix = "a/", SmallerThan = 150 * 1024 },
        ];
        var choices = Gen.Select(Gen.Int[0, filters.Length - 1], Gen.Int[0, 7], Gen.Int[1, 4], Gen.Int[0, 3]);
        return choices.Select((at, kind, days, kept) =>
        {
            var filter = filters[at];
            var rule = new LifecycleRule { Id = $"{kind}-{days}-{kept}", IsEnabled = true, Filter = filter };
            return kind switch
            {
                0 => rule with { Expiration = new() { Days = days } },
                1 => rule with { Expiration = new() { Date = new(2026, 1, days, 0, 0, 0, TimeSpan.Zero) } },
                2 => rule with { Expiration = new() { LoneMarkers = true } },
                3 => rule with { NoncurrentExpiration = new(days, kept == 0 ? null : kept) },
                4 => rule with { Transitions = [new("GLACIER") { Days = days }, new("INTELLIGENT_TIERING") { Days = 0 }] },
                5 => rule with { NoncurrentTransitions = [new("GLACIER_IR", days, kept == 0 ? null : kept)] },
                6 => rule with { IsEnabled = false, Expiration = new() { Days = days } },
                _ => rule with { AbortDays = days, Filter = new(FilterForm.Single) { Prefix = filter.Prefix } },
            };
        });
    }

    /// <summary>A version as far as rules look at it.</summary>
    private sealed record Kept(
        string Key,
        VersionId Id,
        DateTimeOffset Written,
        DateTimeOffset Modified,
        long Size,
        ImmutableArray<Tag> Tags,
        string Class,
        DateTimeOffset Replaced,
        bool IsMarker,
        bool IsLatest);

    /// <summary>The rules as the user guide has them, one version after the other, without any cleverness.</summary>
    private static class Model
    {
        private static readonly string[] Order = ["STANDARD", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER"];

        public static ImmutableArray<Kept> After(
            ImmutableArray<Kept> versions,
            BucketRecord bucket,
            ImmutableArray<LifecycleRule> rules,
            DateTimeOffset now)
        {
            var after = ImmutableArray.CreateBuilder<Kept>();
            foreach (var of in versions.GroupBy(version => version.Key))
            {
                var key = of.ToArray();
                var kept = new List<Kept>();
                Kept? marker = null;
                for (var at = 0; at < key.Length; at++)
                {
                    var (fate, storageClass) = FateOf(key, at, bucket, rules, now);
                    if (fate == "hide")
                    {
                        var isSuspended = bucket.Versioning == VersioningState.Suspended;
                        marker = new(of.Key, VersionId.Null, now, now, 0, [], "STANDARD", default, IsMarker: true, IsLatest: true);
                        kept.Add(key[at] with { IsLatest = false, Replaced = now });
                        if (isSuspended)
                        {
                            // A null delete marker takes the place of the null version, wherever that is.
                            kept.RemoveAll(version => version.Id.IsNull);
                        }
                        else
                        {
                            marker = marker with { Id = VersionId.Parse("new") };
                        }
                    }
                    else if (fate != "remove" && !(marker is { Id.IsNull: true } && key[at].Id.IsNull))
                    {
                        kept.Add(storageClass is null ? key[at] : key[at] with { Class = storageClass });
                    }
                }

                // What is left of a key has a current version: where that went, the next one is it.
                List<Kept> all = marker is null ? kept : [marker, .. kept];
                after.AddRange(all.Select((version, at) => version with { IsLatest = at == 0 }));
            }

            return after.ToImmutable();
        }

        public static IEnumerable<string> UploadsAfter(
            ImmutableArray<UploadRecord> uploads, ImmutableArray<LifecycleRule> rules, DateTimeOffset now) => uploads
            .Where(upload => !rules.Any(rule => rule is { IsEnabled: true, AbortDays: { } days }
                && upload.Key.ToString().StartsWith(rule.Filter.Prefix ?? "", StringComparison.Ordinal)
                && Midnight(upload.Initiated.AddDays(days)) <= now))
            .Select(upload => upload.UploadId);

        private static (string? Fate, string? Class) FateOf(
            Kept[] key, int at, BucketRecord bucket, ImmutableArray<LifecycleRule> rules, DateTimeOffset now)
        {
            var version = key[at];
            var fitting = rules.Where(rule => rule.IsEnabled && Fits(rule.Filter, version)).ToArray();
            if (!version.IsLatest)
            {
                var since = version.Replaced;
                var newer = at - 1;
                return fitting.Any(rule => rule.NoncurrentExpiration is { } end
                        && newer >= (end.Kept ?? 0) && Midnight(since.AddDays(end.Days)) <= now)
                    ? ("remove", null)
                    : (null, Best(version, fitting.SelectMany(rule => rule.NoncurrentTransitions
                        .Where(move => newer >= (move.Kept ?? 0) && Midnight(since.AddDays(move.Days)) <= now)
                        .Select(move => (rule, move.StorageClass)))));
            }

            var ends = fitting.Any(rule => rule.Expiration is { } end
                && ((end.Days is { } days && Midnight(version.Modified.AddDays(days)) <= now) || end.Date <= now));
            if (version.IsMarker)
            {
                return key.Length == 1 && (ends || fitting.Any(rule => rule.Expiration?.LoneMarkers == true))
                    ? ("remove", null)
                    : (null, null);
            }

            if (ends && bucket.Versioning == VersioningState.Unversioned)
            {
                return ("remove", null);
            }

            var best = Best(version, fitting.SelectMany(rule => rule.Transitions
                .Where(move => Midnight(version.Modified.AddDays(move.Days!.Value)) <= now)
                .Select(move => (rule, move.StorageClass))));
            return best is not null ? (null, best) : (ends ? "hide" : null, null);
        }

        private static bool Fits(LifecycleFilter filter, Kept version) =>
            version.Key.StartsWith(filter.Prefix ?? "", StringComparison.Ordinal)
            && filter.Tags.All(version.Tags.Contains)
            && !(version.Size <= filter.LargerThan)
            && !(version.Size >= filter.SmallerThan);

        private static string? Best(Kept version, IEnumerable<(LifecycleRule Rule, string Class)> moves) =>
            version.IsMarker ? null : moves
                .Where(move => version.Size >= 128 * 1024 || move.Rule.Filter.HasSizes)
                .Select(move => move.Class)
                .Where(name => Array.IndexOf(Order, name) > Array.IndexOf(Order, version.Class))
                .MaxBy(name => Array.IndexOf(Order, name));

        private static DateTimeOffset Midnight(DateTimeOffset time) => time.UtcDateTime.TimeOfDay == TimeSpan.Zero
            ? time
            : new DateTimeOffset(time.UtcDateTime.Date, TimeSpan.Zero).AddDays(1);
    }
}
