using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ObjectServer.Hosting;

namespace ObjectServer.Conformance;

/// <summary>
/// Requests signed with Version 2: https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html
/// </summary>
public sealed class SignatureVersion2(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Now => TimeProvider.System.GetUtcNow().ToString("r", CultureInfo.InvariantCulture);

    private static string Soon => InSeconds(60);

    [Fact]
    public async Task A_header_signs_a_write_and_a_read()
    {
        var target = $"/{await server.NewBucketAsync()}/a%20b+%C3%BC";
        var date = Now;

        var put = await server.Raw.SendUnsignedAsync(
            "PUT", target, "hello"u8.ToArray(),
            ("Date", date), ("Content-Type", "text/odd"), ("x-amz-meta-color", "blue"),
            Authorization($"PUT\n\ntext/odd\n{date}\nx-amz-meta-color:blue\n{target}"));
        var get = await server.Raw.SendUnsignedAsync(
            "GET", target, null, ("Date", date), Authorization($"GET\n\n\n{date}\n{target}"));

        put.AssertOk();
        Assert.Equal("hello", get.AssertOk().Text);
        Assert.Equal(("text/odd", "blue"), (get.Header("Content-Type"), get.Header("x-amz-meta-color")));
    }

    [Fact]
    public async Task A_bucket_in_the_host_is_signed_as_a_path()
    {
        var bucket = await server.NewBucketAsync();
        var date = Now;

        var answer = await server.Raw.SendUnsignedAsync(
            "GET", "/?versioning", null,
            ("Host", $"{bucket}.localhost"), ("x-amz-date", date),
            Authorization($"GET\n\n\n\nx-amz-date:{date}\n/{bucket}/?versioning"));

        answer.AssertOk();
    }

    [Fact]
    public async Task A_URL_writes_and_another_reads()
    {
        var path = $"/{await server.NewBucketAsync()}/key";
        var expires = Soon;

        var put = await server.Raw.SendUnsignedAsync(
            "PUT", Presigned(path, expires, $"PUT\n\n\n{expires}\n{path}"), "hello"u8.ToArray());
        var get = await server.Raw.SendUnsignedAsync(
            "GET",
            Presigned(
                $"{path}?response-content-type=text%2Fcsv", expires,
                $"GET\n\n\n{expires}\n{path}?response-content-type=text/csv"));

        put.AssertOk();
        Assert.Equal(("hello", "text/csv"), (get.AssertOk().Text, get.Header("Content-Type")));
    }

    [Fact]
    public async Task What_a_URL_carries_counts_as_sent()
    {
        var path = $"/{await server.NewBucketAsync()}/key";
        var expires = Soon;
        var url = Presigned(
            $"{path}?content-type=text%2Fodd&x-amz-meta-color=blue", expires,
            $"PUT\n\ntext/odd\n{expires}\nx-amz-meta-color:blue\n{path}");

        (await server.Raw.SendUnsignedAsync("PUT", url, [])).AssertOk();
        (await server.Raw.SendUnsignedAsync("PUT", url, [], ("Content-Type", "text/html")))
            .AssertRefused(403, "SignatureDoesNotMatch");
        (await server.Raw.SendUnsignedAsync("PUT", url + "&x-amz-meta-more=1", []))
            .AssertRefused(403, "SignatureDoesNotMatch");

        var head = await server.SendAsync("HEAD", path);
        Assert.Equal(("text/odd", "blue"), (head.Header("Content-Type"), head.Header("x-amz-meta-color")));
    }

    [Fact]
    public async Task A_URL_that_holds_a_digest_of_the_body_holds_the_body_to_it()
    {
        var path = $"/{await server.NewBucketAsync()}/key";
        var expires = Soon;
        const string md5OfHello = "XUFAKrxLKna5cZ2REBfFkg==";
        var url = Presigned(
            $"{path}?content-md5={Uri.EscapeDataString(md5OfHello)}", expires,
            $"PUT\n{md5OfHello}\n\n{expires}\n{path}");

        (await server.Raw.SendUnsignedAsync("PUT", url, "other"u8.ToArray())).AssertRefused(400, "BadDigest");
        (await server.Raw.SendUnsignedAsync("PUT", url, "hello"u8.ToArray())).AssertOk();
    }

    [Fact]
    public async Task A_URL_is_good_for_what_it_signs_alone()
    {
        var path = $"/{await server.NewBucketAsync()}/key";
        var expires = Soon;
        var url = Presigned(path, expires, $"GET\n\n\n{expires}\n{path}");

        var answers = new[]
        {
            await server.Raw.SendUnsignedAsync("DELETE", url),
            await server.Raw.SendUnsignedAsync("GET", url.Replace("/key?", "/other?", StringComparison.Ordinal)),
            await server.Raw.SendUnsignedAsync("GET", url + "&tagging"),
            await server.Raw.SendUnsignedAsync("GET", url + "&attributes"),
            await server.Raw.SendUnsignedAsync(
                "GET", url.Replace(expires, InSeconds(90), StringComparison.Ordinal)),
        };

        Assert.All(answers, answer => answer.AssertRefused(403, "SignatureDoesNotMatch"));
        Assert.Equal($"DELETE\n\n\n{expires}\n{path}", answers[0].Element("StringToSign")!
            .Replace("&#xa;", "\n", StringComparison.OrdinalIgnoreCase));
        Assert.Null(answers[0].Element("CanonicalRequest"));
    }

    [Fact]
    public async Task A_URL_ends()
    {
        var path = $"/{await server.NewBucketAsync()}/key";
        var expires = InSeconds(-1);

        var answer = await server.Raw.SendUnsignedAsync("GET", Presigned(path, expires, $"GET\n\n\n{expires}\n{path}"));

        Assert.Equal("Request has expired", answer.AssertRefused(403, "AccessDenied").Element("Message"));
        Assert.NotNull(answer.Element("Expires"));
        Assert.NotNull(answer.Element("ServerTime"));
    }

    [Theory]
    [InlineData("AWSAccessKeyId=a&Signature=b", "AccessDenied")]
    [InlineData("AWSAccessKeyId=a&Signature=b&Expires=never", "AccessDenied")]
    [InlineData("AWSAccessKeyId=a&Signature=b&Expires=99999999999", "InvalidAccessKeyId")]
    public async Task A_URL_that_says_too_little_is_refused(string query, string code) =>
        (await server.Raw.SendUnsignedAsync("GET", $"/{await server.NewBucketAsync()}/key?{query}"))
            .AssertRefused(403, code);

    [Fact]
    public async Task Chunks_with_signatures_need_version_4()
    {
        const string mode = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
        var target = $"/{await server.NewBucketAsync()}/key";
        var date = Now;

        var answer = await server.Raw.SendUnsignedAsync(
            "PUT", target, [], ("Date", date), ("x-amz-content-sha256", mode),
            Authorization($"PUT\n\n\n{date}\nx-amz-content-sha256:{mode}\n{target}"));

        answer.AssertRefused(400, "InvalidRequest");
    }

    [Fact]
    public async Task A_region_that_opened_later_takes_version_4_alone()
    {
        var directory = Directory.CreateTempSubdirectory("objectserver-").FullName;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddObjectServer(new ObjectServerOptions
        {
            DataDirectory = directory,
            AccessKey = ServerFixture.AccessKeyId,
            SecretKey = ServerFixture.SecretAccessKey,
            Region = "eu-central-1",
            DiskReserveBytes = 0,
        });
        await using (var application = builder.Build())
        {
            application.MapObjectServer();
            await application.StartAsync(Cancellation);
            var address = application.Services.GetRequiredService<IServer>()
                .Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            var raw = new RawClient(new IPEndPoint(IPAddress.Loopback, new Uri(address).Port));
            var date = Now;
            var answers = new[]
            {
                await raw.SendUnsignedAsync("GET", "/", null, ("Date", date), Authorization($"GET\n\n\n{date}\n/")),
                await raw.SendUnsignedAsync("GET", Presigned("/", Soon, "")),
            };

            Assert.All(answers, answer => Assert.Equal(
                "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
                answer.AssertRefused(400, "InvalidRequest").Element("Message")));
            await application.StopAsync(Cancellation);
        }

        Directory.Delete(directory, recursive: true);
    }

    private static string InSeconds(int seconds) => TimeProvider.System.GetUtcNow().AddSeconds(seconds)
        .ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static (string Name, string Value) Authorization(string stringToSign) =>
        ("Authorization", $"AWS {ServerFixture.AccessKeyId}:{Sign(stringToSign)}");

    private static string Presigned(string target, string expires, string stringToSign) =>
        $"{target}{(target.Contains('?', StringComparison.Ordinal) ? '&' : '?')}"
        + $"AWSAccessKeyId={ServerFixture.AccessKeyId}&Expires={expires}"
        + $"&Signature={Uri.EscapeDataString(Sign(stringToSign))}";

    private static string Sign(string stringToSign) => Convert.ToBase64String(HMACSHA1.HashData(
        Encoding.UTF8.GetBytes(ServerFixture.SecretAccessKey), Encoding.UTF8.GetBytes(stringToSign)));
}
