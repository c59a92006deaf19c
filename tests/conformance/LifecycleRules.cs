using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>
/// What rules do to a bucket by themselves, in days of two seconds.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
/// </summary>
public sealed class LifecycleRules(LifecycleServer server) : IClassFixture<LifecycleServer>
{
    private const int Large = 130 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Objects_expire_by_prefix_and_others_stay()
    {
        var bucket = await server.NewBucketAsync();
        foreach (var key in (string[])["logs/1", "logs/2", "other", "logs"])
        {
            await server.PutAsync(bucket, key);
        }

        await server.SetRulesAsync(bucket, Rule(Prefix("logs/"), expiration: new() { Days = 1 }));
        await LifecycleServer.EventuallyAsync(async () => (await server.KeysAsync(bucket)).Count == 2);
        Assert.Equal(["logs", "other"], await server.KeysAsync(bucket));
        Assert.Equal(2, (await server.VersionsAsync(bucket)).Count);
    }

    [Fact]
    public async Task Filters_of_tags_and_sizes_hold_together()
    {
        var bucket = await server.NewBucketAsync();
        List<Tag> tags = [new() { Key = "kind", Value = "scratch" }, new() { Key = "team", Value = "a" }];
        await server.PutAsync(bucket, "tagged", 100, tags);
        await server.PutAsync(bucket, "half", 100, [tags[0]]);
        await server.PutAsync(bucket, "small", 10, tags);
        await server.PutAsync(bucket, "plain", 100);
        await server.SetRulesAsync(bucket, Rule(
            new()
            {
                LifecycleFilterPredicate = new LifecycleAndOperator
                {
                    Operands =
                    [
                        new LifecycleTagPredicate { Tag = tags[0] },
                        new LifecycleTagPredicate { Tag = tags[1] },
                        new LifecycleObjectSizeGreaterThanPredicate { ObjectSizeGreaterThan = 10 },
                    ],
                },
            },
            expiration: new() { Days = 1 }));
        await LifecycleServer.EventuallyAsync(async () => !(await server.KeysAsync(bucket)).Contains("tagged"));
        Assert.Equal(["half", "plain", "small"], await server.KeysAsync(bucket));
    }

    [Fact]
    public async Task Where_versions_are_kept_a_delete_marker_hides_the_object_and_goes_once_nothing_is_left()
    {
        var bucket = await server.NewBucketAsync(VersionStatus.Enabled);
        var version = await server.PutAsync(bucket, "key");
        await server.SetRulesAsync(bucket, Rule(expiration: new() { Days = 1 }));
        await LifecycleServer.EventuallyAsync(async () => (await server.VersionsAsync(bucket)).Count == 2);
        var versions = await server.VersionsAsync(bucket);
        Assert.True(versions[0] is { IsDeleteMarker: true, IsLatest: true });
        Assert.Equal(version, versions[1].VersionId);

        await server.SetRulesAsync(
            bucket,
            Rule(noncurrent: new() { NoncurrentDays = 1 }),
            Rule(expiration: new() { ExpiredObjectDeleteMarker = true }));
        await LifecycleServer.EventuallyAsync(async () => (await server.VersionsAsync(bucket)).Count == 0);
        await server.S3.DeleteBucketAsync(bucket, Cancellation);
    }

    [Fact]
    public async Task Where_versioning_is_suspended_the_null_version_gives_way_to_a_null_marker()
    {
        var bucket = await server.NewBucketAsync(VersionStatus.Enabled);
        var kept = await server.PutAsync(bucket, "key");
        await server.SetVersioningAsync(bucket, VersionStatus.Suspended);
        await server.PutAsync(bucket, "key");
        await server.SetRulesAsync(bucket, Rule(expiration: new() { Date = DateTime.UtcNow.Date.AddDays(-1) }));
        await LifecycleServer.EventuallyAsync(async () => (await server.VersionsAsync(bucket))[0].IsDeleteMarker == true);
        Assert.Equal(["null", kept], (await server.VersionsAsync(bucket)).Select(version => version.VersionId));
    }

