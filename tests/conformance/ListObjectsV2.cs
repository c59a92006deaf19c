using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html</summary>
public sealed class ListObjectsV2(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_object_is_shown_without_its_owner_unless_that_is_asked_for()
    {
        var bucket = await server.NewBucketWithAsync("hello");
        var root = await server.ListRawAsync($"/{bucket}?list-type=2");
        Assert.Equal(["Name", "Prefix", "KeyCount", "MaxKeys", "IsTruncated", "Contents"], root.Names());
        Assert.Equal(
            ["Key", "LastModified", "ETag", "ChecksumAlgorithm", "ChecksumType", "Size", "StorageClass"],
            root.Elements().Last().Names());
        root = await server.ListRawAsync($"/{bucket}?list-type=2&fetch-owner=true");
        Assert.Contains("Owner", root.Elements().Last().Names());
    }

    [Fact]
    public async Task Tokens_lead_through_all_pages()
    {
        string[] keys = ["a", "b/1", "b/2", "c", "d/1", "e"];
        var bucket = await server.NewBucketWithAsync(keys);
        var found = new List<string>();
        string? token = null;
        do
        {
            var page = await server.S3.ListObjectsV2Async(
                new ListObjectsV2Request
                {
                    BucketName = bucket,
                    MaxKeys = 2,
                    ContinuationToken = token,
                    StartAfter = "a",
                },
                Cancellation);
            Assert.Equal(page.S3Objects.Count, page.KeyCount);
            found.AddRange(page.S3Objects.Select(one => one.Key));
            token = page.NextContinuationToken;
            Assert.Equal(page.IsTruncated, token is not null);
        }
        while (token is not null);

        Assert.Equal(keys[1..], found);
    }

    [Fact]
    public async Task Pages_with_a_delimiter_give_each_prefix_once()
    {
        var bucket = await server.NewBucketWithAsync("a", "b/1", "b/2", "c/1", "c/2", "d");
        var (objects, prefixes) = (new List<string>(), new List<string>());
        string? token = null;
        do
        {
            var page = await server.S3.ListObjectsV2Async(
                new ListObjectsV2Request
                {
                    BucketName = bucket,
                    MaxKeys = 1,
                    Delimiter = "/",
                    ContinuationToken = token,
                },
                Cancellation);
            Assert.Equal(1, page.KeyCount);
            objects.AddRange((page.S3Objects ?? []).Select(one => one.Key));
            prefixes.AddRange(page.CommonPrefixes ?? []);
            token = page.NextContinuationToken;
        }
        while (token is not null);

        Assert.Equal(["a", "d"], objects);
        Assert.Equal(["b/", "c/"], prefixes);
    }

    [Fact]
    public async Task What_was_asked_is_echoed()
    {
        var bucket = await server.NewBucketWithAsync("k/1", "k/2", "k/3");
        var root = await server.ListRawAsync($"/{bucket}?list-type=2&prefix=k%2F&start-after=k%2F1&max-keys=1");
        var token = root.Text("NextContinuationToken");
        Assert.Equal(("k/", "k/1", "1", "1", "true"), (root.Text("Prefix"), root.Text("StartAfter"),
            root.Text("KeyCount"), root.Text("MaxKeys"), root.Text("IsTruncated")));
        Assert.Equal(["k/2"], root.Texts("Contents", "Key"));
        root = await server.ListRawAsync(
            $"/{bucket}?list-type=2&prefix=k%2F&start-after=k%2F1&continuation-token={token}&max-keys=1");
        Assert.Equal((token, "k/1", null), (root.Text("ContinuationToken"), root.Text("StartAfter"),
            root.Text("NextContinuationToken")));
        Assert.Equal(["k/3"], root.Texts("Contents", "Key"));
    }

    [Fact]
    public async Task Keys_sort_by_the_bytes_of_their_utf8_form()
    {
        // In UTF-16 the emoji would come before the private use character.
        string[] keys = ["../x", "A", "Z", "a", "a/", "a//b", "a/b", "é", "\ue000", "😀"];
        var bucket = await server.NewBucketWithAsync([.. keys.Reverse()]);
        var page = await server.S3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket }, Cancellation);
        Assert.Equal(keys, page.S3Objects.Select(found => found.Key));
    }

    [Fact]
    public async Task A_delimiter_may_be_of_any_length()
    {
        var bucket = await server.NewBucketWithAsync("a--b", "a--c", "b-c", "d");
        var page = await server.S3.ListObjectsV2Async(
            new ListObjectsV2Request { BucketName = bucket, Delimiter = "--" }, Cancellation);
        Assert.Equal(["a--"], page.CommonPrefixes);
        Assert.Equal(["b-c", "d"], page.S3Objects.Select(found => found.Key));
    }

    [Fact]
    public async Task More_than_a_thousand_keys_take_two_pages()
    {
        var bucket = await server.NewBucketAsync();
        await Parallel.ForAsync(0, 1001, Cancellation, async (number, token) =>
            await server.S3.PutObjectAsync(
                new PutObjectRequest { BucketName = bucket, Key = $"{number:D4}", ContentBody = "" }, token));
        var first = await server.S3.ListObjectsV2Async(
            new ListObjectsV2Request { BucketName = bucket, MaxKeys = 5000 }, Cancellation);
        Assert.Equal((1000, 1000, true), (first.S3Objects.Count, first.MaxKeys, first.IsTruncated));
        var second = await server.S3.ListObjectsV2Async(
            new ListObjectsV2Request { BucketName = bucket, ContinuationToken = first.NextContinuationToken },
            Cancellation);
        Assert.Equal(["1000"], second.S3Objects.Select(found => found.Key));
    }

    [Fact]
    public async Task Control_characters_survive_url_encoding()
    {
        var bucket = await server.NewBucketAsync();
        (await server.SendAsync("PUT", $"/{bucket}/a%01%0Ab", [])).AssertOk();
        var root = await server.ListRawAsync($"/{bucket}?list-type=2&encoding-type=url");
        Assert.Equal(["a%01%0Ab"], root.Texts("Contents", "Key"));
    }

    [Theory]
    [InlineData("continuation-token=k", "The continuation token provided is incorrect", "continuation-token", "k")]
    [InlineData("max-keys=-7", "Argument maxKeys must be an integer between 0 and 2147483647", "maxKeys", "-7")]
    public async Task A_wrong_parameter_is_refused(string query, string message, string argument, string value) =>
        await server.AssertRefusedAsync(
            $"/{await server.NewBucketAsync()}?list-type=2&{query}", message, argument, value);
}
