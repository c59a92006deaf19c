using System.Net;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketIntelligentTieringConfiguration.html</summary>
public sealed class PutBucketIntelligentTieringConfiguration(ServerFixture server)
{
    private const int Large = 128 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Objects_that_nobody_reads_are_archived_step_by_step_and_come_back_for_as_long_as_before()
    {
        await using var clocked = await ClockedServer.StartAsync();
        var bucket = await clocked.NewBucketAsync();
        await TieringCases.PutAsync(clocked.S3, bucket, "all", filter: null, (90, "ARCHIVE_ACCESS"), (180, "DEEP_ARCHIVE_ACCESS"));
        await clocked.PutAsync(bucket, "large", S3StorageClass.IntelligentTiering, Large);
        await clocked.PutAsync(bucket, "small", S3StorageClass.IntelligentTiering, Large - 1);
        await clocked.PutAsync(bucket, "other", S3StorageClass.Standard, Large);
        Assert.Equal(Large, await clocked.GetAsync(bucket, "large"));
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.Forbidden, "ObjectAlreadyInActiveTierError", () => clocked.RestoreAsync(bucket, "large", null));

        clocked.Pass(TimeSpan.FromSeconds(92));
        await AssertArchivedAsync("ARCHIVE_ACCESS");
        Assert.Equal(Large - 1, await clocked.GetAsync(bucket, "small"));
        Assert.Equal(Large, await clocked.GetAsync(bucket, "other"));

