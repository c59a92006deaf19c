using System.Net;
using Amazon.S3;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectRetention.html</summary>
public sealed class GetObjectRetention(ServerFixture server)
{
    [Fact]
    public async Task Each_version_has_its_own()
    {
        var bucket = await server.NewLockedBucketAsync();
        var old = (await bucket.PutAsync("k")).VersionId;
        var current = (await bucket.PutAsync("k")).VersionId;
        await bucket.RetainAsync("k", ObjectLockRetentionMode.Governance, LockCases.NextYear, versionId: old);
        Assert.Equal(("GOVERNANCE", LockCases.NextYear), await bucket.RetentionAsync("k", old));
        foreach (var versionId in new[] { null, current })
        {
            await ScratchBucket.AssertRefusedAsync(
                HttpStatusCode.NotFound,
                "NoSuchObjectLockConfiguration",
                () => bucket.RetentionAsync("k", versionId));
        }

        await bucket.DeleteAsync("k", current);
        await bucket.AssertProtectedAsync("k", old);
    }

    [Fact]
    public async Task The_time_has_milliseconds()
    {
        var bucket = await server.NewLockedBucketAsync();
        await bucket.PutAsync("k");
        await bucket.RetainAsync("k", ObjectLockRetentionMode.Governance, LockCases.NextYear);
        var answer = (await bucket.SendAsync("GET", "k", query: [("retention", "")])).AssertOk();
        Assert.Equal($"{LockCases.NextYear:yyyy-MM-ddTHH:mm:ss}.000Z", answer.Element("RetainUntilDate"));
    }

    [Fact]
    public async Task A_bucket_without_object_lock_refuses()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k");
        var answer = await bucket.SendAsync("GET", "k", query: [("retention", "")]);
        Assert.Equal(
            "Bucket is missing Object Lock Configuration",
            answer.AssertRefused(400, "InvalidRequest").Element("Message"));
    }
}
