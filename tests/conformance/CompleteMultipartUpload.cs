using System.Security.Cryptography;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html</summary>
public sealed class CompleteMultipartUpload(ServerFixture server)
{
    private static readonly byte[] Hello = "hello"u8.ToArray();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Parts_become_one_object_in_the_order_of_their_numbers()
    {
        var (bucket, upload) = await BeginAsync();
        var (first, second) = (MultipartCases.Noise(MultipartCases.MinPartBytes), MultipartCases.Noise(1000));
        var tail = await server.SendPartAsync(bucket, "k", upload, 9, second);
        var head = await server.SendPartAsync(bucket, "k", upload, 2, first);
        var answer = (await server.CompleteAsync(bucket, "k", upload, [(2, head), (9, tail)])).AssertOk();
        Assert.Equal($"{server.Endpoint}{bucket}/k", answer.Element("Location"));
        Assert.Equal((bucket, "k"), (answer.Element("Bucket"), answer.Element("Key")));
        Assert.Equal($"&quot;{MultipartCases.ETagOf(first, second)}&quot;", answer.Element("ETag"));
        byte[] whole = [.. first, .. second];
        Assert.Equal(whole, await server.ReadAsync(bucket, "k"));
        (await server.SendAsync("GET", $"/{bucket}/k?uploadId={upload}")).AssertRefused(404, "NoSuchUpload");
    }

    [Fact]
    public async Task The_transfer_utility_of_the_sdk_uploads_in_parts()
    {
        var bucket = await server.NewBucketAsync();
        var content = MultipartCases.Noise((3 * MultipartCases.MinPartBytes) + 12345);
        using var transfer = new TransferUtility(server.S3);
        using var stream = new MemoryStream(content);
        await transfer.UploadAsync(
            new TransferUtilityUploadRequest
            {
                BucketName = bucket,
                Key = "k",
                InputStream = stream,
                PartSize = MultipartCases.MinPartBytes,
            },
            Cancellation);
        Assert.Equal(content, await server.ReadAsync(bucket, "k"));
    }

