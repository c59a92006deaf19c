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
        await WebsiteCases.OpenAsync(server, "site");
        await WebsiteCases.OpenAsync(server, "www.example.com");

        // Whose names come close, and those that S3 has.
        string[] squatters =
        [
            "www", "site.s3.example.com", "lone.s3.example.com", "s3.example.com", "s3.localhost", "s3-website.example.com",
            "site.s3-website-eu-west-1.example.com",
        ];
        foreach (var squatter in squatters)
        {
            await WebsiteCases.OpenAsync(server, squatter);
        }

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
            .. squatters[2..].Select(host => (host, "/")),
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

    [Fact]
    public async Task The_address_for_health_and_metrics_has_no_websites()
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(
            directory["data"], "--admin-listen", "http://127.0.0.1:0", "--website-domain", "*");
        var admin = ServerProcess.RawAt(server.Addresses[1]);
        await WebsiteCases.OpenAsync(server, "www.example.com");

        foreach (var host in (string[])["site.s3-website.localhost", "www.example.com"])
        {
            Assert.Equal("live\n", (await admin.SendUnsignedAsync("GET", "/-/health/live", null, ("Host", host))).AssertOk().Text);
            Assert.Equal(404, (await admin.SendUnsignedAsync("GET", "/", null, ("Host", host))).Status);
        }
    }

    [Fact]
    public async Task A_folder_is_no_error()
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(directory["data"]);
        await WebsiteCases.OpenAsync(server, "site");
        (await server.Raw.SendAsync("PUT", "/site/docs/index.html", "docs"u8.ToArray())).AssertOk();

        (await server.Raw.SendUnsignedAsync("GET", "/docs", null, ("Host", "site.s3-website.localhost"))).AssertOk(302);

        var line = await server.ReadLineAsync(said => said.Contains(" Website ", StringComparison.Ordinal));
        Assert.Contains(" Website site docs 302 - in=0 ", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_comes_too_fast_is_told_so_with_a_page()
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(directory["data"], "--max-request-rate", "1");
        RawAnswer page;
        do
        {
            page = await server.Raw.SendUnsignedAsync("GET", "/", null, ("Host", "site.s3-website.localhost"));
        }
        while (page.Status == 404);

        Assert.Equal((503, "SlowDown"), (page.Status, page.Header("x-amz-error-code")));
        Assert.StartsWith("<html>", page.Text, StringComparison.Ordinal);
    }
}