        clocked.Pass(TimeSpan.FromSeconds(91));
        await AssertArchivedAsync("DEEP_ARCHIVE_ACCESS");
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.BadRequest, "InvalidArgument", () => clocked.RestoreAsync(bucket, "large", days: 1));
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.BadRequest,
            "InvalidArgument",
            () => clocked.RestoreAsync(bucket, "large", null, GlacierJobTier.Expedited));
        Assert.Equal(HttpStatusCode.Accepted, await clocked.RestoreAsync(bucket, "large", null));
        await AssertArchivedAsync("DEEP_ARCHIVE_ACCESS");
        Assert.Equal("ongoing-request=\"true\"", (await clocked.HeadAsync(bucket, "large")).Header("x-amz-restore"));

        clocked.Pass(ClockedServer.Delays.Standard);
        var head = await clocked.HeadAsync(bucket, "large");
        Assert.Equal(
            ("ongoing-request=\"false\"", null), (head.Header("x-amz-restore"), head.Header("x-amz-archive-status")));
        Assert.Equal(Large, await clocked.GetAsync(bucket, "large"));
        clocked.Pass(TimeSpan.FromSeconds(200));
        await AssertArchivedAsync("DEEP_ARCHIVE_ACCESS");
        Assert.Null((await clocked.HeadAsync(bucket, "large")).Header("x-amz-restore"));

        async Task AssertArchivedAsync(string tier)
        {
            var refusal = await Assert.ThrowsAsync<InvalidObjectStateException>(() => clocked.GetAsync(bucket, "large"));
            Assert.Equal(
                ("INTELLIGENT_TIERING", tier), (refusal.StorageClass.Value, refusal.AccessTier.Value));
            var head = await clocked.S3.GetObjectMetadataAsync(bucket, "large", Cancellation);
            Assert.Equal(
                (tier, S3StorageClass.IntelligentTiering), (head.ArchiveStatus.Value, head.StorageClass));
        }
    }

    [Fact]
    public async Task Only_what_the_filter_of_an_enabled_configuration_covers_is_archived()
    {
        await using var clocked = await ClockedServer.StartAsync();
        var bucket = await clocked.NewBucketAsync();
        await TieringCases.PutAsync(
            clocked.S3, bucket, "logs", new IntelligentTieringPrefixPredicate("logs/"), (90, "ARCHIVE_ACCESS"));
        await TieringCases.PutAsync(
            clocked.S3,
            bucket,
            "cold",
            new IntelligentTieringAndOperator(
            [
                new IntelligentTieringPrefixPredicate("data/"),
                new IntelligentTieringTagPredicate(new Tag { Key = "cold", Value = "yes" }),
            ]),
            (90, "ARCHIVE_ACCESS"));
        await TieringCases.PutAsync(clocked.S3, bucket, "off", filter: null, isEnabled: false, (90, "ARCHIVE_ACCESS"));
        foreach (var key in (string[])["logs/a", "data/hot", "data/cold", "else"])
        {
            await clocked.PutAsync(bucket, key, S3StorageClass.IntelligentTiering, Large, put =>
                put.TagSet = key == "data/cold" ? [new() { Key = "cold", Value = "yes" }] : []);
        }

        clocked.Pass(TimeSpan.FromSeconds(92));
        foreach (var (key, tier) in ((string, string?)[])
            [("logs/a", "ARCHIVE_ACCESS"), ("data/hot", null), ("data/cold", "ARCHIVE_ACCESS"), ("else", null)])
        {
            Assert.Equal(tier, (await clocked.HeadAsync(bucket, key)).AssertOk().Header("x-amz-archive-status"));
        }

        await clocked.S3.DeleteBucketIntelligentTieringConfigurationAsync(
            new() { BucketName = bucket, IntelligentTieringId = "logs" }, Cancellation);
        Assert.Equal(Large, await clocked.GetAsync(bucket, "logs/a"));
    }

    [Theory]
    [InlineData("<Status>Enabled</Status>", "MalformedXML")]
    [InlineData("<Status>On</Status><Tiering><Days>90</Days><AccessTier>ARCHIVE_ACCESS</AccessTier></Tiering>", "MalformedXML")]
    [InlineData("<Status>Enabled</Status><Tiering><Days>90</Days><AccessTier>COLD</AccessTier></Tiering>", "MalformedXML")]
    [InlineData("<Status>Enabled</Status><Tiering><Days>x</Days><AccessTier>ARCHIVE_ACCESS</AccessTier></Tiering>", "MalformedXML")]
    [InlineData("<Status>Enabled</Status><Tiering><Days>89</Days><AccessTier>ARCHIVE_ACCESS</AccessTier></Tiering>", "InvalidArgument")]
    [InlineData("<Status>Enabled</Status><Tiering><Days>731</Days><AccessTier>ARCHIVE_ACCESS</AccessTier></Tiering>", "InvalidArgument")]
    [InlineData("<Status>Enabled</Status><Tiering><Days>179</Days><AccessTier>DEEP_ARCHIVE_ACCESS</AccessTier></Tiering>", "InvalidArgument")]
    [InlineData(
        "<Status>Enabled</Status><Tiering><Days>200</Days><AccessTier>ARCHIVE_ACCESS</AccessTier></Tiering>"
        + "<Tiering><Days>180</Days><AccessTier>DEEP_ARCHIVE_ACCESS</AccessTier></Tiering>",
        "InvalidArgument")]
    [InlineData(
        "<Filter><Prefix>a</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></Filter><Status>Enabled</Status>"
        + "<Tiering><Days>90</Days><AccessTier>ARCHIVE_ACCESS</AccessTier></Tiering>",
        "MalformedXML")]
    public async Task What_is_no_configuration_is_refused_and_kept_nowhere(string content, string code)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var document = $"<IntelligentTieringConfiguration><Id>i</Id>{content}</IntelligentTieringConfiguration>";
        (await SendAsync(bucket, document)).AssertRefused(400, code);
        (await bucket.SendAsync("GET", "", query: [("intelligent-tiering", ""), ("id", "i")]))
            .AssertRefused(404, "NoSuchConfiguration");
    }

    [Fact]
    public async Task A_configuration_has_the_id_of_the_request_and_an_id_is_needed()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        const string document = "<IntelligentTieringConfiguration><Id>other</Id><Status>Enabled</Status>"
            + "<Tiering><Days>90</Days><AccessTier>ARCHIVE_ACCESS</AccessTier></Tiering></IntelligentTieringConfiguration>";
        (await SendAsync(bucket, document)).AssertRefused(400, "InvalidArgument");
        (await SendAsync(bucket, "")).AssertRefused(400, "MissingRequestBodyError");
        await bucket.PutPolicyAsync(
            "{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:PutIntelligentTieringConfiguration\","
            + $"\"Resource\":\"arn:aws:s3:::{bucket.Name}\"}}");
        (await SendAsync(bucket, document)).AssertRefused(403, "AccessDenied");
    }

    private static Task<RawAnswer> SendAsync(ScratchBucket bucket, string document) => bucket.SendAsync(
        "PUT", "", Encoding.UTF8.GetBytes(document), [("intelligent-tiering", ""), ("id", "i")]);
}
