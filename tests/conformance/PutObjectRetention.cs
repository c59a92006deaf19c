using System.Globalization;
using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html</summary>
public sealed class PutObjectRetention(ServerFixture server)
{
    private static readonly (string, string) Bypass = ("x-amz-bypass-governance-retention", "true");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Governance_keeps_a_version_until_somebody_bypasses_it()
    {
        var bucket = await server.NewLockedBucketAsync();
        var version = (await bucket.PutAsync("k")).VersionId;
        await bucket.RetainAsync("k", ObjectLockRetentionMode.Governance, LockCases.NextYear);
        await bucket.AssertProtectedAsync("k", version);
        (await bucket.SendAsync("DELETE", "k", query: [("versionId", version)], headers: Bypass)).AssertOk(204);
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.NotFound, "NoSuchVersion", () => bucket.GetAsync("k", get => get.VersionId = version));
    }

    [Fact]
    public async Task A_delete_marker_and_a_new_version_are_always_possible_and_take_nothing_away()
    {
        var bucket = await server.NewLockedBucketAsync();
        var version = (await bucket.PutAsync("k", "kept")).VersionId;
        await bucket.RetainAsync("k", ObjectLockRetentionMode.Governance, LockCases.NextYear);
        var marker = await bucket.DeleteAsync("k");
        Assert.Equal("true", marker.DeleteMarker);
        await bucket.PutAsync("k", "new");
        await bucket.DeleteAsync("k", marker.VersionId);
        await bucket.AssertProtectedAsync("k", version);
        Assert.Equal("kept", (await bucket.GetAsync("k", get => get.VersionId = version)).Content);
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.Conflict, "BucketNotEmpty", () => bucket.S3.DeleteBucketAsync(bucket.Name, Cancellation));
    }

    [Fact]
    public async Task A_rename_leaves_the_locked_version_and_locks_the_new_one()
    {
        var bucket = await server.NewLockedBucketAsync();
        var version = (await bucket.PutAsync("k", "kept")).VersionId;
        await bucket.RetainAsync("k", ObjectLockRetentionMode.Governance, LockCases.NextYear);
        (await bucket.SendAsync("PUT", "to", query: [("renameObject", "")], headers: ("x-amz-rename-source", "k")))
            .AssertOk();
        await bucket.AssertProtectedAsync("k", version);
        Assert.Equal("kept", (await bucket.GetAsync("k", get => get.VersionId = version)).Content);
        await bucket.AssertProtectedAsync("to", (await bucket.HeadAsync("to")).VersionId);
    }

    [Fact]
    public async Task Of_many_versions_those_that_are_free_go()
    {
        var bucket = await server.NewLockedBucketAsync();
        var kept = (await bucket.PutAsync("kept")).VersionId;
        var free = (await bucket.PutAsync("free")).VersionId;
        await bucket.RetainAsync("kept", ObjectLockRetentionMode.Governance, LockCases.NextYear);
        var request = new DeleteObjectsRequest
        {
            BucketName = bucket.Name,
            Objects = [new() { Key = "kept", VersionId = kept }, new() { Key = "free", VersionId = free }],
        };
        var partly = (await Assert.ThrowsAsync<DeleteObjectsException>(
            () => bucket.S3.DeleteObjectsAsync(request, Cancellation))).Response;
        Assert.Equal("free", Assert.Single(partly.DeletedObjects).Key);
        var error = Assert.Single(partly.DeleteErrors);
        Assert.Equal(("kept", kept, "AccessDenied"), (error.Key, error.VersionId, error.Code));
        request.BypassGovernanceRetention = true;
        Assert.Equal(2, (await bucket.S3.DeleteObjectsAsync(request, Cancellation)).DeletedObjects.Count);
    }

    [Fact]
    public async Task Governance_is_made_longer_by_anybody_and_shorter_only_by_bypassing_it()
    {
        var bucket = await server.NewLockedBucketAsync();
        await bucket.PutAsync("k");
        var governance = ObjectLockRetentionMode.Governance;
        await bucket.RetainAsync("k", governance, LockCases.NextYear);
        await bucket.RetainAsync("k", governance, LockCases.NextYear.AddDays(2));
        await RefusedAsync(() => bucket.RetainAsync("k", governance, LockCases.NextYear));
        await RefusedAsync(() => bucket.RetainAsync("k", ObjectLockRetentionMode.Compliance, LockCases.NextYear.AddDays(3)));
        await RefusedAsync(() => bucket.RetainAsync("k", null, null));
        Assert.Equal(("GOVERNANCE", LockCases.NextYear.AddDays(2)), await bucket.RetentionAsync("k"));
        await bucket.RetainAsync("k", governance, LockCases.NextYear, bypasses: true);
        Assert.Equal(("GOVERNANCE", LockCases.NextYear), await bucket.RetentionAsync("k"));
        (await bucket.SendDocumentAsync("k", "retention", "<Retention/>", Bypass)).AssertOk();
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.NotFound, "NoSuchObjectLockConfiguration", () => bucket.RetentionAsync("k"));
    }

    [Fact]
    public async Task Compliance_is_made_longer_and_nothing_else()
    {
        var bucket = await server.NewLockedBucketAsync();
        var version = (await bucket.PutAsync("k")).VersionId;
        var compliance = ObjectLockRetentionMode.Compliance;
        await bucket.RetainAsync("k", compliance, LockCases.NextYear);
        await bucket.RetainAsync("k", compliance, LockCases.NextYear.AddDays(1));
        await RefusedAsync(() => bucket.RetainAsync("k", compliance, LockCases.NextYear, bypasses: true));
        await RefusedAsync(() => bucket.RetainAsync(
            "k", ObjectLockRetentionMode.Governance, LockCases.NextYear.AddDays(2), bypasses: true));
        (await bucket.SendDocumentAsync("k", "retention", "<Retention/>", Bypass)).AssertRefused(403, "AccessDenied");
        await bucket.AssertProtectedAsync("k", version, Bypass);
        Assert.Equal(("COMPLIANCE", LockCases.NextYear.AddDays(1)), await bucket.RetentionAsync("k"));
    }

    [Fact]
    public async Task What_is_over_keeps_nothing()
    {
        var bucket = await server.NewLockedBucketAsync();
        var version = (await bucket.PutAsync("k")).VersionId;
        await bucket.RetainAsync("k", ObjectLockRetentionMode.Compliance, DateTime.UtcNow.AddSeconds(2));
        await bucket.AssertProtectedAsync("k", version);
        RawAnswer answer;
        do
        {
            await Task.Delay(200, Cancellation);
            answer = await bucket.SendAsync("DELETE", "k", query: [("versionId", version)]);
        }
        while (answer.Status == 403);

        answer.AssertOk(204);
    }

    [Fact]
    public async Task Tags_and_acls_change_beside_a_lock_and_leave_it_alone()
    {
        var bucket = await server.NewLockedBucketAsync();
        await bucket.PutAsync("k");
        await bucket.RetainAsync("k", ObjectLockRetentionMode.Compliance, LockCases.NextYear);
        await bucket.S3.PutObjectTaggingAsync(
            new() { BucketName = bucket.Name, Key = "k", Tagging = new() { TagSet = [new() { Key = "a", Value = "1" }] } },
            Cancellation);
        Assert.Equal(("COMPLIANCE", LockCases.NextYear), await bucket.RetentionAsync("k"));
    }

    [Fact]
    public async Task Only_who_may_bypass_governance_does()
    {
        var bucket = await server.NewLockedBucketAsync();
        var version = (await bucket.PutAsync("k")).VersionId;
        await bucket.RetainAsync("k", ObjectLockRetentionMode.Governance, LockCases.NextYear);
        await bucket.DenyAsync("s3:BypassGovernanceRetention");
        (await bucket.SendAsync("DELETE", "k", query: [("versionId", version)], headers: Bypass))
            .AssertRefused(403, "AccessDenied");
        await RefusedAsync(() => bucket.RetainAsync(
            "k", ObjectLockRetentionMode.Governance, LockCases.NextYear.AddDays(-1), bypasses: true));
        var refusals = (await Assert.ThrowsAsync<DeleteObjectsException>(() => bucket.S3.DeleteObjectsAsync(
            new()
            {
                BucketName = bucket.Name,
                BypassGovernanceRetention = true,
                Objects = [new() { Key = "k", VersionId = version }],
            },
            Cancellation))).Response.DeleteErrors;
        Assert.Equal("AccessDenied", Assert.Single(refusals).Code);
        Assert.Equal(("GOVERNANCE", LockCases.NextYear), await bucket.RetentionAsync("k"));
    }

    [Fact]
    public async Task A_policy_says_how_long_is_too_long()
    {
        var bucket = await server.NewLockedBucketAsync();
        await bucket.PutAsync("k");
        await bucket.DenyAsync(
            "s3:PutObjectRetention", """{"NumericGreaterThan":{"s3:object-lock-remaining-retention-days":"10"}}""");
        await RefusedAsync(() => bucket.RetainAsync(
            "k", ObjectLockRetentionMode.Governance, DateTime.UtcNow.AddDays(12)));
        (await bucket.SendAsync(
            "PUT", "k", [1], null, LockCases.Headers([1], until: Iso(DateTime.UtcNow.AddDays(12)))))
            .AssertRefused(403, "AccessDenied");
        await bucket.RetainAsync("k", ObjectLockRetentionMode.Governance, DateTime.UtcNow.AddDays(9));
        (await bucket.SendAsync(
            "PUT", "k", [1], null, LockCases.Headers([1], until: Iso(DateTime.UtcNow.AddDays(9))))).AssertOk();

        static string Iso(DateTime time) => time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("<Mode>governance</Mode><RetainUntilDate>2090-01-01T00:00:00Z</RetainUntilDate>", "MalformedXML")]
    [InlineData("<Mode>GOVERNANCE</Mode>", "MalformedXML")]
    [InlineData("<RetainUntilDate>2090-01-01T00:00:00Z</RetainUntilDate>", "MalformedXML")]
    [InlineData("<Mode>GOVERNANCE</Mode><RetainUntilDate>soon</RetainUntilDate>", "MalformedXML")]
    [InlineData("<Mode>GOVERNANCE</Mode><RetainUntilDate>2020-01-01T00:00:00Z</RetainUntilDate>", "InvalidArgument")]
    public async Task What_is_no_retention_is_refused(string content, string code)
    {
        var bucket = await server.NewLockedBucketAsync();
        await bucket.PutAsync("k");
        (await bucket.SendDocumentAsync("k", "retention", $"<Retention>{content}</Retention>")).AssertRefused(400, code);
    }

    [Fact]
    public async Task There_is_nothing_to_lock_without_object_lock_or_an_object()
    {
        var plain = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        await plain.PutAsync("k");
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.BadRequest,
            "InvalidRequest",
            () => plain.RetainAsync("k", ObjectLockRetentionMode.Governance, LockCases.NextYear));
        var bucket = await server.NewLockedBucketAsync();
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.NotFound,
            "NoSuchKey",
            () => bucket.RetainAsync("k", ObjectLockRetentionMode.Governance, LockCases.NextYear));
        await bucket.DeleteAsync("k");
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.MethodNotAllowed,
            "MethodNotAllowed",
            () => bucket.RetainAsync("k", ObjectLockRetentionMode.Governance, LockCases.NextYear));
    }

    private static Task<AmazonS3Exception> RefusedAsync(Func<Task> call) =>
        ScratchBucket.AssertRefusedAsync(HttpStatusCode.Forbidden, "AccessDenied", call);
}
