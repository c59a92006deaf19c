using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Tests;

public sealed class UploadStoreTests : IAsyncDisposable
{
    private readonly StorageRig _rig = StorageRig.InMemory();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_completed_upload_is_the_chosen_parts_in_order()
    {
        var bucket = await _rig.BucketAsync();
        var upload = await _rig.BeginUploadAsync(bucket, "key");
        var parts = new List<UploadPart>();
        foreach (var number in (int[])[10_000, 3, 7, 1])
        {
            parts.Add(await _rig.PutPartAsync(bucket, upload, number, [.. Enumerable.Repeat((byte)number, 30)]));
        }

        var listed = await _rig.Uploads.ListPartsAsync(bucket, upload, 1, 2, Cancellation);
        Assert.Equal([3, 7], listed.Parts.Select(part => part.Number));
        Assert.True(listed.IsTruncated);

        UploadPart[] chosen = [parts[1], parts[0]];
        var done = Assert.IsType<WriteOutcome.Written>(await _rig.CompleteAsync(bucket, upload, chosen)).Version;
        Assert.Equal(
            Enumerable.Repeat((byte)3, 30).Concat(Enumerable.Repeat((byte)(10_000 & 0xFF), 30)),
            await _rig.GetAsync(bucket, "key"));
        await using var stored = (await _rig.Objects.OpenAsync(bucket, done.Key, null, Cancellation))!;
        Assert.Equal(
            [new ObjectPart(3, 0, 30, chosen[0].Checksum), new ObjectPart(10_000, 30, 30, chosen[1].Checksum)],
            await stored.ReadPartsAsync(Cancellation));
        Assert.Equal(2, stored.Version.PartCount);
        Assert.Null(await _rig.Uploads.FindAsync(bucket, done.Key, upload.UploadId, Cancellation));
        Assert.Equal(2, (await _rig.BlobsAsync()).Count);
        await References.AssertExactAsync(_rig);
    }

    [Fact]
    public async Task The_outcome_of_a_completion_can_be_asked_for_again()
    {
        var bucket = await _rig.BucketAsync(versioning: VersioningState.Enabled);
        var upload = await _rig.BeginUploadAsync(bucket, "key");
        var part = await _rig.PutPartAsync(bucket, upload, 1, [1]);
        var done = Assert.IsType<WriteOutcome.Written>(await _rig.CompleteAsync(bucket, upload, [part])).Version;
        Assert.IsType<WriteOutcome.NoSuchUpload>(await _rig.CompleteAsync(bucket, upload, [part]));
        var again = await _rig.Uploads.FindCompletedAsync(bucket, upload.Key, upload.UploadId, Cancellation);
        Assert.Equal((done.VersionId, done.ETag), (again?.VersionId, again?.ETag));
        Assert.Null(await _rig.Uploads.FindCompletedAsync(
            bucket, ObjectKey.Parse("other"), upload.UploadId, Cancellation));
        Assert.Null(await _rig.Uploads.FindCompletedAsync(
            await _rig.BucketAsync("other"), upload.Key, upload.UploadId, Cancellation));
    }

    [Fact]
    public async Task A_part_replaced_since_it_was_listed_makes_the_completion_fail()
    {
        var bucket = await _rig.BucketAsync();
        var upload = await _rig.BeginUploadAsync(bucket, "key");
        var first = await _rig.PutPartAsync(bucket, upload, 1, [1]);
        var second = await _rig.PutPartAsync(bucket, upload, 1, [2]);
        Assert.IsType<WriteOutcome.NoSuchUpload>(await _rig.CompleteAsync(bucket, upload, [first]));
        Assert.IsType<WriteOutcome.NoSuchUpload>(
            await _rig.CompleteAsync(bucket, upload, [second, second with { Number = 2 }]));
        Assert.IsType<WriteOutcome.Written>(await _rig.CompleteAsync(bucket, upload, [second]));
        Assert.Equal([2], await _rig.GetAsync(bucket, "key"));
        Assert.Single(await _rig.BlobsAsync());
    }

    [Fact]
    public async Task Parts_that_race_with_a_completion_are_in_it_or_gone()
    {
        var bucket = await _rig.BucketAsync();
        for (var round = 0; round < 20; round++)
        {
            var upload = await _rig.BeginUploadAsync(bucket, $"key-{round}");
            var part = await _rig.PutPartAsync(bucket, upload, 1, [1]);
            var racing = Enumerable.Range(1, 4).Select(number => Task.Run(async () =>
            {
                await using var content = await _rig.Objects.BeginContentAsync(null, Cancellation);
                await content.WriteAsync(new byte[40], Cancellation);
                await _rig.Uploads.PutPartAsync(bucket, upload, number, "etag", null, content, Cancellation);
            }));
            await Task.WhenAll([.. racing, Task.Run(() => _rig.CompleteAsync(bucket, upload, [part]))]);
            await _rig.Uploads.AbortAsync(bucket, upload.Key, upload.UploadId, null, Cancellation);
        }

        await References.AssertExactAsync(_rig);
    }

    [Fact]
    public async Task An_abort_asks_for_the_time_only_if_it_is_told_to()
    {
        var bucket = await _rig.BucketAsync();
        var upload = await _rig.BeginUploadAsync(bucket, "key");
        await _rig.PutPartAsync(bucket, upload, 1, new byte[40]);
        Assert.Equal(AbortOutcome.PreconditionFailed, await AbortAsync(upload.Initiated.AddSeconds(-1)));
        Assert.Equal(AbortOutcome.Aborted, await AbortAsync(upload.Initiated));
        Assert.Equal(AbortOutcome.NoSuchUpload, await AbortAsync(null));
        Assert.Empty(await _rig.BlobsAsync());
        await using var content = await _rig.Objects.BeginContentAsync(null, Cancellation);
        Assert.IsType<PartOutcome.NoSuchUpload>(
            await _rig.Uploads.PutPartAsync(bucket, upload, 1, "etag", null, content, Cancellation));

        Task<AbortOutcome> AbortAsync(DateTimeOffset? initiated) =>
            _rig.Uploads.AbortAsync(bucket, upload.Key, upload.UploadId, initiated, Cancellation).AsTask();
    }
}