    [Fact]
    public async Task Of_older_versions_the_newest_few_are_kept()
    {
        var bucket = await server.NewBucketAsync(VersionStatus.Enabled);
        var written = new List<string?>();
        for (var version = 0; version < 6; version++)
        {
            written.Add(await server.PutAsync(bucket, "key"));
        }

        await server.SetRulesAsync(
            bucket, Rule(noncurrent: new() { NoncurrentDays = 1, NewerNoncurrentVersions = 2 }));
        await LifecycleServer.EventuallyAsync(async () => (await server.VersionsAsync(bucket)).Count == 3);
        Assert.Equal([written[5], written[4], written[3]], (await server.VersionsAsync(bucket)).Select(found => found.VersionId));
    }

    [Fact]
    public async Task Objects_move_to_other_classes_and_keep_all_else()
    {
        var bucket = await server.NewBucketAsync(VersionStatus.Enabled);
        var older = await server.PutAsync(bucket, "key", Large);
        var current = await server.PutAsync(bucket, "key", Large + 1);
        await server.PutAsync(bucket, "small");
        var before = await server.S3.GetObjectMetadataAsync(bucket, "key", Cancellation);
        await server.SetRulesAsync(bucket, new LifecycleRule
        {
            Transitions =
            [
                new() { Days = 0, StorageClass = S3StorageClass.IntelligentTiering },
                new() { Days = 1, StorageClass = S3StorageClass.GlacierInstantRetrieval },
            ],
            NoncurrentVersionTransitions = [new() { NoncurrentDays = 0, StorageClass = S3StorageClass.GlacierInstantRetrieval }],
        });
        await LifecycleServer.EventuallyAsync(async () => (await server.VersionsAsync(bucket))
            .Where(version => version.Key == "key")
            .All(version => version.StorageClass == S3StorageClass.GlacierInstantRetrieval));

        var after = await server.S3.GetObjectMetadataAsync(bucket, "key", Cancellation);
        Assert.Equal(
            (current, before.ETag, before.LastModified, Large + 1L),
            (after.VersionId, after.ETag, after.LastModified, after.ContentLength));
        var versions = await server.VersionsAsync(bucket);
        Assert.Equal([current, older], versions.Where(version => version.Key == "key").Select(version => version.VersionId));
        Assert.Equal(S3StorageClass.Standard, versions.Single(version => version.Key == "small").StorageClass);
        using var read = await server.S3.GetObjectAsync(bucket, "key", older, Cancellation);
        Assert.Equal(Large, read.ContentLength);
    }

    [Fact]
    public async Task What_is_locked_stays()
    {
        var bucket = ServerFixture.NewBucketName();
        await server.S3.PutBucketAsync(
            new PutBucketRequest { BucketName = bucket, ObjectLockEnabledForBucket = true }, Cancellation);
        var locked = await server.PutAsync(bucket, "key");
        await server.S3.PutObjectLegalHoldAsync(
            new()
            {
                BucketName = bucket,
                Key = "key",
                VersionId = locked,
                LegalHold = new() { Status = ObjectLockLegalHoldStatus.On },
            },
            Cancellation);
        await server.PutAsync(bucket, "key");
        await server.PutAsync(bucket, "key");
        await server.SetRulesAsync(bucket, Rule(noncurrent: new() { NoncurrentDays = 1 }));
        await LifecycleServer.EventuallyAsync(async () => (await server.VersionsAsync(bucket)).Count == 2);
        Assert.Equal(locked, (await server.VersionsAsync(bucket))[1].VersionId);

        await server.S3.PutObjectLegalHoldAsync(
            new()
            {
                BucketName = bucket,
                Key = "key",
                VersionId = locked,
                LegalHold = new() { Status = ObjectLockLegalHoldStatus.Off },
            },
            Cancellation);
        await LifecycleServer.EventuallyAsync(async () => (await server.VersionsAsync(bucket)).Count == 1);
    }

