using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html</summary>
public sealed class UploadPartCopy(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Parts_are_made_of_stretches_of_an_object()
    {
        var source = MultipartCases.Noise(MultipartCases.MinPartBytes + 100_000);
        var bucket = await server.NewBucketAsync();
        (await server.SendAsync("PUT", $"/{bucket}/source", source)).AssertOk();
        var upload = await server.BeginUploadAsync(bucket, "k");
        var first = await CopyAsync(bucket, upload, 1, $"bytes=0-{MultipartCases.MinPartBytes - 1}");
        var second = await CopyAsync(bucket, upload, 2, $"bytes=17-{source.Length - 1}");
        Assert.Equal(
            Convert.ToHexStringLower(MD5.HashData(source.AsSpan(0, MultipartCases.MinPartBytes))), ETagIn(first));
        Assert.Contains("<LastModified>", first.Text, StringComparison.Ordinal);
        (await server.CompleteAsync(bucket, "k", upload, [(1, ETagIn(first)), (2, ETagIn(second))])).AssertOk();
        byte[] expected = [.. source[..MultipartCases.MinPartBytes], .. source[17..]];
        Assert.Equal(expected, await server.ReadAsync(bucket, "k"));
    }

    [Fact]
    public async Task Without_a_range_the_part_is_the_whole_object_even_an_empty_one()
    {
        var bucket = await server.NewBucketWithAsync("source");
        (await server.SendAsync("PUT", $"/{bucket}/empty", [])).AssertOk();
        var upload = await server.BeginUploadAsync(bucket, "k");
        var whole = await CopyAsync(bucket, upload, 1, range: null);
        Assert.Equal(Convert.ToHexStringLower(MD5.HashData("source"u8)), ETagIn(whole));
        var empty = await CopyAsync(bucket, upload, 2, range: null, "empty");
        Assert.Equal("d41d8cd98f00b204e9800998ecf8427e", ETagIn(empty));
    }

    [Fact]
    public async Task The_uploads_checksum_is_computed()
    {
        var bucket = await server.NewBucketWithAsync("source");
        var upload = await server.BeginUploadAsync(bucket, "k", ("x-amz-checksum-algorithm", "SHA256"));
        var answer = await CopyAsync(bucket, upload, 1, range: null);
        Assert.Equal(Convert.ToBase64String(SHA256.HashData("source"u8)), answer.Element("ChecksumSHA256"));
    }

    [Theory]
    [InlineData("0-5")]
    [InlineData("bytes=")]
    [InlineData("bytes=0")]
    [InlineData("bytes=hello-world")]
    [InlineData("bytes=0-bar")]
    [InlineData("bytes=2-")]
    [InlineData("bytes=-2")]
    [InlineData("bytes=3-2")]
    [InlineData("bytes=0-2,3-5")]
    public async Task A_range_of_another_form_is_refused(string range)
    {
        var bucket = await server.NewBucketWithAsync("source");
        var upload = await server.BeginUploadAsync(bucket, "k");
        var answer = await TryCopyAsync(bucket, upload, "source", ("x-amz-copy-source-range", range));
        Assert.Equal(range, answer.AssertRefused(400, "InvalidArgument").Element("ArgumentValue"));
    }

    [Fact]
    public async Task A_range_beyond_the_end_is_refused()
    {
        var bucket = await server.NewBucketWithAsync("source");
        var upload = await server.BeginUploadAsync(bucket, "k");
        (await TryCopyAsync(bucket, upload, "source", ("x-amz-copy-source-range", "bytes=0-6")))
            .AssertRefused(416, "InvalidRange");
    }

    [Fact]
    public async Task Conditions_on_the_source_are_judged()
    {
        var bucket = await server.NewBucketWithAsync("source");
        var upload = await server.BeginUploadAsync(bucket, "k");
        (await TryCopyAsync(bucket, upload, "source", ("x-amz-copy-source-if-match", "\"other\"")))
            .AssertRefused(412, "PreconditionFailed");
        (await TryCopyAsync(bucket, upload, "source", ("x-amz-copy-source-if-none-match", "\"other\""))).AssertOk();
    }

    [Fact]
    public async Task An_older_version_can_be_the_source()
    {
        var bucket = await server.NewBucketAsync();
        await server.S3.PutBucketVersioningAsync(
            new PutBucketVersioningRequest
            {
                BucketName = bucket,
                VersioningConfig = new() { Status = VersionStatus.Enabled },
            },
            Cancellation);
        var old = (await server.SendAsync("PUT", $"/{bucket}/source", "old"u8.ToArray())).Header("x-amz-version-id")!;
        (await server.SendAsync("PUT", $"/{bucket}/source", "new"u8.ToArray())).AssertOk();
        var upload = await server.BeginUploadAsync(bucket, "k");
        var answer = await TryCopyAsync(bucket, upload, $"source?versionId={old}");
        Assert.Equal(Convert.ToHexStringLower(MD5.HashData("old"u8)), ETagIn(answer.AssertOk()));
        Assert.Equal(old, answer.Header("x-amz-copy-source-version-id"));
    }

    [Fact]
    public async Task What_is_not_there_cannot_be_copied()
    {
        var bucket = await server.NewBucketWithAsync("source");
        var upload = await server.BeginUploadAsync(bucket, "k");
        (await TryCopyAsync(bucket, upload, "none")).AssertRefused(404, "NoSuchKey");
        (await TryCopyAsync(bucket, "none", "source")).AssertRefused(404, "NoSuchUpload");
    }

    private async Task<RawAnswer> CopyAsync(
        string bucket, string upload, int number, string? range, string source = "source")
    {
        (string, string)[] headers = range is null
            ? [("x-amz-copy-source", $"/{bucket}/{source}")]
            : [("x-amz-copy-source", $"/{bucket}/{source}"), ("x-amz-copy-source-range", range)];
        var answer = await server.SendAsync(
            "PUT", $"/{bucket}/k?partNumber={number}&uploadId={upload}", [], headers);
        return answer.AssertOk();
    }

    private Task<RawAnswer> TryCopyAsync(
        string bucket, string upload, string source, params (string, string)[] headers) =>
        server.SendAsync(
            "PUT",
            $"/{bucket}/k?partNumber=1&uploadId={upload}",
            [],
            [("x-amz-copy-source", $"{bucket}/{source}"), .. headers]);

    private static string ETagIn(RawAnswer answer) =>
        answer.Element("ETag")!.Replace("&quot;", "", StringComparison.Ordinal);
}
