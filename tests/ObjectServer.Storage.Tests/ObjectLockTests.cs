using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Tests;

public sealed class ObjectLockTests : IAsyncDisposable
{
    private readonly ShiftedTime _time = new();
    private readonly StorageRig _rig;

    public ObjectLockTests() => _rig = StorageRig.InMemory(_time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bucket_keeps_its_lock_and_its_versions()
    {
        var bucket = await LockedAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => _rig.SetVersioningAsync(bucket.Name, VersioningState.Suspended));
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await _rig.Buckets.UpdateAsync(bucket.Name, was => was with { ObjectLockEnabled = false }, Cancellation));
        Assert.Equal(
            (VersioningState.Enabled, true),
            await _rig.Buckets.FindAsync(bucket.Name, Cancellation) is { } found
                ? (found.Versioning, found.ObjectLockEnabled)
                : default);
    }

    [Fact]
    public async Task Without_object_lock_nothing_can_be_locked()
    {
        var bucket = await _rig.BucketAsync("bucket", VersioningState.Enabled);
        var put = await _rig.PutAsync(bucket, "key", [1]);
        Assert.IsType<LockOutcome.NoObjectLock>(
            await _rig.Objects.HoldAsync(bucket, put.Key, null, isOn: true, Cancellation));
        Assert.IsType<DeleteOutcome.Deleted>(await _rig.DeleteAsync(bucket, "key", put.VersionId));
    }

    [Fact]
    public async Task The_default_is_that_of_the_commit_whatever_the_caller_knows_of_the_bucket()
    {
        var stale = await LockedAsync();
        var rule = new DefaultRetention(RetentionMode.Compliance, 2, IsInYears: true);
        await _rig.Buckets.UpdateAsync(
            stale.Name,
            bucket => bucket with { Settings = bucket.Settings.With(BucketSetting.ObjectLock, rule.ToDocument()) },
            Cancellation);
        var put = await _rig.PutAsync(stale, "key", [1]);
        Assert.Equal(new(RetentionMode.Compliance, put.LastModified.AddYears(2)), put.Retention);
        Assert.IsType<DeleteOutcome.Protected>(
            await _rig.DeleteAsync(stale, "key", put.VersionId, bypassesGovernance: true));
        _time.Shift = TimeSpan.FromDays(2 * 366);
        Assert.IsType<DeleteOutcome.Deleted>(await _rig.DeleteAsync(stale, "key", put.VersionId));
    }

    [Theory]
    [InlineData(RetentionMode.Governance, RetentionMode.Governance, 2, false, true)]
    [InlineData(RetentionMode.Governance, RetentionMode.Governance, 0, false, false)]
    [InlineData(RetentionMode.Governance, RetentionMode.Governance, 0, true, true)]
    [InlineData(RetentionMode.Governance, RetentionMode.Compliance, 2, false, false)]
    [InlineData(RetentionMode.Governance, RetentionMode.Compliance, 2, true, true)]
    [InlineData(RetentionMode.Compliance, RetentionMode.Compliance, 1, false, true)]
    [InlineData(RetentionMode.Compliance, RetentionMode.Compliance, 2, false, true)]
    [InlineData(RetentionMode.Compliance, RetentionMode.Compliance, 0, true, false)]
    [InlineData(RetentionMode.Compliance, RetentionMode.Governance, 2, true, false)]
    public void A_retention_may_become_another(
        RetentionMode from, RetentionMode to, int days, bool bypassesGovernance, bool may)
    {
        var now = _time.GetUtcNow();
        var kept = new Retention(from, now.AddDays(1));
        Assert.Equal(may, kept.MayBecome(new(to, now.AddDays(days)), now, bypassesGovernance));
        Assert.True(kept.MayBecome(new(to, now.AddDays(days)), kept.Until, bypassesGovernance: false));
    }

    [Fact]
    public async Task Of_a_lock_and_a_deletion_at_once_one_comes_first()
    {
        var bucket = await LockedAsync();
        for (var round = 0; round < 50; round++)
        {
            var put = await _rig.PutAsync(bucket, "key", [1]);
            var holding = Task.Run(
                async () => await _rig.Objects.HoldAsync(bucket, put.Key, put.VersionId, isOn: true, Cancellation),
                Cancellation);
            var deleting = Task.Run(() => _rig.DeleteAsync(bucket, "key", put.VersionId), Cancellation);
            var isHeld = await holding is LockOutcome.Changed;
            Assert.Equal(isHeld, await deleting is DeleteOutcome.Protected);
        }
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private async Task<BucketRecord> LockedAsync() =>
        (await _rig.Buckets.CreateAsync("bucket", StorageRig.Owner, "us-east-1", objectLock: true, Cancellation)).Bucket;
}
