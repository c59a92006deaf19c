using System.Net;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html</summary>
public sealed class RestoreObject(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_archived_object_can_be_read_from_when_it_is_back_until_it_expires_and_a_restart_changes_nothing()
    {
        await using var clocked = await ClockedServer.StartAsync();
        var bucket = await clocked.NewBucketAsync();
        await clocked.PutAsync(bucket, "k", S3StorageClass.Glacier);
        await AssertArchivedAsync(clocked, bucket, "k", "GLACIER");
        Assert.Null((await clocked.HeadAsync(bucket, "k")).AssertOk().Header("x-amz-restore"));

        Assert.Equal(HttpStatusCode.Accepted, await clocked.RestoreAsync(bucket, "k", 100, GlacierJobTier.Standard));
        await clocked.RestartAsync();
        Assert.Equal("ongoing-request=\"true\"", (await clocked.HeadAsync(bucket, "k")).Header("x-amz-restore"));
        await AssertArchivedAsync(clocked, bucket, "k", "GLACIER");
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.Conflict, "RestoreAlreadyInProgress", () => clocked.RestoreAsync(bucket, "k", 1));

        clocked.Pass(ClockedServer.Delays.Standard);
        var head = await clocked.HeadAsync(bucket, "k");
        Assert.StartsWith(
            "ongoing-request=\"false\", expiry-date=\"", head.Header("x-amz-restore"), StringComparison.Ordinal);
        Assert.Equal("GLACIER", head.Header("x-amz-storage-class"));
        Assert.Equal(10, await clocked.GetAsync(bucket, "k"));
        var read = await clocked.S3.GetObjectMetadataAsync(bucket, "k", Cancellation);
        Assert.Equal((false, true), (read.RestoreInProgress, read.RestoreExpiration > DateTime.UtcNow));

        // Asked for again, it stays for that long from then on.
        clocked.Pass(TimeSpan.FromSeconds(60));
        Assert.Equal(HttpStatusCode.OK, await clocked.RestoreAsync(bucket, "k", 100));
        clocked.Pass(TimeSpan.FromSeconds(60));
        Assert.Equal(10, await clocked.GetAsync(bucket, "k"));

        clocked.Pass(TimeSpan.FromSeconds(45));
        await AssertArchivedAsync(clocked, bucket, "k", "GLACIER");
        Assert.Null((await clocked.HeadAsync(bucket, "k")).Header("x-amz-restore"));
        Assert.Equal(HttpStatusCode.Accepted, await clocked.RestoreAsync(bucket, "k", 1));
    }

    [Fact]
    public async Task A_faster_tier_takes_over_from_a_slower_one()
    {
        await using var clocked = await ClockedServer.StartAsync();
        var bucket = await clocked.NewBucketAsync();
        await clocked.PutAsync(bucket, "k", S3StorageClass.Glacier);
        Assert.Equal(HttpStatusCode.Accepted, await clocked.RestoreAsync(bucket, "k", 300, GlacierJobTier.Bulk));
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.Conflict,
            "RestoreAlreadyInProgress",
            () => clocked.RestoreAsync(bucket, "k", 300, GlacierJobTier.Bulk));
        Assert.Equal(HttpStatusCode.Accepted, await clocked.RestoreAsync(bucket, "k", 300, GlacierJobTier.Expedited));
        clocked.Pass(ClockedServer.Delays.Expedited);
        Assert.Equal(10, await clocked.GetAsync(bucket, "k"));
    }

    [Fact]
    public async Task Copies_and_parts_take_from_an_archived_object_only_while_it_is_back()
    {
        await using var clocked = await ClockedServer.StartAsync();
        var bucket = await clocked.NewBucketAsync();
        await clocked.PutAsync(bucket, "k", S3StorageClass.DeepArchive);
        var upload = await clocked.S3.InitiateMultipartUploadAsync(bucket, "parts", Cancellation);
        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.Forbidden, "InvalidObjectState", CopyAsync);
        await ScratchBucket.AssertRefusedAsync(HttpStatusCode.Forbidden, "InvalidObjectState", CopyPartAsync);

        Assert.Equal(HttpStatusCode.Accepted, await clocked.RestoreAsync(bucket, "k", 300));
        clocked.Pass(ClockedServer.Delays.Standard);
        await CopyPartAsync();
        await CopyAsync();
        clocked.Pass(TimeSpan.FromSeconds(310));

        // Copied onto itself, it has left the archive for good.
        Assert.Equal(10, await clocked.GetAsync(bucket, "k"));
        Assert.Null((await clocked.HeadAsync(bucket, "k")).Header("x-amz-storage-class"));

        Task CopyAsync() => clocked.S3.CopyObjectAsync(
            new()
            {
                SourceBucket = bucket,
                SourceKey = "k",
                DestinationBucket = bucket,
                DestinationKey = "k",
                StorageClass = S3StorageClass.Standard,
            },
            Cancellation);

        Task CopyPartAsync() => clocked.S3.CopyPartAsync(
            new()
            {
                SourceBucket = bucket,
                SourceKey = "k",
                DestinationBucket = bucket,
                DestinationKey = "parts",
                UploadId = upload.UploadId,
                PartNumber = 1,
            },
            Cancellation);
    }

    [Fact]
    public async Task Listings_show_restores_to_who_asks_for_them()
    {
        await using var clocked = await ClockedServer.StartAsync();
        var bucket = await clocked.NewBucketAsync();
        foreach (var key in (string[])["archived", "back", "ongoing"])
        {
            await clocked.PutAsync(bucket, key, S3StorageClass.Glacier);
        }

        await clocked.RestoreAsync(bucket, "back", 300, GlacierJobTier.Expedited);
        clocked.Pass(ClockedServer.Delays.Expedited);
        await clocked.RestoreAsync(bucket, "ongoing", 300, GlacierJobTier.Bulk);
        var listed = await clocked.S3.ListObjectsV2Async(
            new() { BucketName = bucket, OptionalObjectAttributes = ["RestoreStatus"] }, Cancellation);
        Assert.Equal(
            [("archived", null, false), ("back", false, true), ("ongoing", true, false)],
            listed.S3Objects.Select(found => (
                found.Key,
                found.RestoreStatus?.IsRestoreInProgress,
                found.RestoreStatus?.RestoreExpiryDate is not null)));
        foreach (var query in (string[])["", "?list-type=2", "?versions"])
        {
            var wanted = await clocked.Raw.SendAsync(
                "GET", $"/{bucket}{query}", headers: ("x-amz-optional-object-attributes", "RestoreStatus"));
            Assert.Contains("<IsRestoreInProgress>true<", wanted.AssertOk().Text, StringComparison.Ordinal);
            Assert.Contains("<RestoreExpiryDate>", wanted.Text, StringComparison.Ordinal);
            var plain = await clocked.Raw.SendAsync("GET", $"/{bucket}{query}");
            Assert.DoesNotContain("RestoreStatus", plain.AssertOk().Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task One_version_is_asked_back_and_the_others_stay()
    {
        await using var clocked = await ClockedServer.StartAsync();
        var bucket = await clocked.NewBucketAsync();
        await clocked.S3.PutBucketVersioningAsync(
            new() { BucketName = bucket, VersioningConfig = new() { Status = VersionStatus.Enabled } }, Cancellation);
        var older = (await clocked.PutAsync(bucket, "k", S3StorageClass.Glacier)).VersionId;
        await clocked.PutAsync(bucket, "k", S3StorageClass.Glacier);
        await clocked.RestoreAsync(bucket, "k", 300, GlacierJobTier.Expedited, older);
        clocked.Pass(ClockedServer.Delays.Expedited);
        using var found = await clocked.S3.GetObjectAsync(bucket, "k", older, Cancellation);
        Assert.Equal(10, found.ContentLength);
        await AssertArchivedAsync(clocked, bucket, "k", "GLACIER");

        var marker = await clocked.S3.DeleteObjectAsync(bucket, "k", Cancellation);
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.NotFound, "NoSuchKey", () => clocked.RestoreAsync(bucket, "k", 1));
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.MethodNotAllowed,
            "MethodNotAllowed",
            () => clocked.RestoreAsync(bucket, "k", 1, versionId: marker.VersionId));
    }

    [Fact]
    public async Task All_but_reading_is_done_to_an_archived_object_as_to_any()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k", with: put => put.StorageClass = S3StorageClass.Glacier);
        await bucket.S3.PutObjectTaggingAsync(
            new() { BucketName = bucket.Name, Key = "k", Tagging = new() { TagSet = [new() { Key = "a", Value = "b" }] } },
            Cancellation);
        var head = await bucket.HeadAsync("k");
        Assert.Equal(("GLACIER", 7), (head.StorageClass.Value, head.ContentLength));
        Assert.Equal(S3StorageClass.Glacier, (await bucket.S3.ListObjectsV2Async(
            new() { BucketName = bucket.Name }, Cancellation)).S3Objects.Single().StorageClass);
        await bucket.PutAsync("k", "new");
        Assert.Equal("new", (await bucket.GetAsync("k")).Content);
        await bucket.PutAsync("k", with: put => put.StorageClass = S3StorageClass.DeepArchive);
        await bucket.DeleteAsync("k");
        await bucket.PutAsync("instant", with: put => put.StorageClass = S3StorageClass.GlacierInstantRetrieval);
        Assert.Equal("content", (await bucket.GetAsync("instant")).Content);
    }

    [Theory]
    [InlineData("STANDARD", "<Days>1</Days>", 403, "InvalidObjectState")]
    [InlineData("GLACIER_IR", "<Days>1</Days>", 403, "InvalidObjectState")]
    [InlineData("INTELLIGENT_TIERING", "", 403, "ObjectAlreadyInActiveTierError")]
    [InlineData("GLACIER", "", 400, "MalformedXML")]
    [InlineData("GLACIER", "<Days>0</Days>", 400, "InvalidArgument")]
    [InlineData("GLACIER", "<Days>-1</Days>", 400, "InvalidArgument")]
    [InlineData("GLACIER", "<Days>one</Days>", 400, "MalformedXML")]
    [InlineData("GLACIER", "<Days>1</Days><Days>1</Days>", 400, "MalformedXML")]
    [InlineData("GLACIER", "<Days>1</Days><Colour>red</Colour>", 400, "MalformedXML")]
    [InlineData("GLACIER", "<Days>1</Days><GlacierJobParameters/>", 400, "MalformedXML")]
    [InlineData(
        "GLACIER", "<Days>1</Days><GlacierJobParameters><Tier>Slow</Tier></GlacierJobParameters>", 400, "MalformedXML")]
    [InlineData(
        "DEEP_ARCHIVE",
        "<Days>1</Days><GlacierJobParameters><Tier>Expedited</Tier></GlacierJobParameters>",
        400,
        "InvalidArgument")]
    [InlineData("GLACIER", "<Type>SELECT</Type>", 501, "NotImplemented")]
    [InlineData("GLACIER", "<OutputLocation/>", 501, "NotImplemented")]
    [InlineData("GLACIER", "<Days>1</Days><Tier>Bulk</Tier><Description>why</Description>", 202, "")]
    public async Task A_request_is_granted_or_refused(string storageClass, string parameters, int status, string code)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k", with: put => put.StorageClass = storageClass);
        var answer = await RestoreAsync(bucket, $"<RestoreRequest>{parameters}</RestoreRequest>");
        Assert.Equal((status, code), (answer.Status, answer.Element("Code") ?? ""));
        if (code == "InvalidObjectState")
        {
            Assert.Equal(storageClass, answer.Element("StorageClass"));
        }
    }

    [Fact]
    public async Task A_request_needs_a_document_an_object_and_the_permission()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.PutAsync("k", with: put => put.StorageClass = S3StorageClass.Glacier);
        (await RestoreAsync(bucket, "")).AssertRefused(400, "MalformedXML");
        (await RestoreAsync(bucket, "<RestoreRequest>")).AssertRefused(400, "MalformedXML");
        (await RestoreAsync(bucket, "<Restore/>")).AssertRefused(400, "MalformedXML");
        const string document = "<RestoreRequest><Days>1</Days></RestoreRequest>";
        (await RestoreAsync(bucket, document, "missing")).AssertRefused(404, "NoSuchKey");
        (await bucket.SendAsync(
            "POST", "k", Encoding.UTF8.GetBytes(document), [("restore", "")], ("Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA==")))
            .AssertRefused(400, "BadDigest");
        await bucket.DenyAsync("s3:RestoreObject");
        (await RestoreAsync(bucket, document)).AssertRefused(403, "AccessDenied");
    }

    private static Task<RawAnswer> RestoreAsync(ScratchBucket bucket, string document, string key = "k") =>
        bucket.SendAsync("POST", key, Encoding.UTF8.GetBytes(document), [("restore", "")]);

    private static async Task AssertArchivedAsync(ClockedServer clocked, string bucket, string key, string storageClass)
    {
        var refusal = await Assert.ThrowsAsync<InvalidObjectStateException>(() => clocked.GetAsync(bucket, key));
        Assert.Equal(
            (HttpStatusCode.Forbidden, "InvalidObjectState", storageClass, null),
            (refusal.StatusCode, refusal.ErrorCode, refusal.StorageClass.Value, refusal.AccessTier?.Value));
    }
}
