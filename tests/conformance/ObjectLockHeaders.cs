using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html</summary>
public sealed class ObjectLockHeaders(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_object_comes_with_its_lock_and_says_so()
    {
        var bucket = await server.NewLockedBucketAsync();
        var version = (await bucket.PutAsync("k", with: put =>
        {
            put.ObjectLockMode = ObjectLockMode.Compliance;
            put.ObjectLockRetainUntilDate = LockCases.NextYear;
            put.ObjectLockLegalHoldStatus = ObjectLockLegalHoldStatus.On;
        })).VersionId;
        foreach (var method in new[] { "HEAD", "GET" })
        {
            var answer = await bucket.SendAsync(method, "k");
            Assert.Equal("COMPLIANCE", answer.Header("x-amz-object-lock-mode"));
            Assert.Equal(
                $"{LockCases.NextYear:yyyy-MM-ddTHH:mm:ss}.000Z", answer.Header("x-amz-object-lock-retain-until-date"));
            Assert.Equal("ON", answer.Header("x-amz-object-lock-legal-hold"));
        }

        await bucket.AssertProtectedAsync("k", version);
    }

    [Fact]
    public async Task Only_who_may_know_of_a_lock_is_told()
    {
        var bucket = await server.NewLockedBucketAsync();
        await bucket.PutAsync("k");
        await bucket.RetainAsync("k", ObjectLockRetentionMode.Governance, LockCases.NextYear);
        await bucket.HoldAsync("k", ObjectLockLegalHoldStatus.Off);
        await bucket.DenyAsync("s3:GetObjectRetention");
        var answer = await bucket.SendAsync("HEAD", "k");
        Assert.Null(answer.Header("x-amz-object-lock-mode"));
        Assert.Null(answer.Header("x-amz-object-lock-retain-until-date"));
        Assert.Equal("OFF", answer.Header("x-amz-object-lock-legal-hold"));
    }

    [Fact]
    public async Task A_copy_has_the_lock_that_it_asks_for_and_never_that_of_its_source()
    {
        var bucket = await server.NewLockedBucketAsync();
        await bucket.PutAsync("k");
        await bucket.RetainAsync("k", ObjectLockRetentionMode.Compliance, LockCases.NextYear);
        await bucket.HoldAsync("k", ObjectLockLegalHoldStatus.On);
        var copy = new CopyObjectRequest
        {
            SourceBucket = bucket.Name,
            SourceKey = "k",
            DestinationBucket = bucket.Name,
            DestinationKey = "plain",
        };
        await bucket.S3.CopyObjectAsync(copy, Cancellation);
        Assert.Null((await bucket.HeadAsync("plain")).ObjectLockMode);
        Assert.Null((await bucket.HeadAsync("plain")).ObjectLockLegalHoldStatus);
        copy.DestinationKey = "locked";
        copy.ObjectLockMode = ObjectLockMode.Governance;
        copy.ObjectLockRetainUntilDate = LockCases.NextYear;
        await bucket.S3.CopyObjectAsync(copy, Cancellation);
        Assert.Equal(("GOVERNANCE", LockCases.NextYear), await bucket.RetentionAsync("locked"));
    }

    [Fact]
    public async Task An_upload_in_parts_is_locked_when_it_is_complete()
    {
        var bucket = await server.NewLockedBucketAsync();
        var done = await bucket.PutPartsAsync("k", Lock, 10);
        Assert.Equal(("GOVERNANCE", LockCases.NextYear), await bucket.RetentionAsync("k"));
        await bucket.AssertProtectedAsync("k", done.VersionId);

        static void Lock(InitiateMultipartUploadRequest begin)
        {
            begin.ChecksumAlgorithm = ChecksumAlgorithm.CRC32;
            begin.ObjectLockMode = ObjectLockMode.Governance;
            begin.ObjectLockRetainUntilDate = LockCases.NextYear;
        }
    }

    [Fact]
    public async Task A_part_of_it_comes_with_a_digest()
    {
        var bucket = await server.NewLockedBucketAsync();
        var begun = (await bucket.SendAsync(
            "POST", "k", [], [("uploads", "")], ("x-amz-object-lock-legal-hold", "ON"))).AssertOk();
        (string, string)[] part = [("partNumber", "1"), ("uploadId", begun.Element("UploadId")!)];
        (await bucket.SendAsync("PUT", "k", [1], part)).AssertRefused(400, "InvalidRequest");
        (await bucket.SendAsync(
            "PUT", "k", [1], part, ("Content-MD5", Convert.ToBase64String(MD5.HashData([1]))))).AssertOk();
    }

    [Fact]
    public async Task A_digest_is_demanded()
    {
        var bucket = await server.NewLockedBucketAsync();
        var refused = await bucket.SendAsync("PUT", "k", [1], null, LockCases.Headers([1])[..2]);
        Assert.Equal(
            "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters",
            refused.AssertRefused(400, "InvalidRequest").Element("Message"));
        (await bucket.SendAsync("PUT", "k", [1], null, LockCases.Headers([1]))).AssertOk();
    }

    [Theory]
    [InlineData("GOVERNANCE", null, null)]
    [InlineData(null, "2090-01-01T00:00:00Z", null)]
    [InlineData("governance", "2090-01-01T00:00:00Z", null)]
    [InlineData("GOVERNANCE", "next year", null)]
    [InlineData("GOVERNANCE", "2020-01-01T00:00:00Z", null)]
    [InlineData(null, null, "on")]
    public async Task What_is_no_lock_is_refused(string? mode, string? until, string? hold)
    {
        var bucket = await server.NewLockedBucketAsync();
        (string Name, string? Value)[] headers =
        [
            ("x-amz-object-lock-mode", mode),
            ("x-amz-object-lock-retain-until-date", until),
            ("x-amz-object-lock-legal-hold", hold),
            ("Content-MD5", Convert.ToBase64String(MD5.HashData([1]))),
        ];
        (await bucket.SendAsync(
            "PUT", "k", [1], null, [.. headers.Where(one => one.Value is not null).Select(one => (one.Name, one.Value!))]))
            .AssertRefused(400, "InvalidArgument");
    }

    [Fact]
    public async Task A_bucket_without_object_lock_takes_none()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        await bucket.PutAsync("source");
        var headers = LockCases.Headers([1]);
        AssertMissing(await bucket.SendAsync("PUT", "k", [1], null, headers));
        AssertMissing(await bucket.SendAsync("POST", "k", [], [("uploads", "")], headers[..2]));
        AssertMissing(await bucket.SendAsync(
            "PUT", "k", [], null, [("x-amz-copy-source", $"/{bucket.Name}/source"), .. headers[..2]]));

        static void AssertMissing(RawAnswer answer) => Assert.Equal(
            "Bucket is missing Object Lock Configuration",
            answer.AssertRefused(400, "InvalidRequest").Element("Message"));
    }
}
