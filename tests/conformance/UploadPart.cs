using System.Security.Cryptography;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html</summary>
public sealed class UploadPart(ServerFixture server)
{
    private static readonly byte[] Hello = "hello"u8.ToArray();

    [Fact]
    public async Task A_part_is_answered_with_its_etag()
    {
        var bucket = await server.NewBucketAsync();
        var upload = await server.BeginUploadAsync(bucket, "k");
        Assert.Equal("5d41402abc4b2a76b9719d911017c592", await server.SendPartAsync(bucket, "k", upload, 1, Hello));
    }

    [Fact]
    public async Task A_part_sent_again_replaces_the_earlier_one()
    {
        var bucket = await server.NewBucketAsync();
        var upload = await server.BeginUploadAsync(bucket, "k");
        var old = await server.SendPartAsync(bucket, "k", upload, 1, "old"u8.ToArray());
        var eTag = await server.SendPartAsync(bucket, "k", upload, 1, Hello);
        (await server.CompleteAsync(bucket, "k", upload, [(1, old)])).AssertRefused(400, "InvalidPart");
        (await server.CompleteAsync(bucket, "k", upload, [(1, eTag)])).AssertOk();
        Assert.Equal(Hello, await server.ReadAsync(bucket, "k"));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("10001")]
    [InlineData("-1")]
    [InlineData("one")]
    public async Task A_number_out_of_range_is_refused(string number)
    {
        var bucket = await server.NewBucketAsync();
        var upload = await server.BeginUploadAsync(bucket, "k");
        var answer = await server.SendAsync("PUT", $"/{bucket}/k?partNumber={number}&uploadId={upload}", Hello);
        answer.AssertRefused(400, "InvalidArgument");
        Assert.Equal(
            ("Part number must be an integer between 1 and 10000, inclusive", "partNumber", number),
            (answer.Element("Message"), answer.Element("ArgumentName"), answer.Element("ArgumentValue")));
    }

    [Fact]
    public async Task An_upload_that_is_not_there_is_named()
    {
        var bucket = await server.NewBucketAsync();
        var answer = await server.SendAsync("PUT", $"/{bucket}/k?partNumber=1&uploadId=none", Hello);
        Assert.Equal("none", answer.AssertRefused(404, "NoSuchUpload").Element("UploadId"));
    }

    [Fact]
    public async Task An_upload_belongs_to_its_key()
    {
        var bucket = await server.NewBucketAsync();
        var upload = await server.BeginUploadAsync(bucket, "k");
        (await server.SendAsync("PUT", $"/{bucket}/other?partNumber=1&uploadId={upload}", Hello))
            .AssertRefused(404, "NoSuchUpload");
    }

    [Fact]
    public async Task A_checksum_is_verified_and_echoed()
    {
        var bucket = await server.NewBucketAsync();
        var upload = await server.BeginUploadAsync(bucket, "k", ("x-amz-checksum-algorithm", "SHA256"));
        var digest = Convert.ToBase64String(SHA256.HashData(Hello));
        var target = $"/{bucket}/k?partNumber=1&uploadId={upload}";
        var answer = await server.SendAsync("PUT", target, Hello, ("x-amz-checksum-sha256", digest));
        Assert.Equal(digest, answer.AssertOk().Header("x-amz-checksum-sha256"));
        (await server.SendAsync("PUT", target, "jello"u8.ToArray(), ("x-amz-checksum-sha256", digest)))
            .AssertRefused(400, "BadDigest");
        var parts = await server.SendAsync("GET", $"/{bucket}/k?uploadId={upload}");
        Assert.Equal("&quot;5d41402abc4b2a76b9719d911017c592&quot;", parts.Element("ETag"));
    }

    [Fact]
    public async Task A_composite_upload_takes_no_part_without_its_checksum()
    {
        var bucket = await server.NewBucketAsync();
        var upload = await server.BeginUploadAsync(bucket, "k", ("x-amz-checksum-algorithm", "SHA1"));
        var answer = await server.SendAsync("PUT", $"/{bucket}/k?partNumber=1&uploadId={upload}", Hello);
        Assert.Equal(
            "Checksum Type mismatch occurred, expected checksum Type: sha1, actual checksum Type: null",
            answer.AssertRefused(400, "InvalidRequest").Element("Message"));
    }

    [Fact]
    public async Task A_checksum_of_another_algorithm_is_refused()
    {
        var bucket = await server.NewBucketAsync();
        var upload = await server.BeginUploadAsync(bucket, "k", ("x-amz-checksum-algorithm", "SHA1"));
        var answer = await server.SendAsync(
            "PUT",
            $"/{bucket}/k?partNumber=1&uploadId={upload}",
            Hello,
            ("x-amz-checksum-sha256", Convert.ToBase64String(SHA256.HashData(Hello))));
        Assert.Equal(
            "Checksum Type mismatch occurred, expected checksum Type: sha1, actual checksum Type: sha256",
            answer.AssertRefused(400, "InvalidRequest").Element("Message"));
    }

    [Fact]
    public async Task A_full_object_upload_computes_what_its_parts_do_not_bring()
    {
        var bucket = await server.NewBucketAsync();
        var upload = await server.BeginUploadAsync(
            bucket, "k", ("x-amz-checksum-algorithm", "CRC32"), ("x-amz-checksum-type", "FULL_OBJECT"));
        var answer = await server.SendAsync("PUT", $"/{bucket}/k?partNumber=1&uploadId={upload}", Hello);
        Assert.Equal("NhCmhg==", answer.AssertOk().Header("x-amz-checksum-crc32"));
    }

    [Fact]
    public async Task An_unannounced_checksum_is_verified_and_the_object_gets_a_crc64nvme()
    {
        var bucket = await server.NewBucketAsync();
        var upload = await server.BeginUploadAsync(bucket, "k");
        var eTag = await server.SendPartAsync(bucket, "k", upload, 1, Hello, ("x-amz-checksum-crc32", "NhCmhg=="));
        var answer = (await server.CompleteAsync(bucket, "k", upload, [(1, eTag)])).AssertOk();
        Assert.Equal("M3eFcAZSQlc=", answer.Element("ChecksumCRC64NVME"));
        Assert.Equal("FULL_OBJECT", answer.Element("ChecksumType"));
    }

    [Fact]
    public async Task More_than_five_gibibytes_are_refused_before_they_are_sent()
    {
        var bucket = await server.NewBucketAsync();
        var upload = await server.BeginUploadAsync(bucket, "k");
        var target = $"/{bucket}/k?partNumber=1&uploadId={upload}";
        var headers = server.Raw.Sign("PUT", target, [("Content-Length", "5368709121")]);
        var answer = await server.Raw.ExchangeAsync(RawClient.Write("PUT", target, null, headers));
        answer.AssertRefused(400, "EntityTooLarge");
        Assert.Equal(
            ("5368709121", "5368709120"), (answer.Element("ProposedSize"), answer.Element("MaxSizeAllowed")));
    }

    [Fact]
    public async Task An_upload_of_no_known_length_is_refused()
    {
        var bucket = await server.NewBucketAsync();
        var upload = await server.BeginUploadAsync(bucket, "k");
        var answer = await server.SendAsync(
            "PUT",
            $"/{bucket}/k?partNumber=1&uploadId={upload}",
            "5\r\nhello\r\n0\r\n\r\n"u8.ToArray(),
            ("Transfer-Encoding", "chunked"));
        answer.AssertRefused(411, "MissingContentLength");
    }
}
