using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLockConfiguration.html</summary>
public sealed class GetObjectLockConfiguration(ServerFixture server)
{
    [Fact]
    public async Task It_is_as_it_was_put_and_a_rule_goes_when_none_is_put()
    {
        var bucket = await server.NewLockedBucketAsync(new() { Mode = ObjectLockRetentionMode.Compliance, Years = 100 });
        var rule = (await ReadAsync(bucket)).Rule.DefaultRetention;
        Assert.Equal(
            (ObjectLockRetentionMode.Compliance, 100, null), (rule.Mode, rule.Years.GetValueOrDefault(), rule.Days));
        await bucket.ConfigureLockAsync(new() { Mode = ObjectLockRetentionMode.Governance, Days = 36_500 });
        rule = (await ReadAsync(bucket)).Rule.DefaultRetention;
        Assert.Equal(
            (ObjectLockRetentionMode.Governance, 36_500, null), (rule.Mode, rule.Days.GetValueOrDefault(), rule.Years));
        await bucket.ConfigureLockAsync(null);
        Assert.Null((await ReadAsync(bucket)).Rule);
    }

    [Fact]
    public async Task A_bucket_that_was_created_with_object_lock_has_no_rule()
    {
        var name = ServerFixture.NewBucketName();
        await server.S3.PutBucketAsync(
            new PutBucketRequest { BucketName = name, ObjectLockEnabledForBucket = true },
            TestContext.Current.CancellationToken);
        var answer = (await server.SendAsync("GET", $"/{name}?object-lock")).AssertOk();
        Assert.Equal("Enabled", answer.Element("ObjectLockEnabled"));
        Assert.DoesNotContain("Rule", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_without_object_lock_has_none()
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        await ScratchBucket.AssertRefusedAsync(
            HttpStatusCode.NotFound, "ObjectLockConfigurationNotFoundError", () => ReadAsync(bucket));
    }

    private static async Task<ObjectLockConfiguration> ReadAsync(ScratchBucket bucket) =>
        (await bucket.S3.GetObjectLockConfigurationAsync(
            new() { BucketName = bucket.Name }, TestContext.Current.CancellationToken)).ObjectLockConfiguration;
}