    [Fact]
    public async Task Uploads_that_nobody_completes_are_aborted()
    {
        var bucket = await server.NewBucketAsync();
        await server.SetRulesAsync(bucket, new LifecycleRule
        {
            Id = "abort",
            Filter = Prefix("a/"),
            AbortIncompleteMultipartUpload = new() { DaysAfterInitiation = 1 },
        });
        var begun = await server.S3.InitiateMultipartUploadAsync(bucket, "a/1", Cancellation);
        var kept = await server.S3.InitiateMultipartUploadAsync(bucket, "b/1", Cancellation);
        Assert.Equal("abort", begun.AbortRuleId);
        Assert.NotNull(begun.AbortDate);
        Assert.Null(kept.AbortRuleId);
        await server.S3.UploadPartAsync(
            new()
            {
                BucketName = bucket,
                Key = "a/1",
                UploadId = begun.UploadId,
                PartNumber = 1,
                InputStream = new MemoryStream(new byte[10]),
            },
            Cancellation);

        await LifecycleServer.EventuallyAsync(async () =>
            (await server.S3.ListMultipartUploadsAsync(bucket, Cancellation)).MultipartUploads.Count == 1);
        Assert.Equal(
            kept.UploadId,
            (await server.S3.ListMultipartUploadsAsync(bucket, Cancellation)).MultipartUploads[0].UploadId);
        var gone = await Assert.ThrowsAsync<AmazonS3Exception>(
            () => server.S3.ListPartsAsync(bucket, "a/1", begun.UploadId, Cancellation));
        Assert.Equal("NoSuchUpload", gone.ErrorCode);
    }

    [Fact]
    public async Task Rules_that_are_gone_or_disabled_do_nothing_more()
    {
        var bucket = await server.NewBucketAsync();
        var other = await server.NewBucketAsync();
        await server.PutAsync(bucket, "key");
        await server.PutAsync(other, "key");
        var rule = Rule(expiration: new() { Days = 1 });
        rule.Status = LifecycleRuleStatus.Disabled;
        rule.Filter = Prefix("");
        await server.S3.PutLifecycleConfigurationAsync(
            new() { BucketName = bucket, Configuration = new() { Rules = [rule] } }, Cancellation);
        await server.SetRulesAsync(other, Rule(expiration: new() { Days = 1 }));
        await LifecycleServer.EventuallyAsync(async () => (await server.KeysAsync(other)).Count == 0);
        await server.S3.DeleteLifecycleConfigurationAsync(other, Cancellation);
        await server.PutAsync(other, "key");
        await Task.Delay(2 * LifecycleServer.Day, Cancellation);
        Assert.Single(await server.KeysAsync(bucket));
        Assert.Single(await server.KeysAsync(other));
    }

    [Fact]
    public async Task Answers_say_when_an_object_will_expire_in_days_as_short_as_they_are()
    {
        var bucket = await server.NewBucketAsync();
        await server.SetRulesAsync(bucket, Rule(expiration: new() { Days = 1000 }));
        var put = await server.S3.PutObjectAsync(
            new() { BucketName = bucket, Key = "key", ContentBody = "content" }, Cancellation);
        var head = await server.S3.GetObjectMetadataAsync(bucket, "key", Cancellation);
        Assert.Equal("rule", put.Expiration.RuleId);
        Assert.Equal(
            head.LastModified!.Value.ToUniversalTime() + (1000 * LifecycleServer.Day),
            head.Expiration.ExpiryDate.ToUniversalTime());
    }

    private static LifecycleRule Rule(
        LifecycleFilter? filter = null,
        LifecycleRuleExpiration? expiration = null,
        LifecycleRuleNoncurrentVersionExpiration? noncurrent = null) => new()
        {
            Id = noncurrent is null ? "rule" : "noncurrent",
            Filter = filter,
            Expiration = expiration,
            NoncurrentVersionExpiration = noncurrent,
        };

    private static LifecycleFilter Prefix(string prefix) =>
        new() { LifecycleFilterPredicate = new LifecyclePrefixPredicate { Prefix = prefix } };
}
