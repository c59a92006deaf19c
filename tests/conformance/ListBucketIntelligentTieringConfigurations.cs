using System.Globalization;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBucketIntelligentTieringConfigurations.html</summary>
public sealed class ListBucketIntelligentTieringConfigurations(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_come_in_the_order_of_their_ids_a_hundred_at_a_time()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var none = await ListAsync(token: null);
        Assert.Equal((0, false), (none.IntelligentTieringConfigurationList?.Count ?? 0, none.IsTruncated));
        for (var number = 102; number >= 1; number--)
        {
            await TieringCases.PutAsync(
                bucket.S3, bucket.Name, number.ToString("d3", CultureInfo.InvariantCulture), filter: null, (90, "ARCHIVE_ACCESS"));
        }

        var first = await ListAsync(token: null);
        Assert.Equal((100, true), (first.IntelligentTieringConfigurationList.Count, first.IsTruncated));
        var rest = await ListAsync(first.NextContinuationToken);
        Assert.Equal(
            ["101", "102"], rest.IntelligentTieringConfigurationList.Select(found => found.IntelligentTieringId));
        Assert.False(rest.IsTruncated);
        (await bucket.SendAsync("GET", "", query: [("intelligent-tiering", ""), ("continuation-token", "x")]))
            .AssertRefused(400, "InvalidArgument");

        Task<Amazon.S3.Model.ListBucketIntelligentTieringConfigurationsResponse> ListAsync(string? token) =>
            bucket.S3.ListBucketIntelligentTieringConfigurationsAsync(
                new() { BucketName = bucket.Name, ContinuationToken = token }, Cancellation);
    }
}
