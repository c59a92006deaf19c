using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketIntelligentTieringConfiguration.html</summary>
public sealed class GetBucketIntelligentTieringConfiguration(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_configuration_comes_back_as_it_was_put_and_the_last_one_of_an_id_counts()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await TieringCases.PutAsync(bucket.S3, bucket.Name, "i", filter: null, (90, "ARCHIVE_ACCESS"));
        await TieringCases.PutAsync(
            bucket.S3,
            bucket.Name,
            "i",
            new IntelligentTieringAndOperator(
            [
                new IntelligentTieringPrefixPredicate("a & b/"),
                new IntelligentTieringTagPredicate(new Tag { Key = "k", Value = "" }),
            ]),
            isEnabled: false,
            (100, "ARCHIVE_ACCESS"),
            (200, "DEEP_ARCHIVE_ACCESS"));
        var found = await GetAsync(bucket, "i");
        Assert.Equal(("i", IntelligentTieringStatus.Disabled), (found.IntelligentTieringId, found.Status));
        Assert.Equal(
            [(100, "ARCHIVE_ACCESS"), (200, "DEEP_ARCHIVE_ACCESS")],
            found.Tierings.Select(tiering => (tiering.Days!.Value, tiering.AccessTier.Value)));
        var and = Assert.IsType<IntelligentTieringAndOperator>(
            found.IntelligentTieringFilter.IntelligentTieringFilterPredicate);
        Assert.Equal(2, and.Operands.Count);
    }

    [Fact]
    public async Task Without_one_there_is_none_and_not_everybody_may_ask()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        (await bucket.SendAsync("GET", "", query: [("intelligent-tiering", ""), ("id", "i")]))
            .AssertRefused(404, "NoSuchConfiguration");
        (await server.Raw.SendUnsignedAsync("GET", $"/{bucket.Name}?intelligent-tiering&id=i"))
            .AssertRefused(403, "AccessDenied");
    }

    private static async Task<IntelligentTieringConfiguration> GetAsync(ScratchBucket bucket, string id) =>
        (await bucket.S3.GetBucketIntelligentTieringConfigurationAsync(
            new() { BucketName = bucket.Name, IntelligentTieringId = id }, Cancellation)).IntelligentTieringConfiguration;
}
