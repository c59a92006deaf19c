using CsCheck;
using ObjectServer.Storage.Blobs;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Tests.Disk;
using ObjectServer.Storage.Tests.Journal;

namespace ObjectServer.Storage.Tests;

/// <summary>
/// Random histories of a bucket with object lock. Whatever was in force before a step and still is after it must have held:
/// no version that it keeps is gone or altered, no compliance is shorter. And nothing is refused that no lock forbids.
/// </summary>
public sealed class ObjectLockModelTests
{
    private static readonly string[] Keys = ["a", "b", "c"];

    private enum Move
    {
        Put,
        PutLocked,
        Upload,
        UploadLocked,
        Copy,
        Rename,
        Delete,
        DeleteVersion,
        DeleteVersionBypassing,
        Retain,
        RetainBypassing,
        EndRetention,
        Hold,
        Release,
        Tag,
        Default,
        Wait,
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task No_history_in_memory_removes_what_is_locked() => Histories(1, 60).SampleAsync(
        async history =>
        {
            var time = new ShiftedTime();
            await using var rig = StorageRig.InMemory(time);
            await new Run(rig, time, "bucket").ThroughAsync(history);
        },
        iter: 300,
        threads: 2);

    [Fact]
    public async Task No_history_on_the_disk_removes_what_is_locked()
    {
        using var journal = new JournalFixture();
        using var blobs = new TemporaryDirectory();
        var time = new ShiftedTime();
        await using var rig = new StorageRig(journal.Open(), new FileBlobStore(blobs.Root, 0, time), time);
        var names = 0;
        await Histories(1, 40).SampleAsync(
            history => new Run(rig, time, $"bucket-{names++}").ThroughAsync(history), iter: 15, threads: 1);
    }

    private static Gen<(Move Move, int Key, int Age, int Hours)[]> Histories(int shortest, int longest) =>
        Gen.Select(Gen.Enum<Move>(), Gen.Int[0, 2], Gen.Int[0, 4], Gen.Int[1, 9]).Array[shortest, longest];

    private sealed class Run(StorageRig rig, ShiftedTime time, string name)
    {
        private BucketRecord _bucket = null!;

        private DateTimeOffset Now => time.GetUtcNow();

        public async Task ThroughAsync((Move Move, int Key, int Age, int Hours)[] history)
        {
            // The null version was there before versions were kept: it can be locked like any other.
            _bucket = await rig.BucketAsync(name);
            await rig.PutAsync(_bucket, Keys[0], [0]);
            await ChangeAsync(bucket => bucket with { Versioning = VersioningState.Enabled, ObjectLockEnabled = true });
            var before = await ReadAsync();
            foreach (var (move, at, age, hours) in history)
            {
                var versions = before.Values.Where(version => version.Key.ToString() == Keys[at]).ToArray();
                var chosen = versions.Length == 0 ? null : versions[age % versions.Length];
                await StepAsync(move, Keys[at], Keys[age % Keys.Length], chosen, hours);
                var after = await ReadAsync();
                foreach (var (key, version) in before)
                {
                    AssertKept(move, version, after.GetValueOrDefault(key), isChosen: ReferenceEquals(version, chosen));
                }

                before = after;
            }
        }

