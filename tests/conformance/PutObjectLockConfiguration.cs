using System.Net;
using Amazon.S3;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLockConfiguration.html</summary>
public sealed class PutObjectLockConfiguration(ServerFixture server)
{
    [Fact]
    public async Task A_bucket_that_is_there_gets_object_lock_once_it_keeps_versions()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.Conflict, "InvalidBucketState", () => bucket.ConfigureLockAsync(null));
        await bucket.SetVersioningAsync(VersionStatus.Suspended);
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.Conflict, "InvalidBucketState", () => bucket.ConfigureLockAsync(null));
        await bucket.SetVersioningAsync(VersionStatus.Enabled);
        await bucket.ConfigureLockAsync(null);
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.Conflict, "InvalidBucketState", () => bucket.SetVersioningAsync(VersionStatus.Suspended));
    }

    [Fact]
    public async Task New_versions_get_the_default_and_older_ones_do_not()
    {
        var bucket = await server.NewLockedBucketAsync();
        var before = await bucket.PutAsync("k");
        await bucket.ConfigureLockAsync(new() { Mode = ObjectLockRetentionMode.Governance, Days = 3 });
        var after = await bucket.PutAsync("k");
        var (mode, until) = await bucket.RetentionAsync("k");
        Assert.Equal("GOVERNANCE", mode);
        var modified = (await bucket.HeadAsync("k")).LastModified!.Value.ToUniversalTime();
        Assert.InRange(until - modified, TimeSpan.FromDays(3), TimeSpan.FromDays(3) + TimeSpan.FromSeconds(1));
        await bucket.AssertProtectedAsync("k", after.VersionId);
        await bucket.DeleteAsync("k", before.VersionId);
    }

    [Fact]
    public async Task Uploads_and_copies_get_it_as_well_and_whoever_asks_for_another_gets_that()
    {
        var bucket = await server.NewLockedBucketAsync(new() { Mode = ObjectLockRetentionMode.Governance, Years = 1 });
        await bucket.PutPartsAsync("parts", begin => begin.ChecksumAlgorithm = ChecksumAlgorithm.CRC32, 10);
        Assert.Equal("GOVERNANCE", (await bucket.RetentionAsync("parts")).Mode);
        await bucket.S3.CopyObjectAsync(bucket.Name, "parts", bucket.Name, "copy", TestContext.Current.CancellationToken);
        Assert.Equal("GOVERNANCE", (await bucket.RetentionAsync("copy")).Mode);
        (await bucket.SendAsync("PUT", "own", [1], null, LockCases.Headers([1], "COMPLIANCE"))).AssertOk();
        Assert.Equal(("COMPLIANCE", LockCases.NextYear), await bucket.RetentionAsync("own"));
    }

    [Fact]
    public async Task What_is_kept_by_default_comes_with_a_digest()
    {
        var bucket = await server.NewLockedBucketAsync(new() { Mode = ObjectLockRetentionMode.Governance, Days = 1 });
        (await bucket.SendAsync("PUT", "k", [1])).AssertRefused(400, "InvalidRequest");
    }

    [Theory]
    [InlineData("<ObjectLockEnabled>Disabled</ObjectLockEnabled>", "MalformedXML")]
    [InlineData("", "MalformedXML")]
    [InlineData("<ObjectLockEnabled>Enabled</ObjectLockEnabled><Other/>", "MalformedXML")]
    [InlineData("<ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule/>", "MalformedXML")]
    [InlineData("<Mode>GOVERNANCE</Mode>", "MalformedXML")]
    [InlineData("<Days>1</Days>", "MalformedXML")]
    [InlineData("<Mode>governance</Mode><Days>1</Days>", "MalformedXML")]
    [InlineData("<Mode>GOVERNANCE</Mode><Days>1</Days><Years>1</Years>", "MalformedXML")]
    [InlineData("<Mode>GOVERNANCE</Mode><Days>1</Days><Days>2</Days>", "MalformedXML")]
    [InlineData("<Mode>GOVERNANCE</Mode><Days>1.5</Days>", "MalformedXML")]
    [InlineData("<Mode>GOVERNANCE</Mode><Days>0</Days>", "InvalidRetentionPeriod")]
    [InlineData("<Mode>COMPLIANCE</Mode><Years>-1</Years>", "InvalidRetentionPeriod")]
    [InlineData("<Mode>COMPLIANCE</Mode><Years>101</Years>", "InvalidRetentionPeriod")]
    [InlineData("<Mode>COMPLIANCE</Mode><Days>36501</Days>", "InvalidRetentionPeriod")]
    public async Task What_is_no_configuration_is_refused(string content, string code)
    {
        var bucket = await server.NewLockedBucketAsync();
        var inner = content.StartsWith("<Mode>", StringComparison.Ordinal) || content.StartsWith("<Days>", StringComparison.Ordinal)
            ? "<ObjectLockEnabled>Enabled</ObjectLockEnabled>"
                + $"<Rule><DefaultRetention>{content}</DefaultRetention></Rule>"
            : content;
        var answer = await bucket.SendDocumentAsync(
            "", "object-lock", $"<ObjectLockConfiguration>{inner}</ObjectLockConfiguration>");
        answer.AssertRefused(400, code);
    }

    [Fact]
    public async Task A_digest_is_demanded_and_a_token_is_refused_by_name()
    {
        var bucket = await server.NewLockedBucketAsync();
        var document = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>";
        (await bucket.SendAsync("PUT", "", System.Text.Encoding.UTF8.GetBytes(document), [("object-lock", "")]))
            .AssertRefused(400, "InvalidRequest");
        (await bucket.SendDocumentAsync("", "object-lock", document, ("x-amz-bucket-object-lock-token", "t")))
            .AssertRefused(501, "NotImplemented");
    }
}
