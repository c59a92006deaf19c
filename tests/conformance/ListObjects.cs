using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html</summary>
public sealed class ListObjects(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_object_is_shown_with_everything_that_is_known_of_it()
    {
        var bucket = await server.NewBucketWithAsync("hello");
        var root = await server.ListRawAsync($"/{bucket}");
        Assert.Equal("ListBucketResult", root.Name.LocalName);
        Assert.Equal(["Name", "Prefix", "Marker", "MaxKeys", "IsTruncated", "Contents"], root.Names());
        Assert.Equal((bucket, "", "", "1000", "false"), (root.Text("Name"), root.Text("Prefix"), root.Text("Marker"),
            root.Text("MaxKeys"), root.Text("IsTruncated")));
        var contents = root.Elements().Last();
        Assert.Equal(
            ["Key", "LastModified", "ETag", "ChecksumAlgorithm", "ChecksumType", "Size", "Owner", "StorageClass"],
            contents.Names());
        Assert.Equal(
            ("hello", "\"5d41402abc4b2a76b9719d911017c592\"", "FULL_OBJECT", "5", "STANDARD"),
            (contents.Text("Key"), contents.Text("ETag"), contents.Text("ChecksumType"), contents.Text("Size"),
                contents.Text("StorageClass")));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", contents.Text("LastModified"));
    }

    [Fact]
    public async Task Etags_have_their_quotes_escaped()
    {
        var bucket = await server.NewBucketWithAsync("hello");
        var answer = await server.SendAsync("GET", $"/{bucket}");
        Assert.Equal("&quot;5d41402abc4b2a76b9719d911017c592&quot;", answer.Element("ETag"));
        Assert.Equal("us-east-1", answer.Header("x-amz-bucket-region"));
    }

    [Fact]
    public async Task Pages_go_on_after_the_last_key()
    {
        var bucket = await server.NewBucketWithAsync("a", "b", "c", "d", "e");
        var keys = new List<string>();
        ListObjectsResponse page;
        string? marker = null;
        do
        {
            page = await server.S3.ListObjectsAsync(
                new ListObjectsRequest { BucketName = bucket, MaxKeys = 2, Marker = marker }, Cancellation);
            keys.AddRange(page.S3Objects.Select(found => found.Key));
            marker = keys[^1];
        }
        while (page.IsTruncated == true);

        Assert.Equal(["a", "b", "c", "d", "e"], keys);
    }

    [Fact]
    public async Task A_next_marker_comes_only_with_a_delimiter()
    {
        var bucket = await server.NewBucketWithAsync("a", "b/1", "b/2", "c");
        var root = await server.ListRawAsync($"/{bucket}?max-keys=2");
        Assert.Equal(("true", null), (root.Text("IsTruncated"), root.Text("NextMarker")));
        root = await server.ListRawAsync($"/{bucket}?max-keys=2&delimiter=%2F");
        Assert.Equal(("true", "b/"), (root.Text("IsTruncated"), root.Text("NextMarker")));
        root = await server.ListRawAsync($"/{bucket}?max-keys=2&delimiter=%2F&marker=b%2F");
        Assert.Equal(["c"], root.Texts("Contents", "Key"));
        Assert.Empty(root.Texts("CommonPrefixes", "Prefix"));
    }

    [Fact]
    public async Task An_empty_delimiter_is_none()
    {
        var bucket = await server.NewBucketWithAsync("a/b");
        var root = await server.ListRawAsync($"/{bucket}?delimiter=");
        Assert.Null(root.Text("Delimiter"));
        Assert.Equal(["a/b"], root.Texts("Contents", "Key"));
    }

    [Fact]
    public async Task Url_encoding_covers_keys_prefixes_delimiter_and_markers()
    {
        var bucket = await server.NewBucketWithAsync("foo+1/bar", "foo/bar/xyzzy", "quux ab/thud", "asdf+b");
        var root = await server.ListRawAsync($"/{bucket}?delimiter=%2F&encoding-type=url&marker=a%20b");
        Assert.Equal(["asdf%2Bb"], root.Texts("Contents", "Key"));
        Assert.Equal(["foo%2B1/", "foo/", "quux%20ab/"], root.Texts("CommonPrefixes", "Prefix"));
        Assert.Equal(("/", "url", "a%20b"), (root.Text("Delimiter"), root.Text("EncodingType"), root.Text("Marker")));
    }

    [Fact]
    public async Task No_keys_asked_for_are_none_and_nothing_follows()
    {
        var bucket = await server.NewBucketWithAsync("a");
        var root = await server.ListRawAsync($"/{bucket}?max-keys=0");
        Assert.Equal(("0", "false"), (root.Text("MaxKeys"), root.Text("IsTruncated")));
        Assert.Empty(root.Texts("Contents", "Key"));
    }

    [Theory]
    [InlineData("max-keys=-1", "Argument maxKeys must be an integer between 0 and 2147483647", "maxKeys", "-1")]
    [InlineData("max-keys=blah", "Provided max-keys not an integer or within integer range", "max-keys", "blah")]
    [InlineData("encoding-type=utf", "Invalid Encoding Method specified in Request", "encoding-type", "utf")]
    public async Task A_wrong_parameter_is_refused(string query, string message, string argument, string value) =>
        await server.AssertRefusedAsync($"/{await server.NewBucketAsync()}?{query}", message, argument, value);

    [Fact]
    public async Task A_list_type_that_does_not_exist_is_refused()
    {
        var answer = await server.SendAsync("GET", $"/{await server.NewBucketAsync()}?list-type=3");
        answer.AssertRefused(400, "InvalidArgument");
        Assert.Equal("list-type", answer.Element("ArgumentName"));
    }

    [Fact]
    public async Task Optional_attributes_are_those_that_s3_knows()
    {
        var bucket = await server.NewBucketWithAsync("a");
        var known = await server.SendAsync(
            "GET", $"/{bucket}", headers: ("x-amz-optional-object-attributes", "RestoreStatus"));
        Assert.Equal(200, known.Status);
        var unknown = await server.SendAsync(
            "GET", $"/{bucket}", headers: ("x-amz-optional-object-attributes", "Colour"));
        Assert.Equal(400, unknown.Status);
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_404()
    {
        var answer = await server.SendAsync("GET", $"/none-{Guid.NewGuid():N}");
        answer.AssertRefused(404, "NoSuchBucket");
    }
}
