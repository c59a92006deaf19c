using System.Net;
using Amazon.S3;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLegalHold.html</summary>
public sealed class PutObjectLegalHold(ServerFixture server)
{
    [Fact]
    public async Task A_hold_keeps_a_version_until_it_is_lifted_and_nobody_bypasses_it()
    {
        var bucket = await server.NewLockedBucketAsync();
        var version = (await bucket.PutAsync("k")).VersionId;
        await bucket.HoldAsync("k", ObjectLockLegalHoldStatus.On);
        await bucket.AssertProtectedAsync("k", version, ("x-amz-bypass-governance-retention", "true"));
        await bucket.HoldAsync("k", ObjectLockLegalHoldStatus.Off);
        await bucket.DeleteAsync("k", version);
    }

    [Fact]
    public async Task A_policy_says_who_may_lift_it()
    {
        var bucket = await server.NewLockedBucketAsync();
        await bucket.PutAsync("k");
        await bucket.DenyAsync("s3:PutObjectLegalHold", """{"StringEquals":{"s3:object-lock-legal-hold":"OFF"}}""");
        await bucket.HoldAsync("k", ObjectLockLegalHoldStatus.On);
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.Forbidden, "AccessDenied", () => bucket.HoldAsync("k", ObjectLockLegalHoldStatus.Off));
    }

    [Theory]
    [InlineData("<LegalHold><Status>abc</Status></LegalHold>")]
    [InlineData("<LegalHold><Status>on</Status></LegalHold>")]
    [InlineData("<LegalHold/>")]
    [InlineData("<Other><Status>ON</Status></Other>")]
    public async Task What_is_no_hold_is_refused(string document)
    {
        var bucket = await server.NewLockedBucketAsync();
        await bucket.PutAsync("k");
        (await bucket.SendDocumentAsync("k", "legal-hold", document)).AssertRefused(400, "MalformedXML");
    }

    [Fact]
    public async Task There_is_nothing_to_hold_without_object_lock_or_an_object()
    {
        var plain = await ScratchBucket.CreateAsync(server);
        await plain.PutAsync("k");
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.BadRequest, "InvalidRequest", () => plain.HoldAsync("k", ObjectLockLegalHoldStatus.On));
        var bucket = await server.NewLockedBucketAsync();
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.NotFound, "NoSuchKey", () => bucket.HoldAsync("k", ObjectLockLegalHoldStatus.On));
    }
}
