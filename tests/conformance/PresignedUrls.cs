using System.Net;
using System.Net.Http;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>URLs that carry their signature: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html</summary>
public sealed class PresignedUrls(ServerFixture server) : IDisposable
{
    private readonly HttpClient _http = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Whoever_has_the_URL_may_write_and_read()
    {
        var bucket = await server.NewBucketAsync();
        using var content = new ByteArrayContent("hello"u8.ToArray());

        using var put = await _http.PutAsync(Url(bucket, "a b/ü", HttpVerb.PUT), content, Cancellation);

        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal("hello", await _http.GetStringAsync(Url(bucket, "a b/ü", HttpVerb.GET), Cancellation));
    }

    [Fact]
    public async Task A_URL_is_good_for_its_method_and_key_alone()
    {
        var bucket = await server.NewBucketAsync();
        var url = Url(bucket, "key", HttpVerb.GET);

        using var deleted = await _http.DeleteAsync(url, Cancellation);
        using var other = await _http.GetAsync(url.Replace("/key?", "/other?", StringComparison.Ordinal), Cancellation);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (deleted.StatusCode, other.StatusCode));
        Assert.Contains(
            "<Code>SignatureDoesNotMatch</Code>", await other.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_URL_may_say_which_headers_the_answer_has()
    {
        var bucket = await server.NewBucketAsync();
        await server.S3.PutObjectAsync(
            new PutObjectRequest { BucketName = bucket, Key = "key", ContentBody = "hello" }, Cancellation);
        var request = new GetPreSignedUrlRequest
        {
            BucketName = bucket,
            Key = "key",
            Expires = TimeProvider.System.GetUtcNow().AddMinutes(5).UtcDateTime,
            Protocol = Protocol.HTTP,
            ResponseHeaderOverrides = { ContentType = "text/csv", ContentDisposition = "attachment" },
        };

        using var answer = await _http.GetAsync(await server.S3.GetPreSignedURLAsync(request), Cancellation);

        Assert.Equal("text/csv", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition?.DispositionType);
    }

    [Fact]
    public async Task A_wrong_secret_does_not_match()
    {
        var bucket = await server.NewBucketAsync();
        var client = server.Connect(secretAccessKey: "another-secret-key");

        var refusal = await Assert.ThrowsAnyAsync<AmazonS3Exception>(() => client.ListObjectsV2Async(
            new ListObjectsV2Request { BucketName = bucket }, Cancellation));

        Assert.Equal("SignatureDoesNotMatch", refusal.ErrorCode);
    }

    private string Url(string bucket, string key, HttpVerb verb) =>
        server.S3.GetPreSignedURL(new GetPreSignedUrlRequest
        {
            BucketName = bucket,
            Key = key,
            Verb = verb,
            Protocol = Protocol.HTTP,
            Expires = TimeProvider.System.GetUtcNow().AddMinutes(5).UtcDateTime,
        });
}
