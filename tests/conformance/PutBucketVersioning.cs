using System.Security.Cryptography;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html</summary>
public sealed class PutBucketVersioning(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Versioning_is_enabled_and_suspended()
    {
        var bucket = await server.NewBucketAsync();
        foreach (var status in (VersionStatus[])[VersionStatus.Enabled, VersionStatus.Suspended, VersionStatus.Enabled])
        {
            await server.S3.PutBucketVersioningAsync(
                new PutBucketVersioningRequest { BucketName = bucket, VersioningConfig = new() { Status = status } },
                Cancellation);
            var kept = await server.S3.GetBucketVersioningAsync(bucket, Cancellation);
            Assert.Equal(status, kept.VersioningConfig.Status);
        }
    }

    [Theory]
    [InlineData("", 400, "IllegalVersioningConfigurationException")]
    [InlineData("<Status>On</Status>", 400, "MalformedXML")]
    [InlineData("<Status>Enabled</Status><Other/>", 400, "MalformedXML")]
    [InlineData("<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>", 403, "AccessDenied")]
    [InlineData("<Status>Enabled</Status><MfaDelete>Maybe</MfaDelete>", 400, "MalformedXML")]
    public async Task A_configuration_that_says_nothing_or_too_much_is_refused(string content, int status, string code)
    {
        var bucket = await server.NewBucketAsync();
        var answer = await PutAsync(bucket, content);
        answer.AssertRefused(status, code);
        var kept = await server.SendAsync("GET", $"/{bucket}?versioning");
        Assert.DoesNotContain("<Status>", kept.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mfa_delete_that_stays_off_is_no_reason_to_refuse()
    {
        var bucket = await server.NewBucketAsync();
        var answer = await PutAsync(bucket, "<MfaDelete>Disabled</MfaDelete><Status>Enabled</Status>");
        answer.AssertOk();
    }

    [Fact]
    public async Task A_bucket_with_object_lock_cannot_suspend()
    {
        var bucket = $"lock-{Guid.NewGuid():N}";
        await server.S3.PutBucketAsync(
            new PutBucketRequest { BucketName = bucket, ObjectLockEnabledForBucket = true }, Cancellation);
        var answer = await PutAsync(bucket, "<Status>Suspended</Status>");
        answer.AssertRefused(409, "InvalidBucketState");
    }

    private Task<RawAnswer> PutAsync(string bucket, string content)
    {
        var document = Encoding.UTF8.GetBytes($"<VersioningConfiguration>{content}</VersioningConfiguration>");
        return server.SendAsync(
            "PUT",
            $"/{bucket}?versioning",
            document,
            ("Content-MD5", Convert.ToBase64String(MD5.HashData(document))));
    }
}
