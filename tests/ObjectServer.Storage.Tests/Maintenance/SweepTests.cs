using ObjectServer.Storage.Maintenance;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;
using ObjectServer.Storage.Tests.Contracts;

namespace ObjectServer.Storage.Tests.Maintenance;

public sealed class SweepTests : IAsyncDisposable
{
    private readonly ShiftedTime _time = new();
    private readonly StorageRig _rig;
    private readonly Sweep _sweep;

    public SweepTests()
    {
        _rig = new StorageRig(new InMemoryMetadataStore(), new InMemoryBlobStore(_time), _time);
        _sweep = new Sweep(_rig.Metadata, _rig.Contents, _rig.Removal, _time);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Blobs_without_a_record_go_once_they_are_old()
    {
        var bucket = await _rig.BucketAsync();
        await _rig.PutAsync(bucket, "key", new byte[100]);
        await _rig.UploadAsync(bucket, "parts", new byte[50], new byte[50]);
        await using (var orphan = await _rig.Blobs.CreateAsync(null, Cancellation))
        {
            await orphan.WriteAsync(new byte[77], Cancellation);
            await orphan.SealAsync(Cancellation);
        }

        Assert.Equal(new SweepFinished(0, 0, 0, 0), await _sweep.RunAsync(Cancellation));
        _time.Shift += Sweep.OrphanAge + TimeSpan.FromSeconds(1);
        Assert.Equal(new SweepFinished(1, 77, 0, 0), await _sweep.RunAsync(Cancellation));
        Assert.Equal(3, (await _rig.BlobsAsync()).Count);
        await References.AssertExactAsync(_rig);
    }

    [Fact]
    public async Task Blobs_that_someone_still_needs_stay()
    {
        var bucket = await _rig.BucketAsync();
        await _rig.UploadAsync(bucket, "parts", new byte[50], new byte[60]);
        await using var content = await _rig.Objects.BeginContentAsync(null, Cancellation);
        await content.WriteAsync(new byte[70], Cancellation);
        await content.SealAsync(Cancellation);
        await using (var open = await _rig.Objects.OpenAsync(bucket, ObjectKey.Parse("parts"), null, Cancellation))
        {
            await _rig.DeleteAsync(bucket, "parts");
            _time.Shift += Sweep.OrphanAge * 2;
            Assert.Equal(0, (await _sweep.RunAsync(Cancellation)).Blobs);
            Assert.Equal(110, await open!.ReadAsync(0, new byte[200], Cancellation));
        }

        Assert.Single(await _rig.BlobsAsync());
    }

    [Fact]
    public async Task Completions_are_kept_for_a_day_after_they_were_made()
    {
        var bucket = await _rig.BucketAsync();
        var upload = await _rig.BeginUploadAsync(bucket, "key");
        var part = await _rig.PutPartAsync(bucket, upload, 1, [1]);
        _time.Shift += TimeSpan.FromDays(3);
        await _rig.CompleteAsync(bucket, upload, [part]);
        _time.Shift += TimeSpan.FromHours(23);
        Assert.Equal(0, (await _sweep.RunAsync(Cancellation)).Completions);
        Assert.NotNull(await _rig.Uploads.FindCompletedAsync(bucket, upload.Key, upload.UploadId, Cancellation));
        _time.Shift += TimeSpan.FromHours(2);
        Assert.Equal(1, (await _sweep.RunAsync(Cancellation)).Completions);
        Assert.Null(await _rig.Uploads.FindCompletedAsync(bucket, upload.Key, upload.UploadId, Cancellation));
    }

    [Fact]
    public async Task Uploads_of_deleted_buckets_and_parts_of_ended_uploads_go()
    {
        var doomed = await _rig.BucketAsync();
        var kept = await _rig.BucketAsync("kept");
        foreach (var bucket in (BucketRecord[])[doomed, kept])
        {
            for (var upload = 0; upload < 2; upload++)
            {
                var begun = await _rig.BeginUploadAsync(bucket, "key");
                await _rig.PutPartAsync(bucket, begun, 1, new byte[50]);
                await _rig.PutPartAsync(bucket, begun, 2, new byte[50]);
            }
        }

        // As if the process had died between the commit and what follows it.
        await RemoveAsync(MetadataKeys.Bucket("bucket"u8));
        var ended = await _rig.BeginUploadAsync(kept, "ended");
        await _rig.PutPartAsync(kept, ended, 1, new byte[50]);
        Assert.True(KeptUpload.TryParseId(ended.UploadId, out var id));
        await RemoveAsync(MetadataKeys.Upload(kept.Id, ended.Key, id));

        Assert.Equal(2, (await _sweep.RunAsync(Cancellation)).Uploads);
        Assert.Equal(4, (await _rig.BlobsAsync()).Count);
        var page = await _rig.Uploads.ListAsync(
            kept, new UploadListing(default, default, default, "", 10), Cancellation);
        Assert.Equal(2, page.Uploads.Length);
        await References.AssertExactAsync(_rig);
    }

    private async Task RemoveAsync(byte[] key) =>
        await _rig.Metadata.CommitAsync(new MetadataBatch().Remove(key), Cancellation);
}
