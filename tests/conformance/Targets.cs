using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>Where a request says what it is about: path style and virtual-hosted style, keys exactly as sent.</summary>
public sealed class Targets(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Odd_keys_are_different_keys()
    {
        var bucket = await server.NewBucketAsync();
        string[] keys =
        [
            "a", "a/", "a/b", "a//b", "/a", "//", ".", "..", "../x", "a/./b", "a/../b", "%252F", "a+b", "a%20b",
            "%F0%9F%98%80", "%01", "%7F", "%C2%80", "%EF%BF%BF", "a%3Fb", "a%26b", "a%23b", "-/health/live", "a%5Cb",
        ];
        foreach (var key in keys)
        {
            (await server.SendAsync("PUT", $"/{bucket}/{key}", System.Text.Encoding.UTF8.GetBytes(key))).AssertOk();
        }

        foreach (var key in keys)
        {
            Assert.Equal(key, (await server.SendAsync("GET", $"/{bucket}/{key}")).AssertOk().Text);
        }

        var listed = await server.S3.ListObjectsV2Async(
            new ListObjectsV2Request { BucketName = bucket, Encoding = Amazon.S3.EncodingType.Url }, Cancellation);
        Assert.Equal(keys.Length, listed.KeyCount);
    }

    [Theory]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("a%2Bb", "a+b")]
    [InlineData("%61", "a")]
    public async Task However_a_key_is_escaped_it_is_the_same_key(string escaped, string plain)
    {
        var bucket = await server.NewBucketAsync();
        (await server.SendAsync("PUT", $"/{bucket}/{escaped}", "hello"u8.ToArray())).AssertOk();

        Assert.Equal("hello", (await server.SendAsync("GET", $"/{bucket}/{plain}")).AssertOk().Text);
    }

    [Theory]
    [InlineData("/any-bucket/%zz")]
    [InlineData("/any-bucket/%FF")]
    [InlineData("/any-bucket/key?prefix=%F")]
    public async Task What_cannot_be_decoded_is_refused(string target) =>
        (await server.Raw.SendUnsignedAsync("GET", target)).AssertRefused(400, "InvalidURI");

    [Fact]
    public async Task Keys_end_after_1024_bytes()
    {
        var bucket = await server.NewBucketAsync();

        (await server.SendAsync("PUT", $"/{bucket}/{new string('k', 1024)}", [])).AssertOk();
        (await server.SendAsync("PUT", $"/{bucket}/{new string('k', 1025)}", [])).AssertRefused(400, "KeyTooLongError");
    }

    [Fact]
    public async Task A_host_may_name_the_bucket()
    {
        var bucket = await server.NewBucketAsync();
        var host = $"{bucket}.localhost:{server.Endpoint.Port}";

        (await server.SendAsync("PUT", "/-/health/live", "a key"u8.ToArray(), ("Host", host))).AssertOk();

        Assert.Equal("a key", (await server.SendAsync("GET", "/-/health/live", null, ("Host", host))).AssertOk().Text);
        Assert.Equal("a key", (await server.SendAsync("GET", $"/{bucket}/-/health/live")).AssertOk().Text);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task The_SDK_reaches_a_bucket_in_both_styles_and_with_https(bool virtualHosted, bool secure)
    {
        var client = server.Connect(virtualHosted, secure);
        var bucket = await server.NewBucketAsync();

        await client.PutObjectAsync(
            new PutObjectRequest { BucketName = bucket, Key = "a//b/../c", ContentBody = "hello" }, Cancellation);
        using var got = await client.GetObjectAsync(bucket, "a//b/../c", Cancellation);

        using var reader = new StreamReader(got.ResponseStream);
        Assert.Equal("hello", await reader.ReadToEndAsync(Cancellation));
    }

    [Fact]
    public async Task The_absolute_form_of_a_target_is_understood()
    {
        var bucket = await server.NewBucketAsync();

        var answer = await server.Raw.ExchangeAsync(RawClient.Write(
            "GET", $"http://{server.Raw.Host}/{bucket}", null, server.Raw.Sign("GET", $"/{bucket}", [])));

        answer.AssertOk();
    }
}