        private async Task StepAsync(Move move, string key, string other, ObjectVersion? chosen, int hours)
        {
            // Even hours are governance, odd ones compliance.
            var retention = new Retention(
                hours % 2 == 0 ? RetentionMode.Governance : RetentionMode.Compliance,
                DateTimeOffset.FromUnixTimeMilliseconds(Now.AddHours(hours).ToUnixTimeMilliseconds()));
            switch (move)
            {
                case Move.Put:
                    AssertDefault(await rig.PutAsync(_bucket, key, [1, 2, 3]));
                    break;
                case Move.PutLocked:
                    await using (var content = await rig.Objects.BeginContentAsync(null, Cancellation))
                    {
                        var locked = StorageRig.New(key, []) with { Retention = retention, LegalHold = hours > 7 };
                        var put = Assert.IsType<WriteOutcome.Written>(
                            await rig.Objects.PutAsync(_bucket, locked, content, Cancellation));
                        Assert.Equal((retention, hours > 7), (put.Version.Retention, put.Version.LegalHold));
                    }

                    break;
                case Move.Upload:
                    AssertDefault(await rig.UploadAsync(_bucket, key, [1], [2]));
                    break;
                case Move.UploadLocked:
                    var upload = (await rig.Uploads.CreateAsync(
                        _bucket,
                        new() { Key = ObjectKey.Parse(key), OwnerId = StorageRig.Owner, Retention = retention },
                        Cancellation))!;
                    var part = await rig.PutPartAsync(_bucket, upload, 1, [1]);
                    var completed = Assert.IsType<WriteOutcome.Written>(
                        await rig.CompleteAsync(_bucket, upload, [part]));
                    Assert.Equal(retention, completed.Version.Retention);
                    break;
                case Move.Copy when chosen is { IsDeleteMarker: false }:
                    AssertDefault(Assert.IsType<WriteOutcome.Written>(
                        await rig.CopyAsync(_bucket, chosen, other)).Version);
                    break;
                case Move.Rename when chosen is { IsDeleteMarker: false, IsLatest: true }:
                    var moved = Assert.IsType<WriteOutcome.Written>(await rig.Objects.RenameAsync(
                        _bucket, chosen, ObjectKey.Parse(other), WriteConditions.None, Cancellation)).Version;
                    Assert.Equal(chosen.LegalHold, moved.LegalHold);
                    Assert.Equal(chosen.Retention ?? moved.Retention, moved.Retention);
                    break;
                case Move.Delete:
                    Assert.True(Assert.IsType<DeleteOutcome.Deleted>(await rig.DeleteAsync(_bucket, key)).IsDeleteMarker);
                    break;
                case Move.DeleteVersion or Move.DeleteVersionBypassing when chosen is not null:
                    var bypasses = move == Move.DeleteVersionBypassing;
                    var isForbidden = IsForbidden(chosen, bypasses);
                    var deleted = await rig.DeleteAsync(
                        _bucket, key, chosen.VersionId, bypassesGovernance: bypasses);
                    Assert.Equal(isForbidden, deleted is DeleteOutcome.Protected);
                    break;
                case Move.Retain or Move.RetainBypassing or Move.EndRetention when chosen is not null:
                    var outcome = await rig.Objects.RetainAsync(
                        _bucket,
                        chosen.Key,
                        chosen.VersionId,
                        move == Move.EndRetention ? null : retention,
                        move == Move.RetainBypassing,
                        Cancellation);
                    Assert.Equal(chosen.IsDeleteMarker, outcome is LockOutcome.NoObject);
                    Assert.True(outcome is not LockOutcome.Protected || chosen.Retention?.Until > Now.AddHours(-1));
                    break;
                case Move.Hold or Move.Release when chosen is not null:
                    Assert.Equal(
                        chosen.IsDeleteMarker,
                        await rig.Objects.HoldAsync(
                            _bucket, chosen.Key, chosen.VersionId, move == Move.Hold, Cancellation) is LockOutcome.NoObject);
                    break;
                case Move.Tag when chosen is { IsDeleteMarker: false }:
                    await rig.Objects.UpdateAsync(
                        _bucket,
                        chosen.Key,
                        chosen.VersionId,
                        version => version with { Tags = [new("t", "v")], Retention = null, LegalHold = null },
                        Cancellation);
                    break;
                case Move.Default:
                    var rule = new DefaultRetention(retention.Mode, 1, IsInYears: hours > 7);
                    await ChangeAsync(bucket => bucket with
                    {
                        Settings = hours < 4
                            ? bucket.Settings.Without(BucketSetting.ObjectLock)
                            : bucket.Settings.With(BucketSetting.ObjectLock, rule.ToDocument()),
                    });
                    break;
                case Move.Wait:
                    time.Shift += TimeSpan.FromHours(hours);
                    break;
            }
        }

        /// <summary>What was in force before the step, and is not over yet, must have held.</summary>
        private void AssertKept(Move move, ObjectVersion before, ObjectVersion? after, bool isChosen)
        {
            if (before.LegalHold == true && !(isChosen && move == Move.Release))
            {
                Assert.True(after?.LegalHold, $"{move} lifted a hold of {before.Key}.");
            }

            if (before.Retention is not { } kept || kept.Until <= Now)
            {
                return;
            }

            var mayEnd = kept.Mode == RetentionMode.Governance
                && isChosen
                && move is Move.DeleteVersionBypassing or Move.RetainBypassing;
            Assert.True(
                mayEnd || (after?.Retention is { } now && now.Mode == kept.Mode && now.Until >= kept.Until),
                $"{move} ended {kept} of {before.Key}: {after?.Retention}");
            Assert.True(mayEnd || (after!.Size == before.Size && after.ETag == before.ETag));
        }

        private bool IsForbidden(ObjectVersion version, bool bypasses) => version.LegalHold == true
            || (version.Retention is { } kept
                && kept.Until > Now
                && (kept.Mode == RetentionMode.Compliance || !bypasses));

        private void AssertDefault(ObjectVersion made) =>
            Assert.Equal(_bucket.DefaultRetention?.From(made.LastModified), made.Retention);

        private async Task ChangeAsync(Func<BucketRecord, BucketRecord> change) =>
            _bucket = (await rig.Buckets.UpdateAsync(name, change, Cancellation))!;

        private async Task<Dictionary<(ObjectKey, VersionId), ObjectVersion>> ReadAsync()
        {
            var found = new Dictionary<(ObjectKey, VersionId), ObjectVersion>();
            foreach (var listed in await rig.VersionsAsync(_bucket))
            {
                found.Add(
                    (listed.Key, listed.VersionId),
                    (await rig.Objects.FindAsync(_bucket, listed.Key, listed.VersionId, Cancellation))!);
            }

            return found;
        }
    }
}
