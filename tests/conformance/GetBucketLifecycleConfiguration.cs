using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html</summary>
public sealed class GetBucketLifecycleConfiguration(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rules_come_back_as_they_were_sent()
    {
        var bucket = await server.NewBucketAsync();
        await server.S3.PutLifecycleConfigurationAsync(
            new()
            {
                BucketName = bucket,
                Configuration = new()
                {
                    Rules =
                    [
                        new()
                        {
                            Id = "everything",
                            Status = LifecycleRuleStatus.Enabled,
                            Filter = new()
                            {
                                LifecycleFilterPredicate = new LifecycleAndOperator
                                {
                                    Operands =
                                    [
                                        new LifecyclePrefixPredicate { Prefix = "logs/" },
                                        new LifecycleTagPredicate { Tag = new() { Key = "k", Value = "v" } },
                                        new LifecycleObjectSizeGreaterThanPredicate { ObjectSizeGreaterThan = 10 },
                                        new LifecycleObjectSizeLessThanPredicate { ObjectSizeLessThan = 20 },
                                    ],
                                },
                            },
                            Expiration = new() { Days = 400 },
                            Transitions =
                            [
                                new() { Days = 30, StorageClass = S3StorageClass.StandardInfrequentAccess },
                                new() { Days = 90, StorageClass = S3StorageClass.Glacier },
                            ],
                            NoncurrentVersionExpiration = new() { NoncurrentDays = 5, NewerNoncurrentVersions = 3 },
                            NoncurrentVersionTransitions =
                                [new() { NoncurrentDays = 2, StorageClass = S3StorageClass.DeepArchive, NewerNoncurrentVersions = 1 }],
                        },
                        new()
                        {
                            Id = "uploads",
                            Status = LifecycleRuleStatus.Disabled,
                            Filter = new(),
                            Expiration = new() { ExpiredObjectDeleteMarker = true },
                            AbortIncompleteMultipartUpload = new() { DaysAfterInitiation = 7 },
                        },
                    ],
                },
            },
            Cancellation);

        var answer = await server.S3.GetLifecycleConfigurationAsync(
            new GetLifecycleConfigurationRequest { BucketName = bucket }, Cancellation);

        Assert.Equal("all_storage_classes_128K", answer.TransitionDefaultMinimumObjectSize.Value);
        var rules = answer.Configuration.Rules;
        Assert.Equal(["everything", "uploads"], rules.Select(rule => rule.Id));
        var all = rules[0];
        Assert.Equal(LifecycleRuleStatus.Enabled, all.Status);
        Assert.Equal(4, Assert.IsType<LifecycleAndOperator>(all.Filter.LifecycleFilterPredicate).Operands.Count);
        Assert.Equal(400, all.Expiration.Days);
        Assert.Equal([(30, "STANDARD_IA"), (90, "GLACIER")], all.Transitions.Select(move => (move.Days!.Value, move.StorageClass.Value)));
        Assert.Equal((5, 3), (all.NoncurrentVersionExpiration.NoncurrentDays, all.NoncurrentVersionExpiration.NewerNoncurrentVersions));
        var noncurrent = Assert.Single(all.NoncurrentVersionTransitions);
        Assert.Equal(
            (2, 1, "DEEP_ARCHIVE"), (noncurrent.NoncurrentDays, noncurrent.NewerNoncurrentVersions, noncurrent.StorageClass.Value));
        Assert.Equal(LifecycleRuleStatus.Disabled, rules[1].Status);
        Assert.True(rules[1].Expiration.ExpiredObjectDeleteMarker);
        Assert.Equal(7, rules[1].AbortIncompleteMultipartUpload.DaysAfterInitiation);
    }

    [Fact]
    public async Task A_prefix_of_the_old_form_stays_one()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        (await PutBucketLifecycleConfiguration.SendAsync(bucket, PutBucketLifecycleConfiguration.Rule(
            "<Prefix>old/</Prefix><Expiration><Days>1</Days></Expiration>"))).AssertOk();
        var answer = (await bucket.SendAsync("GET", "", query: [("lifecycle", "")])).AssertOk();
        Assert.Equal("old/", answer.Element("Prefix"));
        Assert.DoesNotContain("<Filter", answer.Text, StringComparison.Ordinal);
        Assert.Equal(48, answer.Element("ID")!.Length);
    }

    [Fact]
    public async Task A_bucket_without_rules_says_so()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        (await bucket.SendAsync("GET", "", query: [("lifecycle", "")])).AssertRefused(404, "NoSuchLifecycleConfiguration");
    }
}
