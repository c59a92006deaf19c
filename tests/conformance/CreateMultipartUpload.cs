using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html</summary>
public sealed class CreateMultipartUpload(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_object_will_be_is_said_at_the_beginning()
    {
        var bucket = await server.NewBucketAsync();
        var begun = await server.S3.InitiateMultipartUploadAsync(
            new InitiateMultipartUploadRequest
            {
                BucketName = bucket,
                Key = "k",
                ContentType = "text/x-test",
                StorageClass = S3StorageClass.StandardInfrequentAccess,
                Headers = { CacheControl = "no-store" },
                Metadata = { ["colour"] = "blue" },
                TagSet = [new() { Key = "a", Value = "b" }],
            },
            Cancellation);
        Assert.Equal((bucket, "k"), (begun.BucketName, begun.Key));
        var eTag = await server.SendPartAsync(
            bucket, "k", begun.UploadId, 1, "hello"u8.ToArray(), ("x-amz-checksum-crc32", Crc32("hello"u8)));
        await server.S3.CompleteMultipartUploadAsync(
            new CompleteMultipartUploadRequest
            {
                BucketName = bucket,
                Key = "k",
                UploadId = begun.UploadId,
                PartETags = [new(1, eTag) { ChecksumCRC32 = Crc32("hello"u8) }],
            },
            Cancellation);

        var found = await server.S3.GetObjectMetadataAsync(bucket, "k", Cancellation);
        Assert.Equal(("text/x-test", "no-store", "blue"), (found.Headers.ContentType, found.Headers.CacheControl,
            found.Metadata["colour"]));
        Assert.Equal(S3StorageClass.StandardInfrequentAccess, found.StorageClass);
        var tags = await server.S3.GetObjectTaggingAsync(new() { BucketName = bucket, Key = "k" }, Cancellation);
        Assert.Equal([("a", "b")], tags.Tagging.Select(tag => (tag.Key, tag.Value)));
    }

    [Theory]
    [InlineData("CRC32", null, "COMPOSITE")]
    [InlineData("crc32c", null, "COMPOSITE")]
    [InlineData("CRC32", "FULL_OBJECT", "FULL_OBJECT")]
    [InlineData("CRC64NVME", null, "FULL_OBJECT")]
    [InlineData("SHA256", null, "COMPOSITE")]
    [InlineData("XXHASH128", "COMPOSITE", "COMPOSITE")]
    public async Task The_checksum_is_announced_and_echoed(string algorithm, string? type, string expected)
    {
        var bucket = await server.NewBucketAsync();
        (string, string)[] headers = type is null
            ? [("x-amz-checksum-algorithm", algorithm)]
            : [("x-amz-checksum-algorithm", algorithm), ("x-amz-checksum-type", type)];
        var answer = await server.SendAsync("POST", $"/{bucket}/k?uploads", headers: headers);
        answer.AssertOk();
        Assert.Equal(algorithm.ToUpperInvariant(), answer.Header("x-amz-checksum-algorithm"));
        Assert.Equal(expected, answer.Header("x-amz-checksum-type"));
    }

    [Theory]
    [InlineData(
        "CRC64NVME", "COMPOSITE", "The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm.")]
    [InlineData(
        "SHA1", "FULL_OBJECT", "The FULL_OBJECT checksum type cannot be used with the sha1 checksum algorithm.")]
    [InlineData("CRC32", "HALF", "Value for x-amz-checksum-type header is invalid.")]
    [InlineData(
        null,
        "COMPOSITE",
        "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")]
    public async Task A_checksum_that_does_not_exist_is_refused(string? algorithm, string type, string message)
    {
        var bucket = await server.NewBucketAsync();
        (string, string)[] headers = algorithm is null
            ? [("x-amz-checksum-type", type)]
            : [("x-amz-checksum-algorithm", algorithm), ("x-amz-checksum-type", type)];
        var answer = await server.SendAsync("POST", $"/{bucket}/k?uploads", headers: headers);
        Assert.Equal(message, answer.AssertRefused(400, "InvalidRequest").Element("Message"));
    }

    [Fact]
    public async Task An_upload_is_no_object_yet()
    {
        var bucket = await server.NewBucketAsync();
        await server.BeginUploadAsync(bucket, "k");
        Assert.Equal(404, (await server.SendAsync("HEAD", $"/{bucket}/k")).Status);
        Assert.Null((await server.SendAsync("GET", $"/{bucket}")).Element("Contents"));
    }

    [Fact]
    public async Task The_object_will_have_the_acl_that_the_upload_was_begun_with()
    {
        var bucket = await server.NewBucketAsync(Amazon.S3.ObjectOwnership.ObjectWriter);
        await bucket.PutPartsAsync("k", begin => begin.CannedACL = Amazon.S3.S3CannedACL.PublicRead, 1);
        Assert.Equal(["AllUsers READ", "root FULL_CONTROL"], await bucket.ReadAclAsync("k"));
        var enforced = await server.NewBucketAsync();
        (await server.SendAsync("POST", $"/{enforced}/k?uploads", headers: ("x-amz-acl", "public-read")))
            .AssertRefused(400, "AccessControlListNotSupported");
        (await server.SendAsync("PUT", $"/{enforced}/k?uploadId=x&partNumber=1", [], ("x-amz-acl", "public-read")))
            .AssertRefused(501, "NotImplemented");
    }

    private static string Crc32(ReadOnlySpan<byte> content)
    {
        var crc = System.IO.Hashing.Crc32.Hash(content);
        Array.Reverse(crc);
        return Convert.ToBase64String(crc);
    }
}
