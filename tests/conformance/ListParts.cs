using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html</summary>
public sealed class ListParts(ServerFixture server)
{
    [Fact]
    public async Task Parts_are_shown_with_everything_that_is_known_of_them()
    {
        var bucket = await server.NewBucketAsync();
        var upload = await server.BeginUploadAsync(
            bucket, "k", ("x-amz-checksum-algorithm", "CRC32"), ("x-amz-storage-class", "STANDARD_IA"));
        await server.SendPartAsync(bucket, "k", upload, 3, "hello"u8.ToArray(), ("x-amz-checksum-crc32", "NhCmhg=="));
        var root = await server.ListRawAsync($"/{bucket}/k?uploadId={upload}");
        Assert.Equal("ListPartsResult", root.Name.LocalName);
        Assert.Equal(
            [
                "Bucket", "Key", "UploadId", "Initiator", "Owner", "StorageClass", "PartNumberMarker",
                "NextPartNumberMarker", "MaxParts", "ChecksumAlgorithm", "ChecksumType", "IsTruncated", "Part",
            ],
            root.Names());
        Assert.Equal(
            (bucket, "k", upload, "STANDARD_IA", "CRC32", "COMPOSITE"),
            (root.Text("Bucket"), root.Text("Key"), root.Text("UploadId"), root.Text("StorageClass"),
                root.Text("ChecksumAlgorithm"), root.Text("ChecksumType")));
        var part = root.Elements().Last();
        Assert.Equal(["PartNumber", "LastModified", "ETag", "Size", "ChecksumCRC32"], part.Names());
        Assert.Equal(
            ("3", "\"5d41402abc4b2a76b9719d911017c592\"", "5", "NhCmhg=="),
            (part.Text("PartNumber"), part.Text("ETag"), part.Text("Size"), part.Text("ChecksumCRC32")));
    }

    [Fact]
    public async Task Owner_and_initiator_have_their_names()
    {
        var bucket = await server.NewBucketAsync();
        var upload = await server.BeginUploadAsync(bucket, "k");
        foreach (var target in (string[])[$"/{bucket}/k?uploadId={upload}", $"/{bucket}?uploads"])
        {
            var answer = await server.SendAsync("GET", target);
            var account = $"<ID>{AclCases.OwnerId}</ID><DisplayName>root</DisplayName>";
            Assert.Contains(
                $"<Initiator>{account}</Initiator><Owner>{account}</Owner>", answer.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_checksum_that_nobody_announced_is_not_shown()
    {
        var bucket = await server.NewBucketAsync();
        var upload = await server.BeginUploadAsync(bucket, "k");
        await server.SendPartAsync(bucket, "k", upload, 1, [1]);
        var root = await server.ListRawAsync($"/{bucket}/k?uploadId={upload}");
        Assert.DoesNotContain("ChecksumAlgorithm", root.Names());
        Assert.Equal(["PartNumber", "LastModified", "ETag", "Size"], root.Elements().Last().Names());
    }

    [Fact]
    public async Task Pages_go_on_after_the_last_number()
    {
        var bucket = await server.NewBucketAsync();
        var upload = await server.BeginUploadAsync(bucket, "k");
        foreach (var number in (int[])[7, 1, 9999, 300])
        {
            await server.SendPartAsync(bucket, "k", upload, number, [1]);
        }

        var found = new List<int>();
        var request = new ListPartsRequest { BucketName = bucket, Key = "k", UploadId = upload, MaxParts = 3 };
        ListPartsResponse page;
        do
        {
            page = await server.S3.ListPartsAsync(request, TestContext.Current.CancellationToken);
            found.AddRange(page.Parts.Select(part => part.PartNumber!.Value));
            request.PartNumberMarker = $"{page.NextPartNumberMarker}";
        }
        while (page.IsTruncated == true);

        Assert.Equal([1, 7, 300, 9999], found);
    }

    [Theory]
    [InlineData("max-parts=-1", "Argument max-parts must be an integer between 0 and 2147483647", "max-parts", "-1")]
    [InlineData("max-parts=x", "Provided max-parts not an integer or within integer range", "max-parts", "x")]
    [InlineData(
        "part-number-marker=-1", "Argument part-number-marker must be an integer between 0 and 2147483647",
        "part-number-marker", "-1")]
    public async Task A_wrong_parameter_is_refused(string query, string message, string argument, string value)
    {
        var bucket = await server.NewBucketAsync();
        var upload = await server.BeginUploadAsync(bucket, "k");
        await server.AssertRefusedAsync($"/{bucket}/k?uploadId={upload}&{query}", message, argument, value);
    }
}
