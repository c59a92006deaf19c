using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html</summary>
public sealed class DeleteBucket(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_empty_bucket_goes()
    {
        var bucket = await server.NewBucketAsync();
        (await server.SendAsync("DELETE", "/" + bucket)).AssertOk(204);
        Assert.Equal(404, (await server.SendAsync("HEAD", "/" + bucket)).Status);
    }

    [Fact]
    public async Task A_bucket_with_an_object_stays()
    {
        var bucket = await server.NewBucketAsync();
        await server.S3.PutObjectAsync(
            new PutObjectRequest { BucketName = bucket, Key = "k", ContentBody = "v" }, Cancellation);
        var refusal = await Assert.ThrowsAsync<AmazonS3Exception>(
            () => server.S3.DeleteBucketAsync(bucket, Cancellation));
        Assert.Equal((HttpStatusCode.Conflict, "BucketNotEmpty"), (refusal.StatusCode, refusal.ErrorCode));
        (await server.SendAsync("HEAD", "/" + bucket)).AssertOk();
    }

    [Fact]
    public async Task A_delete_marker_keeps_a_bucket()
    {
        var bucket = await server.NewBucketAsync();
        await server.S3.PutBucketVersioningAsync(
            new PutBucketVersioningRequest
            {
                BucketName = bucket,
                VersioningConfig = new() { Status = VersionStatus.Enabled },
            },
            Cancellation);
        var marker = await server.S3.DeleteObjectAsync(bucket, "k", Cancellation);
        await Assert.ThrowsAsync<AmazonS3Exception>(() => server.S3.DeleteBucketAsync(bucket, Cancellation));
        await server.S3.DeleteObjectAsync(bucket, "k", marker.VersionId, Cancellation);
        await server.S3.DeleteBucketAsync(bucket, Cancellation);
    }

    [Fact]
    public async Task An_upload_in_progress_does_not_keep_a_bucket()
    {
        var bucket = await server.NewBucketAsync();
        await server.S3.InitiateMultipartUploadAsync(bucket, "k", Cancellation);
        await server.S3.DeleteBucketAsync(bucket, Cancellation);
        await server.S3.PutBucketAsync(bucket, Cancellation);
        var uploads = await server.S3.ListMultipartUploadsAsync(bucket, Cancellation);
        Assert.Empty(uploads.MultipartUploads ?? []);
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_named()
    {
        var name = $"none-{Guid.NewGuid():N}";
        var answer = await server.SendAsync("DELETE", "/" + name);
        answer.AssertRefused(404, "NoSuchBucket");
        Assert.Equal(name, answer.Element("BucketName"));
    }
}
