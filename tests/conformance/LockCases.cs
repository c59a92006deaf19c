using System.Security.Cryptography;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>What tests of object lock share.</summary>
internal static class LockCases
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>In a year, to the second.</summary>
    public static DateTime NextYear { get; } = new(DateTime.UtcNow.Year + 1, 7, 1, 12, 30, 15, DateTimeKind.Utc);

    /// <summary>A bucket with object lock.</summary>
    public static async Task<ScratchBucket> NewLockedBucketAsync(
        this ServerFixture server, DefaultRetention? retention = null)
    {
        var bucket = await ScratchBucket.CreateAsync(server, VersionStatus.Enabled);
        await bucket.ConfigureLockAsync(retention);
        return bucket;
    }

    public static Task ConfigureLockAsync(this ScratchBucket bucket, DefaultRetention? retention) =>
        bucket.S3.PutObjectLockConfigurationAsync(
            new()
            {
                BucketName = bucket.Name,
                ObjectLockConfiguration = new()
                {
                    ObjectLockEnabled = ObjectLockEnabled.Enabled,
                    Rule = retention is null ? null : new() { DefaultRetention = retention },
                },
            },
            Cancellation);

    public static Task<PutObjectRetentionResponse> RetainAsync(
        this ScratchBucket bucket,
        string key,
        ObjectLockRetentionMode? mode,
        DateTime? until,
        bool? bypasses = null,
        string? versionId = null) =>
        bucket.S3.PutObjectRetentionAsync(
            new()
            {
                BucketName = bucket.Name,
                Key = key,
                VersionId = versionId,
                BypassGovernanceRetention = bypasses,
                Retention = new() { Mode = mode, RetainUntilDate = until },
            },
            Cancellation);

    public static async Task<(string Mode, DateTime Until)> RetentionAsync(
        this ScratchBucket bucket, string key, string? versionId = null)
    {
        var answer = await bucket.S3.GetObjectRetentionAsync(
            new() { BucketName = bucket.Name, Key = key, VersionId = versionId }, Cancellation);
        return (answer.Retention.Mode.Value, answer.Retention.RetainUntilDate!.Value.ToUniversalTime());
    }

    public static Task<PutObjectLegalHoldResponse> HoldAsync(
        this ScratchBucket bucket, string key, ObjectLockLegalHoldStatus status, string? versionId = null) =>
        bucket.S3.PutObjectLegalHoldAsync(
            new()
            {
                BucketName = bucket.Name,
                Key = key,
                VersionId = versionId,
                LegalHold = new() { Status = status },
            },
            Cancellation);

    public static Task DenyAsync(this ScratchBucket bucket, string action, string condition = "{}") =>
        bucket.S3.PutBucketPolicyAsync(
            new PutBucketPolicyRequest
            {
                BucketName = bucket.Name,
                Policy = Encoding.UTF8.GetString(PutBucketPolicy.Document(
                    PutBucketPolicy.Statement("Deny", action, $"{bucket.Name}/*", condition))),
            },
            Cancellation);

    /// <summary>Asserts that a lock keeps a version from being deleted.</summary>
    public static async Task AssertProtectedAsync(
        this ScratchBucket bucket, string key, string versionId, params (string Name, string Value)[] headers)
    {
        var answer = await bucket.SendAsync("DELETE", key, query: [("versionId", versionId)], headers: headers);
        Assert.Equal(
            "Access Denied because object protected by object lock.",
            answer.AssertRefused(403, "AccessDenied").Element("Message"));
    }

    /// <summary>The headers of a retention in governance mode, with the digest that they take.</summary>
    public static (string Name, string Value)[] Headers(byte[] body, string mode = "GOVERNANCE", string? until = null) =>
    [
        ("x-amz-object-lock-mode", mode),
        ("x-amz-object-lock-retain-until-date", until ?? $"{NextYear:yyyy-MM-ddTHH:mm:ssZ}"),
        ("Content-MD5", Convert.ToBase64String(MD5.HashData(body))),
    ];
}
