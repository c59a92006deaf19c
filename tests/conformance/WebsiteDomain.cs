namespace ObjectServer.Conformance;

/// <summary><c>--website-domain</c>: websites' own domains at the addresses of S3.</summary>
public sealed class WebsiteDomain
{
    private const string Site = "www.example.com";

    [Fact]
    public async Task Everything_at_such_a_domain_is_its_buckets_website()
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(
            directory["data"], "--website-domain", Site, "--domain", "s3.example.com");
        var host = ("Host", "WWW.Example.com.:9000");
        var nothing = await server.Raw.SendUnsignedAsync("GET", "/", null, host);
        Assert.Equal((404, "NoSuchBucket"), (nothing.Status, nothing.Header("x-amz-error-code")));
        await WebsiteCases.OpenAsync(server, Site);
        await WebsiteCases.OpenAsync(server, "other");
        await WebsiteCases.OpenAsync(server, "www.example.net");
        (await server.Raw.SendAsync("PUT", $"/{Site}/-/health/live", "a key"u8.ToArray())).AssertOk();

        Assert.Equal(Site, (await server.Raw.SendUnsignedAsync("GET", "/", null, host)).AssertOk().Text);
        Assert.Equal(Site, (await server.Raw.SendUnsignedAsync("GET", "/?X-Amz-Signature=1&acl", null, host)).AssertOk().Text);
        Assert.Equal("a key", (await server.Raw.SendUnsignedAsync("GET", "/-/health/live", null, host)).AssertOk().Text);
        Assert.Equal("live\n", (await server.Raw.SendUnsignedAsync("GET", "/-/health/live")).AssertOk().Text);

        // Nothing of another bucket's is at this origin, signed or not.
        foreach (var query in (string[])["", "?X-Amz-Signature=1", "?Signature=1"])
        {
            var target = "/other/index.html" + query;
            Assert.Equal("other", (await server.Raw.SendUnsignedAsync("GET", "/other/index.html")).AssertOk().Text);
            foreach (var page in (RawAnswer[])
            [
                await server.Raw.SendUnsignedAsync("GET", target, null, host), await server.Raw.SendAsync("GET", target, null, host),
            ])
            {
                Assert.Equal((403, "AccessDenied"), (page.Status, page.Header("x-amz-error-code")));
            }
        }

        foreach (var method in (string[])["PUT", "POST", "DELETE"])
        {
            Assert.Equal(405, (await server.Raw.SendAsync(method, "/other/index.html", [], host)).Status);
        }

        // A domain that nobody named is S3's.
        (await server.Raw.SendUnsignedAsync("GET", "/", null, ("Host", "www.example.net"))).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task Any_domain_may_be_a_websites_but_none_of_S3s()
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(
            directory["data"], "--website-domain", "*", "--domain", "s3.example.com");
        await WebsiteCases.OpenAsync(server, Site);
        Assert.Equal(Site, (await server.Raw.SendUnsignedAsync("GET", "/", null, ("Host", Site))).AssertOk().Text);

        foreach (var host in (string[])["s3.example.com", "s3.localhost", "s3-website.example.com", "a.s3-website-eu-west-1.example.com"])
        {
            await WebsiteCases.OpenAsync(server, host);
            (await server.Raw.SendUnsignedAsync("GET", "/", null, ("Host", host))).AssertRefused(403, "AccessDenied");
            (await server.Raw.SendAsync("GET", "/", null, ("Host", host))).AssertOk();
        }

        foreach (var host in (string[])["server:9000", server.Raw.Host, "localhost"])
        {
            (await server.Raw.SendUnsignedAsync("GET", "/", null, ("Host", host))).AssertRefused(403, "AccessDenied");
        }
    }
}
