using System.Security.Cryptography;
using System.Text;

namespace ObjectServer.Conformance;

/// <summary><c>--website-listen</c>: an address for websites alone.</summary>
public sealed class WebsiteListen
{
    [Fact]
    public async Task Every_request_there_is_to_the_website_that_its_host_names()
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(
            directory["data"], "--website-listen", "http://127.0.0.1:0", "--domain", "s3.example.com");
        const string Says = "  websites  ";
        var line = await server.ReadLineAsync(said => said.StartsWith(Says, StringComparison.Ordinal));
        var websites = ServerProcess.RawAt(new Uri(line[Says.Length..]));
        await OpenAsync(server, "site");
        await OpenAsync(server, "www.example.com");

        foreach (var (host, bucket) in ((string, string)[])
        [
            ("site.s3-website.localhost:80", "site"),
            ("site.s3-website.example.com", "site"),
            ("site.s3-website-us-east-1.s3.example.com", "site"),
            ("site.localhost", "site"),
            ("site.s3.example.com", "site"),
            ("site", "site"),
            ("WWW.example.com.", "www.example.com"),
        ])
        {
            Assert.Equal(bucket, (await websites.SendUnsignedAsync("GET", "/", null, ("Host", host))).AssertOk().Text);
        }

        // Nothing of S3's is there, and nothing of the server's own.
        foreach (var (host, target) in ((string, string)[])
        [
            ("127.0.0.1", "/site/index.html"), ("localhost", "/site"), ("localhost", "/-/health/live"), ("other.example.com", "/"),
        ])
        {
            var page = await websites.SendAsync("GET", target, null, ("Host", host));
            Assert.Equal((404, "NoSuchBucket"), (page.Status, page.Header("x-amz-error-code")));
        }

        var missing = await websites.SendUnsignedAsync("GET", "/-/health/live", null, ("Host", "www.example.com"));
        Assert.Equal((403, "AccessDenied"), (missing.Status, missing.Header("x-amz-error-code")));
        Assert.Equal(405, (await websites.SendAsync("PUT", "/new", [], ("Host", "www.example.com"))).Status);
        Assert.Equal("live\n", (await server.Raw.SendUnsignedAsync("GET", "/-/health/live")).AssertOk().Text);
    }

    private static async Task OpenAsync(ServerProcess server, string bucket)
    {
        (await server.Raw.SendAsync("PUT", $"/{bucket}")).AssertOk();
        (await server.Raw.SendAsync("PUT", $"/{bucket}/index.html", Encoding.UTF8.GetBytes(bucket))).AssertOk();
        await PutAsync(
            server,
            $"/{bucket}?policy",
            $$"""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{{bucket}}/*"} }""",
            204);
        await PutAsync(
            server,
            $"/{bucket}?website",
            "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>",
            200);
    }

    private static async Task PutAsync(ServerProcess server, string target, string document, int status)
    {
        var body = Encoding.UTF8.GetBytes(document);
        (await server.Raw.SendAsync("PUT", target, body, ("Content-MD5", Convert.ToBase64String(MD5.HashData(body)))))
            .AssertOk(status);
    }
}
