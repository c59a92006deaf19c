using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html</summary>
public sealed class ListBuckets(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Buckets_come_in_the_order_of_their_names_with_time_and_region()
    {
        var prefix = await CreateThreeAsync();
        var answer = await server.S3.ListBucketsAsync(new ListBucketsRequest { Prefix = prefix }, Cancellation);
        Assert.Equal([prefix + "1", prefix + "2", prefix + "3"], answer.Buckets.Select(bucket => bucket.BucketName));
        Assert.All(answer.Buckets, bucket => Assert.Equal("us-east-1", bucket.BucketRegion));
        Assert.All(answer.Buckets, bucket => Assert.True(bucket.CreationDate > DateTime.UtcNow.AddHours(-1)));
        Assert.Equal(prefix, answer.Prefix);
        Assert.Matches("^[0-9a-f]{64}$", answer.Owner.Id);
    }

    [Fact]
    public async Task Pages_join_to_the_whole_list()
    {
        var prefix = await CreateThreeAsync();
        var names = new List<string>();
        var sizes = new List<int>();
        string? token = null;
        do
        {
            var page = await server.S3.ListBucketsAsync(
                new ListBucketsRequest { Prefix = prefix, MaxBuckets = 2, ContinuationToken = token }, Cancellation);
            names.AddRange(page.Buckets.Select(bucket => bucket.BucketName));
            sizes.Add(page.Buckets.Count);
            token = page.ContinuationToken;
        }
        while (token is not null);

        Assert.Equal([prefix + "1", prefix + "2", prefix + "3"], names);
        Assert.Equal([2, 1], sizes);
    }

    [Fact]
    public async Task A_page_that_holds_all_that_is_left_has_no_token()
    {
        var prefix = await CreateThreeAsync();
        var page = await server.S3.ListBucketsAsync(
            new ListBucketsRequest { Prefix = prefix, MaxBuckets = 3 }, Cancellation);
        Assert.Equal(3, page.Buckets.Count);
        Assert.Null(page.ContinuationToken);
    }

    [Fact]
    public async Task Another_region_has_no_buckets_here()
    {
        var prefix = await CreateThreeAsync();
        var page = await server.S3.ListBucketsAsync(
            new ListBucketsRequest { Prefix = prefix, BucketRegion = "eu-west-1" }, Cancellation);
        Assert.Empty(page.Buckets ?? []);
    }

    [Theory]
    [InlineData("max-buckets=0")]
    [InlineData("max-buckets=10001")]
    [InlineData("max-buckets=x")]
    [InlineData("continuation-token=made-up")]
    public async Task A_wrong_parameter_is_refused(string query)
    {
        var answer = await server.SendAsync("GET", "/?" + query);
        answer.AssertRefused(400, "InvalidArgument");
        Assert.Equal(query[..query.IndexOf('=')], answer.Element("ArgumentName"));
    }

    private async Task<string> CreateThreeAsync()
    {
        var prefix = $"list-{Guid.NewGuid():N}-";
        foreach (var number in (int[])[2, 3, 1])
        {
            await server.S3.PutBucketAsync(prefix + number, Cancellation);
        }

        return prefix;
    }
}
