using System.Globalization;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html</summary>
public sealed class AbortMultipartUpload(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upload_goes_with_its_parts()
    {
        var bucket = await server.NewBucketAsync();
        var upload = await server.BeginUploadAsync(bucket, "k");
        var eTag = await server.SendPartAsync(bucket, "k", upload, 1, [1, 2, 3]);
        (await server.SendAsync("DELETE", $"/{bucket}/k?uploadId={upload}")).AssertOk(204);
        (await server.CompleteAsync(bucket, "k", upload, [(1, eTag)])).AssertRefused(404, "NoSuchUpload");
        (await server.SendAsync("GET", $"/{bucket}/k?uploadId={upload}")).AssertRefused(404, "NoSuchUpload");
        var listed = await server.S3.ListMultipartUploadsAsync(bucket, Cancellation);
        Assert.Empty(listed.MultipartUploads ?? []);
    }

    [Fact]
    public async Task What_is_not_there_cannot_be_aborted()
    {
        var bucket = await server.NewBucketAsync();
        var answer = await server.SendAsync("DELETE", $"/{bucket}/k?uploadId=none");
        Assert.Equal("none", answer.AssertRefused(404, "NoSuchUpload").Element("UploadId"));
    }

    [Fact]
    public async Task The_time_at_which_it_was_begun_may_be_demanded()
    {
        var bucket = await server.NewBucketAsync();
        var upload = await server.BeginUploadAsync(bucket, "k");
        var listed = await server.S3.ListMultipartUploadsAsync(
            new ListMultipartUploadsRequest { BucketName = bucket }, Cancellation);
        var initiated = listed.MultipartUploads[0].Initiated!.Value.ToUniversalTime();
        (await AbortAsync(initiated.AddSeconds(-5))).AssertRefused(412, "PreconditionFailed");
        (await AbortAsync(initiated)).AssertOk(204);

        Task<RawAnswer> AbortAsync(DateTime time) => server.SendAsync(
            "DELETE",
            $"/{bucket}/k?uploadId={upload}",
            headers: ("x-amz-if-match-initiated-time", time.ToString("r", CultureInfo.InvariantCulture)));
    }
}
