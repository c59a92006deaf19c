using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html</summary>
public sealed class ListMultipartUploads(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upload_is_shown_with_everything_that_is_known_of_it()
    {
        var bucket = await server.NewBucketAsync();
        var upload = await server.BeginUploadAsync(bucket, "k", ("x-amz-checksum-algorithm", "CRC64NVME"));
        var root = await server.ListRawAsync($"/{bucket}?uploads");
        Assert.Equal("ListMultipartUploadsResult", root.Name.LocalName);
        Assert.Equal(
            [
                "Bucket", "KeyMarker", "UploadIdMarker", "NextKeyMarker", "NextUploadIdMarker", "Prefix", "MaxUploads",
                "IsTruncated", "Upload",
            ],
            root.Names());
        var shown = root.Elements().Last();
        Assert.Equal(
            [
                "Key", "UploadId", "Initiator", "Owner", "StorageClass", "Initiated", "ChecksumAlgorithm",
                "ChecksumType",
            ],
            shown.Names());
        Assert.Equal(
            ("k", upload, "STANDARD", "CRC64NVME", "FULL_OBJECT"),
            (shown.Text("Key"), shown.Text("UploadId"), shown.Text("StorageClass"), shown.Text("ChecksumAlgorithm"),
                shown.Text("ChecksumType")));
    }

    [Fact]
    public async Task Pages_go_on_within_a_key_and_the_oldest_comes_first()
    {
        var bucket = await server.NewBucketAsync();
        var expected = new List<string>();
        foreach (var key in (string[])["a", "a", "a", "b"])
        {
            expected.Add(await server.BeginUploadAsync(bucket, key));
        }

        var found = new List<string>();
        var request = new ListMultipartUploadsRequest { BucketName = bucket, MaxUploads = 2 };
        ListMultipartUploadsResponse page;
        do
        {
            page = await server.S3.ListMultipartUploadsAsync(request, Cancellation);
            found.AddRange(page.MultipartUploads.Select(upload => upload.UploadId));
            (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        }
        while (page.IsTruncated == true);

        Assert.Equal(expected, found);
    }

    [Fact]
    public async Task A_prefix_and_a_delimiter_choose_and_group()
    {
        var bucket = await server.NewBucketAsync();
        foreach (var key in (string[])["x/a/1", "x/a/2", "x/b", "y"])
        {
            await server.BeginUploadAsync(bucket, key);
        }

        var root = await server.ListRawAsync($"/{bucket}?uploads&prefix=x%2F&delimiter=%2F&encoding-type=url");
        Assert.Equal(["x/b"], root.Texts("Upload", "Key"));
        Assert.Equal(["x/a/"], root.Texts("CommonPrefixes", "Prefix"));
        Assert.Equal(("x/", "/", "url"), (root.Text("Prefix"), root.Text("Delimiter"), root.Text("EncodingType")));
    }

    [Fact]
    public async Task A_key_marker_alone_skips_all_uploads_of_its_key()
    {
        var bucket = await server.NewBucketAsync();
        await server.BeginUploadAsync(bucket, "a");
        await server.BeginUploadAsync(bucket, "b");
        var root = await server.ListRawAsync($"/{bucket}?uploads&key-marker=a");
        Assert.Equal(["b"], root.Texts("Upload", "Key"));
        root = await server.ListRawAsync($"/{bucket}?uploads&upload-id-marker=zzz");
        Assert.Equal(["a", "b"], root.Texts("Upload", "Key"));
    }

    [Theory]
    [InlineData(
        "max-uploads=-1", "Argument max-uploads must be an integer between 0 and 2147483647", "max-uploads", "-1")]
    [InlineData("max-uploads=x", "Provided max-uploads not an integer or within integer range", "max-uploads", "x")]
    [InlineData("encoding-type=x", "Invalid Encoding Method specified in Request", "encoding-type", "x")]
    public async Task A_wrong_parameter_is_refused(string query, string message, string argument, string value) =>
        await server.AssertRefusedAsync(
            $"/{await server.NewBucketAsync()}?uploads&{query}", message, argument, value);
}
