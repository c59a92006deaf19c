using System.Globalization;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>Preflights, and what pages of other origins see of the answers to the requests themselves.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html</remarks>
public sealed class OtherOrigins(ServerFixture server)
{
    private const string Vary = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

    private static readonly CORSRule Upload = new()
    {
        AllowedHeaders = ["content-type", "x-amz-*"],
        AllowedMethods = ["PUT", "GET"],
        AllowedOrigins = ["http://*.test"],
        ExposeHeaders = ["ETag", "x-amz-version-id"],
        MaxAgeSeconds = 600,
    };

    private static readonly CORSRule Everybody = new() { AllowedMethods = ["GET", "HEAD"], AllowedOrigins = ["*"] };

    [Theory]
    [InlineData("key")]
    [InlineData("")]
    public async Task A_preflight_is_answered_without_a_signature(string key)
    {
        var bucket = await AllowingAsync(Upload, Everybody);

        var answer = await AskAsync(bucket, key, "http://a.test", "PUT", "Content-Type,X-Amz-Date");

        answer.AssertOk();
        Assert.Empty(answer.Body);
        Assert.Equal("0", answer.Header("Content-Length"));
        Assert.Equal("http://a.test", answer.Header("Access-Control-Allow-Origin"));
        Assert.Equal("true", answer.Header("Access-Control-Allow-Credentials"));
        Assert.Equal("PUT, GET", answer.Header("Access-Control-Allow-Methods"));
        Assert.Equal("content-type, x-amz-date", answer.Header("Access-Control-Allow-Headers"));
        Assert.Equal("ETag, x-amz-version-id", answer.Header("Access-Control-Expose-Headers"));
        Assert.Equal("600", answer.Header("Access-Control-Max-Age"));
        Assert.Equal(Vary, answer.Header("Vary"));
    }

    [Fact]
    public async Task Where_everybody_is_allowed_nobody_is_named()
    {
        var bucket = await AllowingAsync(Upload, Everybody);

        var answer = await AskAsync(bucket, "key", "http://a.example", "HEAD");

        Assert.Equal("*", answer.AssertOk().Header("Access-Control-Allow-Origin"));
        foreach (var absent in (string[])["Credentials", "Allow-Headers", "Expose-Headers", "Max-Age"])
        {
            Assert.DoesNotContain(answer.Headers.Keys, name => name.EndsWith(absent, StringComparison.OrdinalIgnoreCase));
        }
    }

    [Theory]
    [InlineData("key", "http://a.test", "DELETE", null, "OBJECT")]
    [InlineData("key", "http://a.test", "PUT", "x-other", "OBJECT")]
    [InlineData("key", "http://a.example", "PUT", null, "OBJECT")]
    [InlineData("", "http://a.example", "GET", "x-amz-date", "BUCKET")]
    public async Task A_preflight_that_no_rule_allows_is_forbidden(
        string key, string origin, string method, string? headers, string resource)
    {
        var bucket = await AllowingAsync(Upload, Everybody);

        var answer = await AskAsync(bucket, key, origin, method, headers);

        answer.AssertRefused(403, "AccessForbidden");
        Assert.Equal(
            "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, "
            + "request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted "
            + "by the resource's CORS spec.",
            answer.Element("Message"));
        Assert.Equal((method, resource), (answer.Element("Method"), answer.Element("ResourceType")));
        Assert.Null(answer.Header("Access-Control-Allow-Origin"));
        Assert.Equal(Vary, answer.Header("Vary"));
    }

    [Fact]
    public async Task A_preflight_needs_a_bucket_and_rules()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var answer = await AskAsync(bucket, "key", "http://a.test", "GET");
        answer.AssertRefused(403, "AccessForbidden");
        Assert.Equal("CORSResponse: CORS is not enabled for this bucket.", answer.Element("Message"));

