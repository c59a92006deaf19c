using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>What tests of INTELLIGENT_TIERING share.</summary>
internal static class TieringCases
{
    public static Task PutAsync(
        IAmazonS3 s3,
        string bucket,
        string id,
        IntelligentTieringFilterPredicate? filter,
        params (int Days, string Tier)[] tierings) => PutAsync(s3, bucket, id, filter, isEnabled: true, tierings);

    public static Task PutAsync(
        IAmazonS3 s3,
        string bucket,
        string id,
        IntelligentTieringFilterPredicate? filter,
        bool isEnabled,
        params (int Days, string Tier)[] tierings) => s3.PutBucketIntelligentTieringConfigurationAsync(
        new()
        {
            BucketName = bucket,
            IntelligentTieringId = id,
            IntelligentTieringConfiguration = new()
            {
                IntelligentTieringId = id,
                IntelligentTieringFilter = filter is null ? null : new() { IntelligentTieringFilterPredicate = filter },
                Status = isEnabled ? IntelligentTieringStatus.Enabled : IntelligentTieringStatus.Disabled,
                Tierings = [.. tierings.Select(tiering => new Tiering { Days = tiering.Days, AccessTier = tiering.Tier })],
            },
        },
        TestContext.Current.CancellationToken);
}