    [Fact]
    public async Task The_sdks_own_calls_need_no_word_about_checksums()
    {
        var bucket = await server.NewBucketAsync();
        var begun = await server.S3.InitiateMultipartUploadAsync(bucket, "k", Cancellation);
        using var content = new MemoryStream(Hello);
        var part = await server.S3.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = bucket,
                Key = "k",
                UploadId = begun.UploadId,
                PartNumber = 1,
                InputStream = content,
            },
            Cancellation);
        var request = new CompleteMultipartUploadRequest { BucketName = bucket, Key = "k", UploadId = begun.UploadId };
        request.AddPartETags(part);
        var completed = await server.S3.CompleteMultipartUploadAsync(request, Cancellation);
        Assert.Equal(("M3eFcAZSQlc=", ChecksumType.FULL_OBJECT), (completed.ChecksumCRC64NVME, completed.ChecksumType));
        Assert.Equal(Hello, await server.ReadAsync(bucket, "k"));
    }

    [Fact]
    public async Task Asked_again_it_gives_the_same_answer()
    {
        var (bucket, upload) = await BeginAsync();
        var eTag = await server.SendPartAsync(bucket, "k", upload, 1, Hello);
        var first = (await server.CompleteAsync(bucket, "k", upload, [(1, eTag)], ("If-None-Match", "*"))).AssertOk();
        var again = (await server.CompleteAsync(bucket, "k", upload, [(1, eTag)], ("If-None-Match", "*"))).AssertOk();
        Assert.Equal(first.Text, again.Text);
        (await server.CompleteAsync(bucket, "k", upload, [(1, MultipartCases.ETagOf(Hello)[..32])]))
            .AssertRefused(404, "NoSuchUpload");
    }

    [Fact]
    public async Task Ten_thousand_parts_are_listed_and_judged()
    {
        // Parts that may be completed would be 50 GB; too small ones show that all of them were found.
        var (bucket, upload) = await BeginAsync();
        var parts = new (int Number, string ETag)[10_000];
        var many = new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Cancellation };
        await Parallel.ForAsync(0, parts.Length, many, async (index, _) =>
            parts[index] = (index + 1, await server.SendPartAsync(bucket, "k", upload, index + 1, [(byte)index])));
        var small = await server.CompleteAsync(bucket, "k", upload, parts);
        Assert.Equal("1", small.AssertRefused(400, "EntityTooSmall").Element("PartNumber"));
        parts[^1].ETag = parts[0].ETag;
        var wrong = await server.CompleteAsync(bucket, "k", upload, parts);
        Assert.Equal("10000", wrong.AssertRefused(400, "InvalidPart").Element("PartNumber"));
    }

    [Theory]
    [InlineData("", "MalformedXML")]
    [InlineData("<CompleteMultipartUpload/>", "MalformedXML")]
    [InlineData("<CompleteMultipartUpload><Part></CompleteMultipartUpload>", "MalformedXML")]
    [InlineData("<Complete><Part><PartNumber>1</PartNumber><ETag>a</ETag></Part></Complete>", "MalformedXML")]
    public async Task A_list_that_names_no_parts_is_refused(string document, string code)
    {
        var (bucket, upload) = await BeginAsync();
        (await server.SendAsync("POST", $"/{bucket}/k?uploadId={upload}", Encoding.UTF8.GetBytes(document)))
            .AssertRefused(400, code);
    }

    [Fact]
    public async Task Parts_out_of_order_are_refused_and_the_upload_goes_on()
    {
        var (bucket, upload) = await BeginAsync();
        var eTag = await server.SendPartAsync(bucket, "k", upload, 1, Hello);
        (await server.CompleteAsync(bucket, "k", upload, [(2, eTag), (1, eTag)]))
            .AssertRefused(400, "InvalidPartOrder");
        (await server.CompleteAsync(bucket, "k", upload, [(1, eTag), (1, eTag)]))
            .AssertRefused(400, "InvalidPartOrder");
        (await server.CompleteAsync(bucket, "k", upload, [(1, eTag)])).AssertOk();
    }

    [Fact]
    public async Task A_part_that_was_not_uploaded_is_named()
    {
        var (bucket, upload) = await BeginAsync();
        var eTag = await server.SendPartAsync(bucket, "k", upload, 1, Hello);
        var answer = await server.CompleteAsync(bucket, "k", upload, [(1, eTag), (2, eTag)]);
        answer.AssertRefused(400, "InvalidPart");
        Assert.Equal(
            (upload, "2", eTag),
            (answer.Element("UploadId"), answer.Element("PartNumber"), answer.Element("ETag")));
    }

    [Fact]
    public async Task Only_the_last_part_may_be_small()
    {
        var (bucket, upload) = await BeginAsync();
        var eTag = await server.SendPartAsync(bucket, "k", upload, 1, Hello);
        await server.SendPartAsync(bucket, "k", upload, 2, Hello);
        var answer = await server.CompleteAsync(bucket, "k", upload, [(1, eTag), (2, eTag)]);
        answer.AssertRefused(400, "EntityTooSmall");
        Assert.Equal(
            ("5", "5242880", "1", eTag),
            (answer.Element("ProposedSize"), answer.Element("MinSizeAllowed"), answer.Element("PartNumber"),
                answer.Element("ETag")));
    }

    [Theory]
    [InlineData("x-amz-mp-object-size", "6", "InvalidRequest")]
    [InlineData("x-amz-mp-object-size", "many", "InvalidRequest")]
    [InlineData("x-amz-checksum-type", "COMPOSITE", "InvalidRequest")]
    [InlineData("x-amz-checksum-crc32", "AAAAAA==", "BadDigest")]
    [InlineData("x-amz-checksum-crc32", "AAAA", "InvalidRequest")]
    [InlineData("x-amz-checksum-sha1", "qvTGHdzF6KLavt4PO0gs2a6pQ00=", "InvalidRequest")]
    public async Task What_the_client_says_of_the_whole_must_hold(string header, string value, string code)
    {
        var (bucket, upload) = await BeginAsync(
            ("x-amz-checksum-algorithm", "CRC32"), ("x-amz-checksum-type", "FULL_OBJECT"));
        var eTag = await server.SendPartAsync(bucket, "k", upload, 1, Hello);
        (await server.CompleteAsync(bucket, "k", upload, [(1, eTag)], (header, value))).AssertRefused(400, code);
        (await server.CompleteAsync(
            bucket,
            "k",
            upload,
            [(1, eTag)],
            ("x-amz-mp-object-size", "5"),
            ("x-amz-checksum-type", "FULL_OBJECT"),
            ("x-amz-checksum-crc32", "NhCmhg=="))).AssertOk();
    }

    [Fact]
    public async Task A_composite_checksum_shows_how_many_parts_it_covers()
    {
        var (bucket, upload) = await BeginAsync(("x-amz-checksum-algorithm", "SHA256"));
        var digest = SHA256.HashData(Hello);
        var base64 = Convert.ToBase64String(digest);
        var eTag = await server.SendPartAsync(bucket, "k", upload, 1, Hello, ("x-amz-checksum-sha256", base64));
        (await server.CompleteAsync(bucket, "k", upload, [(1, eTag)])).AssertRefused(400, "InvalidRequest");
        var completed = await server.S3.CompleteMultipartUploadAsync(
            new CompleteMultipartUploadRequest
            {
                BucketName = bucket,
                Key = "k",
                UploadId = upload,
                PartETags = [new(1, eTag) { ChecksumSHA256 = base64 }],
            },
            Cancellation);
        var expected = Convert.ToBase64String(SHA256.HashData(digest)) + "-1";
        Assert.Equal((expected, ChecksumType.COMPOSITE), (completed.ChecksumSHA256, completed.ChecksumType));
        var found = await server.S3.GetObjectMetadataAsync(
            new GetObjectMetadataRequest { BucketName = bucket, Key = "k", ChecksumMode = ChecksumMode.ENABLED },
            Cancellation);
        Assert.Equal(expected, found.ChecksumSHA256);
    }

    [Fact]
    public async Task A_full_object_checksum_is_that_of_the_bytes()
    {
        var (bucket, upload) = await BeginAsync(
            ("x-amz-checksum-algorithm", "CRC32"), ("x-amz-checksum-type", "FULL_OBJECT"));
        var (first, second) = (MultipartCases.Noise(MultipartCases.MinPartBytes), Hello);
        var head = await server.SendPartAsync(bucket, "k", upload, 1, first);
        var tail = await server.SendPartAsync(bucket, "k", upload, 2, second);
        var answer = (await server.CompleteAsync(bucket, "k", upload, [(1, head), (2, tail)])).AssertOk();
        var crc = System.IO.Hashing.Crc32.Hash([.. first, .. second]);
        Array.Reverse(crc);
        Assert.Equal(
            (Convert.ToBase64String(crc), "FULL_OBJECT"),
            (answer.Element("ChecksumCRC32"), answer.Element("ChecksumType")));
    }

    [Fact]
    public async Task Conditions_are_judged_when_it_becomes_an_object()
    {
        var (bucket, upload) = await BeginAsync();
        var eTag = await server.SendPartAsync(bucket, "k", upload, 1, Hello);
        (await server.CompleteAsync(bucket, "k", upload, [(1, eTag)], ("If-Match", "\"other\"")))
            .AssertRefused(404, "NoSuchKey");
        (await server.SendAsync("PUT", $"/{bucket}/k", "there"u8.ToArray())).AssertOk();
        var failed = await server.CompleteAsync(bucket, "k", upload, [(1, eTag)], ("If-None-Match", "*"));
        Assert.Equal("If-None-Match", failed.AssertRefused(412, "PreconditionFailed").Element("Condition"));
        (await server.CompleteAsync(bucket, "k", upload, [(1, eTag)], ("If-Match", "\"other\"")))
            .AssertRefused(412, "PreconditionFailed");
        var present = Convert.ToHexStringLower(MD5.HashData("there"u8));
        (await server.CompleteAsync(bucket, "k", upload, [(1, eTag)], ("If-Match", $"\"{present}\""))).AssertOk();
        Assert.Equal(Hello, await server.ReadAsync(bucket, "k"));
    }

    [Fact]
    public async Task A_versioned_bucket_names_the_version()
    {
        var (bucket, upload) = await BeginAsync();
        await server.S3.PutBucketVersioningAsync(
            new PutBucketVersioningRequest
            {
                BucketName = bucket,
                VersioningConfig = new() { Status = VersionStatus.Enabled },
            },
            Cancellation);
        var eTag = await server.SendPartAsync(bucket, "k", upload, 1, Hello);
        var answer = (await server.CompleteAsync(bucket, "k", upload, [(1, eTag)])).AssertOk();
        var listed = await server.S3.ListVersionsAsync(bucket, Cancellation);
        Assert.Equal([answer.Header("x-amz-version-id")], listed.Versions.Select(found => found.VersionId));
    }

    [Fact]
    public async Task Of_many_who_complete_one_upload_all_get_the_same_object()
    {
        var (bucket, upload) = await BeginAsync();
        var eTag = await server.SendPartAsync(bucket, "k", upload, 1, Hello);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            _ => server.CompleteAsync(bucket, "k", upload, [(1, eTag)])));
        Assert.Single(answers.Select(answer => answer.AssertOk().Text).Distinct());
    }

    private async Task<(string Bucket, string Upload)> BeginAsync(params (string Name, string Value)[] headers)
    {
        var bucket = await server.NewBucketAsync();
        return (bucket, await server.BeginUploadAsync(bucket, "k", headers));
    }
}
