using ObjectServer.Storage.Model;
using ObjectServer.Storage.Tests.Disk;

namespace ObjectServer.Storage.Tests;

/// <summary>An upload of as many parts as there may be, on a real disk.</summary>
public sealed class LargestUploadTests
{
    private const int Parts = 10_000;
    private const int Writers = 32;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_thousand_parts_become_one_object_that_a_restart_finds_whole()
    {
        using var directory = new TemporaryDirectory();
        var options = new LocalStoreOptions { DataDirectory = directory["data"], DiskReserveBytes = 0 };
        var key = ObjectKey.Parse("key");
        var content = Enumerable.Range(1, Parts).Select(PartContent).ToArray();
        var whole = content.SelectMany(part => part).ToArray();
        await using (var store = await LocalStore.OpenAsync(options, TimeProvider.System, Cancellation))
        {
            var bucket = (await store.Buckets.CreateAsync("bucket", "owner", "region", false, Cancellation)).Bucket;
            var upload = (await store.Uploads.CreateAsync(
                bucket, new NewUpload { Key = key, OwnerId = "owner" }, Cancellation))!;
            var parts = new UploadPart[Parts];
            await Parallel.ForAsync(
                0,
                Parts,
                new ParallelOptions { MaxDegreeOfParallelism = Writers, CancellationToken = Cancellation },
                async (at, cancellation) => parts[at] = await PutPartAsync(store, bucket, upload, at + 1, content[at]));

            var outcome = await store.Uploads.CompleteAsync(
                bucket, new UploadCompletion { Upload = upload, Parts = parts, ETag = $"etag-{Parts}" }, Cancellation);

            Assert.Equal((whole.Length, Parts), Shape(Assert.IsType<WriteOutcome.Written>(outcome).Version));
            await CompareAsync(store);
        }

        await using (var store = await LocalStore.OpenAsync(options, TimeProvider.System, Cancellation))
        {
            await CompareAsync(store);
        }

        async Task CompareAsync(LocalStore store)
        {
            var bucket = (await store.Buckets.FindAsync("bucket", Cancellation))!;
            await using var found = (await store.Objects.OpenAsync(bucket, key, null, Cancellation))!;
            Assert.Equal((whole.Length, Parts), Shape(found.Version));
            var listed = await found.ReadPartsAsync(Cancellation);
            Assert.Equal(Enumerable.Range(1, Parts), listed.Select(part => part.Number));
            Assert.Equal(content.Select(part => (long)part.Length), listed.Select(part => part.Size));

            // The ends, the border of every thousandth part, and a run over many of them.
            await AssertReadAsync(found, 0, 1);
            await AssertReadAsync(found, whole.Length - 1, 1);
            foreach (var part in listed.Where(part => part.Number % 1000 == 2))
            {
                await AssertReadAsync(found, (int)part.Offset - 1, 2);
                await AssertReadAsync(found, (int)part.Offset, (int)part.Size);
            }

            await AssertReadAsync(found, whole.Length / 3, 1234);
            await AssertReadAsync(found, 0, whole.Length);
        }

        async Task AssertReadAsync(StoredObject found, int offset, int length)
        {
            var bytes = new byte[length];
            Assert.Equal(length, await found.ReadAsync(offset, bytes, Cancellation));
            Assert.Equal(whole[offset..(offset + length)], bytes);
        }
    }

    private static (long Size, int Parts) Shape(ObjectVersion version) => (version.Size, version.PartCount);

    /// <summary>Parts of different sizes, no two neighbours alike.</summary>
    private static byte[] PartContent(int number) =>
        [.. Enumerable.Range(0, 1 + (number % 5)).Select(at => (byte)((number * 31) + at))];

    private static async Task<UploadPart> PutPartAsync(
        LocalStore store, BucketRecord bucket, UploadRecord upload, int number, byte[] bytes)
    {
        await using var content = await store.Objects.BeginContentAsync(bytes.Length, Cancellation);
        await content.WriteAsync(bytes, Cancellation);
        return Assert.IsType<PartOutcome.Written>(await store.Uploads.PutPartAsync(
            bucket, upload, number, StorageRig.ETagOf(bytes), checksum: null, content, Cancellation)).Part;
    }
}
