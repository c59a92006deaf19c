using System.Net;
using Amazon.S3;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLegalHold.html</summary>
public sealed class GetObjectLegalHold(ServerFixture server)
{
    [Fact]
    public async Task It_is_on_or_off_or_was_never_put()
    {
        var bucket = await server.NewLockedBucketAsync();
        await bucket.PutAsync("k");
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.NotFound, "NoSuchObjectLockConfiguration", () => ReadAsync(bucket));
        await bucket.HoldAsync("k", ObjectLockLegalHoldStatus.On);
        Assert.Equal(ObjectLockLegalHoldStatus.On, await ReadAsync(bucket));
        await bucket.HoldAsync("k", ObjectLockLegalHoldStatus.Off);
        Assert.Equal(ObjectLockLegalHoldStatus.Off, await ReadAsync(bucket));
    }

    [Fact]
    public async Task A_bucket_without_object_lock_refuses()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k");
        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.BadRequest, "InvalidRequest", () => ReadAsync(bucket));
    }

    private static async Task<ObjectLockLegalHoldStatus> ReadAsync(ScratchBucket bucket) =>
        (await bucket.S3.GetObjectLegalHoldAsync(
            new() { BucketName = bucket.Name, Key = "k" }, TestContext.Current.CancellationToken)).LegalHold.Status;
}