        var nowhere = await server.Raw.SendUnsignedAsync(
            "OPTIONS",
            $"/{ServerFixture.NewBucketName()}",
            null,
            ("Origin", "http://a.test"),
            ("Access-Control-Request-Method", "GET"));
        nowhere.AssertRefused(403, "AccessForbidden");
        Assert.Equal("CORSResponse: Bucket not found", nowhere.Element("Message"));
        Assert.Equal("BUCKET", nowhere.Element("ResourceType"));
    }

    [Theory]
    [InlineData(null, "GET", "Insufficient information. Origin request header needed.")]
    [InlineData("http://a.test", null, "Invalid Access-Control-Request-Method: null")]
    [InlineData("http://a.test", "PATCH", "Invalid Access-Control-Request-Method: PATCH")]
    public async Task A_preflight_says_who_asks_for_what(string? origin, string? method, string message)
    {
        var bucket = await AllowingAsync(Upload, Everybody);
        var answer = await AskAsync(bucket, "key", origin, method);
        answer.AssertRefused(400, "BadRequest");
        Assert.Equal(message, answer.Element("Message"));
    }

    [Fact]
    public async Task An_origin_that_is_none_is_not_sent_back()
    {
        var bucket = await AllowingAsync(new CORSRule { AllowedMethods = ["GET"], AllowedOrigins = ["http://*"] });
        (await AskAsync(bucket, "key", "http://\u00e4.test", "GET")).AssertRefused(403, "AccessForbidden");
        var answer = await bucket.SendAsync("GET", "", headers: ("Origin", "http://\u00e4.test"));
        Assert.Null(answer.Header("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("GET", 200)]
    [InlineData("HEAD", 200)]
    [InlineData("PUT", 200)]
    public async Task The_request_itself_is_answered_with_what_the_first_rule_that_fits_allows(string method, int status)
    {
        var bucket = await AllowingAsync(Upload, Everybody);
        await bucket.PutAsync("key");

        var answer = await bucket.SendAsync(
            method, "key", method == "PUT" ? "new"u8.ToArray() : null, headers: ("Origin", "http://a.test"));

        answer.AssertOk(status);
        var isByUpload = method != "HEAD";
        Assert.Equal(isByUpload ? "http://a.test" : "*", answer.Header("Access-Control-Allow-Origin"));
        Assert.Equal(isByUpload ? "true" : null, answer.Header("Access-Control-Allow-Credentials"));
        Assert.Equal(isByUpload ? "PUT, GET" : "GET, HEAD", answer.Header("Access-Control-Allow-Methods"));
        Assert.Equal(isByUpload ? "ETag, x-amz-version-id" : null, answer.Header("Access-Control-Expose-Headers"));
        Assert.Equal(isByUpload ? "600" : null, answer.Header("Access-Control-Max-Age"));
        Assert.Equal(Vary, answer.Header("Vary"));
        Assert.NotNull(answer.Header("ETag"));
    }

    [Fact]
    public async Task A_page_may_read_refusals_too()
    {
        var bucket = await AllowingAsync(Upload, Everybody);
        (string, string) origin = ("Origin", "http://a.test");
        RawAnswer[] refusals =
        [
            (await bucket.SendAsync("GET", "absent", headers: origin)).AssertRefused(404, "NoSuchKey"),
            (await bucket.SendUnsignedAsync("GET", "key", headers: origin)).AssertRefused(403, "AccessDenied"),
            (await server.Raw.SendUnsignedAsync(
                "GET", $"/{bucket.Name}/key", null, origin, ("Authorization", "AWS4-HMAC-SHA256 nonsense")))
                .AssertRefused(400, "AuthorizationHeaderMalformed"),
            (await bucket.SendAsync("GET", "", query: [("tagging", "")], headers: origin)).AssertRefused(404, "NoSuchTagSet"),
            (await bucket.SendAsync("PUT", "key", [], headers: [origin, ("x-amz-storage-class", "NONE")]))
                .AssertRefused(400, "InvalidStorageClass"),
        ];
        Assert.All(refusals, refusal =>
        {
            Assert.Equal("http://a.test", refusal.Header("Access-Control-Allow-Origin"));
            Assert.Equal(Vary, refusal.Header("Vary"));
        });
    }

    [Fact]
    public async Task What_no_rule_allows_is_served_and_not_shown()
    {
        var bucket = await AllowingAsync(Upload);
        var answer = await bucket.SendAsync("PUT", "key", "content"u8.ToArray(), headers: ("Origin", "http://a.example"));
        Assert.DoesNotContain(answer.AssertOk().Headers.Keys, name => name.StartsWith("Access-Control-"));
        Assert.Equal(Vary, answer.Header("Vary"));
        Assert.Equal("content", (await bucket.GetAsync("key")).Content);
    }

    [Fact]
    public async Task Who_is_no_page_is_answered_as_ever()
    {
        var bucket = await AllowingAsync(Upload, Everybody);
        var answer = await bucket.SendAsync("GET", "");
        Assert.DoesNotContain(answer.AssertOk().Headers.Keys, name => name.StartsWith("Access-Control-"));
        Assert.Null(answer.Header("Vary"));
    }

    [Fact]
    public async Task A_presigned_upload_goes_through_preflight_and_request()
    {
        var bucket = await AllowingAsync(Upload);
        var url = new Uri(await bucket.S3.GetPreSignedURLAsync(new GetPreSignedUrlRequest
        {
            BucketName = bucket.Name,
            Key = "uploaded",
            Verb = HttpVerb.PUT,
            Protocol = Protocol.HTTP,
            Expires = TimeProvider.System.GetUtcNow().AddMinutes(5).UtcDateTime,
        }));
        (await server.Raw.SendUnsignedAsync(
            "OPTIONS",
            url.PathAndQuery,
            null,
            ("Origin", "http://a.test"),
            ("Access-Control-Request-Method", "PUT"),
            ("Access-Control-Request-Headers", "content-type"))).AssertOk();
        var answer = await server.Raw.SendUnsignedAsync(
            "PUT", url.PathAndQuery, Encoding.UTF8.GetBytes("picture"), ("Origin", "http://a.test"), ("Content-Type", "image/png"));
        Assert.Equal("http://a.test", answer.AssertOk().Header("Access-Control-Allow-Origin"));
        Assert.Equal("picture", (await bucket.GetAsync("uploaded")).Content);
    }

    [Fact]
    public async Task A_bucket_in_the_host_has_its_rules_too()
    {
        var bucket = await AllowingAsync(Everybody);
        var host = string.Create(CultureInfo.InvariantCulture, $"{bucket.Name}.localhost:{server.Endpoint.Port}");
        var answer = await server.Raw.SendUnsignedAsync(
            "OPTIONS", "/", null, ("Host", host), ("Origin", "http://a.test"), ("Access-Control-Request-Method", "GET"));
        Assert.Equal("*", answer.AssertOk().Header("Access-Control-Allow-Origin"));
    }

    private async Task<ScratchBucket> AllowingAsync(params CORSRule[] rules)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await PutBucketCors.AllowAsync(bucket, rules);
        return bucket;
    }

    private static Task<RawAnswer> AskAsync(
        ScratchBucket bucket, string key, string? origin, string? method, string? headers = null)
    {
        (string Name, string? Value)[] said =
        [
            ("Origin", origin),
            ("Access-Control-Request-Method", method),
            ("Access-Control-Request-Headers", headers),
        ];
        return bucket.SendUnsignedAsync(
            "OPTIONS", key, null, [.. said.Where(header => header.Value is not null).Select(header => (header.Name, header.Value!))]);
    }
}
