using Amazon.S3;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>What the visitors of a website see.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteHosting.html</remarks>
public sealed class Websites(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static WebsiteConfiguration WithErrorPage => new() { IndexDocumentSuffix = "index.html", ErrorDocument = "error.html" };

    [Theory]
    [InlineData("/", "root")]
    [InlineData("/?q=100%&acl&versionId=none&X-Amz-Signature=1", "root")]
    [InlineData("/docs/", "docs")]
    [InlineData("/docs/index.html", "docs")]
    [InlineData("/a%20b", "spaced")]
    public async Task A_path_that_ends_in_a_slash_shows_its_index_and_a_query_means_nothing(string target, string content)
    {
        var bucket = await WebsiteCases.OpenAsync(server);
        await bucket.PutAsync("index.html", "root", put => put.ContentType = "text/html; charset=utf-8");
        await bucket.PutAsync("docs/index.html", "docs");
        await bucket.PutAsync("docs/", "the folder's own object");
        await bucket.PutAsync("a b", "spaced");

        var page = await server.VisitAsync(bucket, target);

        Assert.Equal(content, page.AssertOk().Text);
        if (content == "root")
        {
            Assert.Equal("text/html; charset=utf-8", page.Header("Content-Type"));
        }
    }

    [Theory]
    [InlineData("/docs", "/docs/")]
    [InlineData("/docs?q=1", "/docs/")]
    [InlineData("/%C3%B6/a%20b", "/%C3%B6/a%20b/")]
    [InlineData("//elsewhere.test", "/%2Felsewhere.test/")]
    public async Task A_folder_without_its_slash_leads_to_the_one_with_it(string target, string location)
    {
        var bucket = await WebsiteCases.OpenAsync(server, isListed: false);
        foreach (var folder in (string[])["docs", "ö/a b", "/elsewhere.test"])
        {
            // The SDK takes a slash at the begin of a key for one too many.
            (await bucket.SendAsync("PUT", folder + "/index.html", "index"u8.ToArray())).AssertOk();
        }

        foreach (var method in (string[])["GET", "HEAD"])
        {
            var answer = await server.VisitAsync(bucket, method, target);
            Assert.Equal((302, location), (answer.Status, answer.Header("Location")));
            Assert.Equal(("Found", "Resource Found"), (answer.Header("x-amz-error-code"), answer.Header("x-amz-error-message")));
        }

        Assert.Equal("index", (await server.VisitAsync(bucket, location)).AssertOk().Text);
    }

    [Fact]
    public async Task An_object_of_a_folders_name_is_shown_and_a_folder_without_an_index_is_none()
    {
        var bucket = await WebsiteCases.OpenAsync(server);
        await bucket.PutAsync("docs", "object");
        await bucket.PutAsync("docs/index.html", "index");
        await bucket.PutAsync("images/a.png", "picture");

        Assert.Equal("object", (await server.VisitAsync(bucket, "/docs")).AssertOk().Text);
        Assert.Equal(404, (await server.VisitAsync(bucket, "/images")).Status);
        Assert.Equal(404, (await server.VisitAsync(bucket, "/images/")).Status);
    }

    [Fact]
    public async Task A_page_for_people_says_what_is_missing()
    {
        var bucket = await WebsiteCases.OpenAsync(server);

        var page = await server.VisitAsync(bucket, "/a%3Cscript%3E%26/");

        Assert.Equal((404, "text/html; charset=utf-8"), (page.Status, page.Header("Content-Type")));
        Assert.Equal(
            "<html>\n<head><title>404 Not Found</title></head>\n<body>\n<h1>404 Not Found</h1>\n<ul>\n"
            + "<li>Code: NoSuchKey</li>\n<li>Message: The specified key does not exist.</li>\n"
            + "<li>Key: a&lt;script&gt;&amp;/index.html</li>\n"
            + $"<li>RequestId: {page.Header("x-amz-request-id")}</li>\n<li>HostId: {page.Header("x-amz-id-2")}</li>\n</ul>\n"
            + "<hr/>\n</body>\n</html>\n",
            page.Text);
        Assert.Equal(
            ("NoSuchKey", "The specified key does not exist.", "a%3Cscript%3E&/index.html"),
            (page.Header("x-amz-error-code"), page.Header("x-amz-error-message"), page.Header("x-amz-error-detail-Key")));

        var head = await server.VisitAsync(bucket, "HEAD", "/missing");
        Assert.Equal((404, "NoSuchKey"), (head.Status, head.Header("x-amz-error-code")));
        Assert.Null(head.Header("Content-Length"));
    }

    [Fact]
    public async Task Who_may_not_list_the_bucket_does_not_learn_what_is_missing()
    {
        var bucket = await WebsiteCases.OpenAsync(server, isListed: false);

        var page = await server.VisitAsync(bucket, "/missing");

        Assert.Equal((403, "AccessDenied"), (page.Status, page.Header("x-amz-error-code")));
        Assert.DoesNotContain("missing", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_that_is_no_website_and_one_that_is_not_there_say_so()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var none = await server.VisitAsync(bucket, "/");
        Assert.Equal((404, "NoSuchWebsiteConfiguration"), (none.Status, none.Header("x-amz-error-code")));
        Assert.Contains("<li>Code: NoSuchWebsiteConfiguration</li>\n", none.Text, StringComparison.Ordinal);

        await bucket.S3.DeleteBucketAsync(bucket.Name, Cancellation);
        var gone = await server.VisitAsync(bucket, "/");
        Assert.Equal((404, "NoSuchBucket"), (gone.Status, gone.Header("x-amz-error-code")));
        Assert.Contains($"<li>BucketName: {bucket.Name}</li>\n", gone.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_cannot_be_is_refused_with_a_page()
    {
        var bucket = await WebsiteCases.OpenAsync(server);
        foreach (var (target, code) in ((string, string)[])
        [
            ("/%zz", "InvalidURI"),
            ($"/{new string('k', 1025)}", "KeyTooLongError"),
            ($"/{new string('k', 1020)}/", "KeyTooLongError"),
        ])
        {
            var page = await server.VisitAsync(bucket, target);
            Assert.Equal((400, code), (page.Status, page.Header("x-amz-error-code")));
            Assert.StartsWith("<html>", page.Text, StringComparison.Ordinal);
        }

        Assert.Equal(404, (await server.VisitAsync(bucket, $"/{new string('k', 1020)}")).Status);
    }

    [Fact]
    public async Task An_error_page_of_its_own_is_shown_with_the_errors_status()
    {
        var bucket = await WebsiteCases.OpenAsync(server, WithErrorPage);
        await bucket.PutAsync("error.html", "lost?", put => put.ContentType = "text/html");

        var page = await server.VisitAsync(bucket, "/missing", ("Range", "bytes=0-1"), ("If-None-Match", "*"));

        Assert.Equal((404, "lost?", "text/html"), (page.Status, page.Text, page.Header("Content-Type")));
        Assert.Equal(
            ("NoSuchKey", "The specified key does not exist.", "missing"),
            (page.Header("x-amz-error-code"), page.Header("x-amz-error-message"), page.Header("x-amz-error-detail-Key")));
        Assert.NotNull(page.Header("ETag"));

        var head = await server.VisitAsync(bucket, "HEAD", "/missing");
        Assert.Equal(
            (404, "NoSuchKey", page.Header("ETag"), "5"),
            (head.Status, head.Header("x-amz-error-code"), head.Header("ETag"), head.Header("Content-Length")));
    }

    [Fact]
    public async Task An_error_page_that_cannot_be_shown_is_an_error_within_the_error()
    {
        const string Nested = "</ul>\n<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n<ul>\n";
        var bucket = await WebsiteCases.OpenAsync(server, WithErrorPage);

        var page = await server.VisitAsync(bucket, "/missing");

        Assert.Equal(404, page.Status);
        Assert.EndsWith(
            Nested + "<li>Code: NoSuchKey</li>\n<li>Message: The specified key does not exist.</li>\n"
            + "<li>Key: error.html</li>\n</ul>\n<hr/>\n</body>\n</html>\n",
            page.Text,
            StringComparison.Ordinal);

        await bucket.S3.DeleteBucketPolicyAsync(new DeleteBucketPolicyRequest { BucketName = bucket.Name }, Cancellation);
        await bucket.PutAsync("error.html", "lost?");
        var denied = await server.VisitAsync(bucket, "/missing");
        Assert.Equal(403, denied.Status);
        Assert.EndsWith(
            Nested + "<li>Code: AccessDenied</li>\n<li>Message: Access Denied</li>\n</ul>\n<hr/>\n</body>\n</html>\n",
            denied.Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_page_may_be_somewhere_else()
    {
        var bucket = await WebsiteCases.OpenAsync(server, WithErrorPage);
        await bucket.PutAsync("error.html", "", put => put.WebsiteRedirectLocation = "/sorry.html");

        AssertLeads(await server.VisitAsync(bucket, "/missing"), 301, "/sorry.html");
        AssertLeads(await server.VisitAsync(bucket, "HEAD", "/missing"), 301, "/sorry.html");
    }

    [Theory]
    [InlineData("/", "http://www.example.com/")]
    [InlineData("/a%20b/?q=1&acl", "http://www.example.com/a%20b/?q=1&acl")]
    [InlineData("/a?", "http://www.example.com/a")]
    public async Task A_signpost_leads_everybody_elsewhere(string target, string location)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await WebsiteCases.PutAsync(bucket, new() { RedirectAllRequestsTo = new() { HostName = "www.example.com" } });
        AssertLeads(await server.VisitAsync(bucket, target), 301, location);

        await WebsiteCases.PutAsync(
            bucket, new() { RedirectAllRequestsTo = new() { HostName = "www.example.com", Protocol = "https" } });
        AssertLeads(await server.VisitAsync(bucket, "HEAD", target), 301, "https" + location[4..]);
    }

    [Fact]
    public async Task Rules_that_ask_for_a_prefix_outrank_what_is_there()
    {
        var bucket = await OpenWithAsync(
            WebsiteCases.Rule("docs/", to: to => to.ReplaceKeyPrefixWith = "documents/"),
            WebsiteCases.Rule("images/", to: to =>
            {
                to.ReplaceKeyWith = "gone.html";
                to.HttpRedirectCode = "302";
            }));
        await bucket.PutAsync("docs/a", "here");
        await bucket.PutAsync("index.html", "index");

        var own = $"http://{WebsiteCases.HostOf(bucket)}";
        AssertLeads(await server.VisitAsync(bucket, "/docs/a?q=1"), 301, $"{own}/documents/a?q=1");
        AssertLeads(await server.VisitAsync(bucket, "/docs/"), 301, $"{own}/documents/");
        AssertLeads(await server.VisitAsync(bucket, "/images/x?q"), 302, $"{own}/gone.html");
        Assert.Equal("index", (await server.VisitAsync(bucket, "/")).AssertOk().Text);
        Assert.Equal(404, (await server.VisitAsync(bucket, "/docs")).Status);
    }

    [Fact]
    public async Task Rules_that_ask_for_an_error_wait_for_it()
    {
        var bucket = await OpenWithAsync(
            WebsiteCases.Rule("images/", "404"),
            WebsiteCases.Rule(errorCode: "403", to: to => to.ReplaceKeyPrefixWith = "#!/"));
        await bucket.PutAsync("images/here", "here");

        Assert.Equal("here", (await server.VisitAsync(bucket, "/images/here")).AssertOk().Text);
        AssertLeads(await server.VisitAsync(bucket, "/images/missing?q"), 301, "http://else.test/images/missing?q");
        Assert.Equal(404, (await server.VisitAsync(bucket, "/missing")).Status);

        await bucket.S3.DeleteBucketPolicyAsync(new DeleteBucketPolicyRequest { BucketName = bucket.Name }, Cancellation);
        AssertLeads(
            await server.VisitAsync(bucket, "/app/page"), 301, $"http://{WebsiteCases.HostOf(bucket)}/#!/app/page");
    }

    [Fact]
    public async Task The_first_rule_that_fits_counts_whether_or_not_it_asks_for_an_error()
    {
        var bucket = await OpenWithAsync(
            WebsiteCases.Rule(errorCode: "404", to: to => to.HostName = "missing.test"),
            WebsiteCases.Rule(to: to => to.HostName = "all.test"));
        await bucket.PutAsync("here", "here");
        await bucket.PutAsync("folder/index.html", "index");

        AssertLeads(await server.VisitAsync(bucket, "/missing"), 301, "http://missing.test/missing");
        AssertLeads(await server.VisitAsync(bucket, "/here"), 301, "http://all.test/here");
        AssertLeads(await server.VisitAsync(bucket, "/folder"), 301, "http://all.test/folder");
    }

    [Theory]
    [InlineData("/elsewhere?q=1#part")]
    [InlineData("https://example.com/a")]
    public async Task An_object_may_lead_elsewhere_and_is_itself_for_clients_of_S3(string location)
    {
        var bucket = await WebsiteCases.OpenAsync(server);
        await bucket.PutAsync("old/index.html", "old", put => put.WebsiteRedirectLocation = location);
        await bucket.PutAsync("empty", "", put => put.WebsiteRedirectLocation = location);

        AssertLeads(await server.VisitAsync(bucket, "/old/"), 301, location);
        AssertLeads(await server.VisitAsync(bucket, "HEAD", "/old/index.html"), 301, location);
        AssertLeads(await server.VisitAsync(bucket, "/empty", ("Range", "bytes=0-")), 301, location);
        var direct = await bucket.SendUnsignedAsync("GET", "old/index.html");
        Assert.Equal(("old", location), (direct.AssertOk().Text, direct.Header("x-amz-website-redirect-location")));
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    public async Task Visitors_get_and_do_nothing_else(string method)
    {
        var bucket = await WebsiteCases.OpenAsync(server, WithErrorPage);
        await bucket.PutAsync("index.html", "here");

        var page = await server.Raw.SendAsync(method, "/index.html", "body"u8.ToArray(), ("Host", WebsiteCases.HostOf(bucket)));

        Assert.Equal((405, "GET, HEAD, OPTIONS"), (page.Status, page.Header("Allow")));
        Assert.Contains(
            "<li>Code: MethodNotAllowed</li>\n<li>Message: The specified method is not allowed against this resource.</li>\n"
            + $"<li>Method: {method}</li>\n<li>ResourceType: OBJECT</li>\n",
            page.Text,
            StringComparison.Ordinal);
        Assert.Equal("here", (await server.VisitAsync(bucket, "/")).AssertOk().Text);
    }

    [Fact]
    public async Task A_signature_makes_nobody_of_a_visitor()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await WebsiteCases.PutAsync(bucket, new() { IndexDocumentSuffix = "index.html" });
        await bucket.PutAsync("index.html", "secret");

        var owner = await server.Raw.SendAsync("GET", "/", null, ("Host", WebsiteCases.HostOf(bucket)));
        Assert.Equal(403, owner.Status);

        await bucket.PutPolicyAsync(
            $$"""{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{{bucket.Name}}/*"}""");
        foreach (var authorization in (string[])["Basic dXNlcjpwYXNz", "AWS4-HMAC-SHA256 nonsense"])
        {
            var page = await server.VisitAsync(bucket, "/", ("Authorization", authorization));
            Assert.Equal("secret", page.AssertOk().Text);
        }
    }

    [Fact]
    public async Task Access_is_decided_as_for_S3()
    {
        var bucket = await WebsiteCases.OpenAsync(server, isListed: false);
        await bucket.PutAsync("index.html", "here");
        await bucket.PutPolicyAsync(
            $$$"""{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{{{bucket.Name}}}/*","Condition":{"StringLike":{"aws:Referer":"http://friend.test/*"} } }""");

        Assert.Equal(403, (await server.VisitAsync(bucket, "/")).Status);
        Assert.Equal("here", (await server.VisitAsync(bucket, "/", ("Referer", "http://friend.test/a"))).AssertOk().Text);
    }

    [Fact]
    public async Task An_object_that_its_ACL_makes_public_is_shown_until_public_access_is_blocked()
    {
        var name = ServerFixture.NewBucketName();
        await server.S3.PutBucketAsync(
            new PutBucketRequest { BucketName = name, ObjectOwnership = ObjectOwnership.ObjectWriter }, Cancellation);
        var host = ("Host", $"{name}.s3-website.localhost");
        await server.S3.PutBucketWebsiteAsync(name, new() { IndexDocumentSuffix = "index.html" }, Cancellation);
        await server.S3.PutObjectAsync(
            new() { BucketName = name, Key = "index.html", ContentBody = "here", CannedACL = S3CannedACL.PublicRead }, Cancellation);
        await server.S3.PutObjectAsync(new() { BucketName = name, Key = "private", ContentBody = "secret" }, Cancellation);

        Assert.Equal("here", (await server.Raw.SendUnsignedAsync("GET", "/", null, host)).AssertOk().Text);
        Assert.Equal(403, (await server.Raw.SendUnsignedAsync("GET", "/private", null, host)).Status);

        await server.S3.PutPublicAccessBlockAsync(
            new() { BucketName = name, PublicAccessBlockConfiguration = new() { IgnorePublicAcls = true } }, Cancellation);
        Assert.Equal(403, (await server.Raw.SendUnsignedAsync("GET", "/", null, host)).Status);
    }

    [Fact]
    public async Task What_lies_in_an_archive_is_not_shown()
    {
        var bucket = await WebsiteCases.OpenAsync(server);
        await bucket.PutAsync("index.html", "here", put => put.StorageClass = S3StorageClass.Glacier);

        foreach (var method in (string[])["GET", "HEAD"])
        {
            var page = await server.VisitAsync(bucket, method, "/");
            Assert.Equal((403, "InvalidObjectState"), (page.Status, page.Header("x-amz-error-code")));
        }
    }

    [Fact]
    public async Task Where_requesters_pay_no_visitor_is_let_in()
    {
        var bucket = await WebsiteCases.OpenAsync(server);
        await bucket.PutAsync("index.html", "here");
        await bucket.S3.PutBucketRequestPaymentAsync(
            new() { BucketName = bucket.Name, RequestPaymentConfiguration = new() { Payer = "Requester" } }, Cancellation);

        foreach (var target in (string[])["/", "/missing"])
        {
            var page = await server.VisitAsync(bucket, target, ("x-amz-request-payer", "requester"));
            Assert.Equal((403, "AccessDenied"), (page.Status, page.Header("x-amz-error-code")));
        }
    }

    [Fact]
    public async Task A_browser_or_a_network_of_caches_need_not_get_twice_what_it_has()
    {
        var bucket = await WebsiteCases.OpenAsync(server);
        await bucket.PutAsync("index.html", "0123456789", put => put.Headers.CacheControl = "public, max-age=60");

        var page = await server.VisitAsync(bucket, "/");
        var (eTag, modified) = (page.Header("ETag")!, page.Header("Last-Modified")!);
        Assert.Equal(("public, max-age=60", "bytes", "10"), (page.Header("Cache-Control"), page.Header("Accept-Ranges"), page.Header("Content-Length")));

        foreach (var condition in ((string, string)[])[("If-None-Match", eTag), ("If-None-Match", "W/" + eTag), ("If-Modified-Since", modified)])
        {
            var same = await server.VisitAsync(bucket, "/", condition);
            Assert.Equal(
                (304, eTag, modified, "public, max-age=60"),
                (same.Status, same.Header("ETag"), same.Header("Last-Modified"), same.Header("Cache-Control")));
        }

        var head = await server.VisitAsync(bucket, "HEAD", "/");
        Assert.Equal(
            (200, eTag, "10", "public, max-age=60"),
            (head.Status, head.Header("ETag"), head.Header("Content-Length"), head.Header("Cache-Control")));
        Assert.Equal(412, (await server.VisitAsync(bucket, "/", ("If-Match", "\"other\""))).Status);
    }

    [Fact]
    public async Task A_range_is_given_of_what_is_the_same_still()
    {
        var bucket = await WebsiteCases.OpenAsync(server, WithErrorPage);
        await bucket.PutAsync("film", "0123456789");
        var range = ("Range", "bytes=2-4");

        var part = await server.VisitAsync(bucket, "/film", range);
        Assert.Equal((206, "234", "bytes 2-4/10"), (part.Status, part.Text, part.Header("Content-Range")));
        foreach (var validator in (string[])[part.Header("ETag")!, part.Header("Last-Modified")!])
        {
            Assert.Equal("234", (await server.VisitAsync(bucket, "/film", range, ("If-Range", validator))).AssertOk(206).Text);
        }

        foreach (var other in (string[])["\"other\"", "W/" + part.Header("ETag"), "Sun, 06 Nov 1994 08:49:37 GMT"])
        {
            Assert.Equal("0123456789", (await server.VisitAsync(bucket, "/film", range, ("If-Range", other))).AssertOk().Text);
        }

        var beyond = await server.VisitAsync(bucket, "/film", ("Range", "bytes=10-"));
        Assert.Equal((416, "bytes */10", "InvalidRange"), (beyond.Status, beyond.Header("Content-Range"), beyond.Header("x-amz-error-code")));
    }

    [Fact]
    public async Task Pages_of_other_origins_are_told_what_the_bucket_allows_to_them()
    {
        var bucket = await WebsiteCases.OpenAsync(server);
        await bucket.PutAsync("font.woff", "font");
        await PutBucketCors.AllowAsync(
            bucket, new CORSRule { AllowedMethods = ["GET"], AllowedOrigins = ["http://a.test"], AllowedHeaders = ["x-*"] });
        var origin = ("Origin", "http://a.test");

        var preflight = await server.VisitAsync(
            bucket, "OPTIONS", "/font.woff", origin, ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "x-a"));
        Assert.Equal(
            (200, "http://a.test", "x-a"),
            (preflight.Status, preflight.Header("Access-Control-Allow-Origin"), preflight.Header("Access-Control-Allow-Headers")));
        var forbidden = await server.VisitAsync(
            bucket, "OPTIONS", "/font.woff", origin, ("Access-Control-Request-Method", "PUT"));
        Assert.Equal((403, "AccessForbidden"), (forbidden.Status, forbidden.Header("x-amz-error-code")));

        foreach (var (target, status) in ((string, int)[])
        [
            ("/font.woff", 200), ("/missing", 404), ("/%zz", 400), ($"/{new string('k', 1025)}", 400),
        ])
        {
            var answer = await server.VisitAsync(bucket, target, origin);
            Assert.Equal((status, "http://a.test"), (answer.Status, answer.Header("Access-Control-Allow-Origin")));
            Assert.StartsWith("Origin", answer.Header("Vary"), StringComparison.Ordinal);
        }

        Assert.Null((await server.VisitAsync(bucket, "/font.woff")).Header("Vary"));
    }

    [Fact]
    public async Task A_bucket_that_is_called_as_a_host_takes_nothing_of_it_unasked()
    {
        var host = $"minio.{Guid.NewGuid():N}.example";
        await server.S3.PutBucketAsync(host, Cancellation);
        await server.S3.PutBucketWebsiteAsync(
            host, new() { RedirectAllRequestsTo = new() { HostName = "elsewhere.test" } }, Cancellation);

        foreach (var target in (string[])["/", $"/{host}/key"])
        {
            (await server.Raw.SendUnsignedAsync("GET", target, null, ("Host", host))).AssertRefused(403, "AccessDenied");
        }
    }

    [Fact]
    public async Task What_S3_would_not_get_to_is_refused_with_a_page()
    {
        var bucket = await WebsiteCases.OpenAsync(server);
        var host = WebsiteCases.HostOf(bucket);
        foreach (var (page, code) in ((RawAnswer, string)[])
        [
            (await server.VisitAsync(bucket, "/", ("x-large", new string('x', 17 * 1024))), "RequestHeaderSectionTooLarge"),
            (await server.VisitAsync(bucket, "OPTIONS", "*"), "InvalidURI"),
            (await server.VisitAsync(bucket, $"http://user@{host}/"), "InvalidURI"),
        ])
        {
            Assert.Equal((400, code), (page.Status, page.Header("x-amz-error-code")));
            Assert.StartsWith("<html>", page.Text, StringComparison.Ordinal);
        }

        (await server.Raw.SendUnsignedAsync("GET", $"http://user@{server.Raw.Host}/")).AssertRefused(400, "InvalidURI");
    }

    [Fact]
    public async Task A_presigned_URL_is_worth_nothing()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await WebsiteCases.PutAsync(bucket, new() { IndexDocumentSuffix = "index.html" });
        await bucket.PutAsync("key", "secret");
        var host = new Uri($"http://{WebsiteCases.HostOf(bucket)}");
        using var s3 = server.Connect(
            virtualHosted: true, configure: config => config.ServiceURL = $"http://s3-website.localhost:{host.Port}");
        var url = new Uri(await s3.GetPreSignedURLAsync(new()
        {
            BucketName = bucket.Name,
            Key = "key",
            Expires = DateTime.UtcNow.AddMinutes(5),
            Protocol = Protocol.HTTP,
        }));
        Assert.Equal(host.Authority, url.Authority);

        var page = await server.VisitAsync(bucket, url.PathAndQuery);

        Assert.Equal((403, "AccessDenied"), (page.Status, page.Header("x-amz-error-code")));
    }

    [Fact]
    public async Task A_public_policy_opens_nothing_where_public_buckets_are_restricted()
    {
        var bucket = await WebsiteCases.OpenAsync(server);
        await bucket.PutAsync("index.html", "here");
        Assert.Equal("here", (await server.VisitAsync(bucket, "/")).AssertOk().Text);

        await bucket.S3.PutPublicAccessBlockAsync(
            new() { BucketName = bucket.Name, PublicAccessBlockConfiguration = new() { RestrictPublicBuckets = true } }, Cancellation);

        Assert.Equal(403, (await server.VisitAsync(bucket, "/")).Status);
    }

    [Fact]
    public async Task What_was_deleted_is_gone_until_it_is_put_again()
    {
        var bucket = await WebsiteCases.OpenAsync(server);
        await bucket.SetVersioningAsync(VersionStatus.Enabled);
        await bucket.PutAsync("docs", "first");
        await bucket.PutAsync("docs/index.html", "index");
        await bucket.DeleteAsync("docs");
        Assert.Equal((302, "/docs/"), await StatusAndLocationAsync("/docs"));

        await bucket.DeleteAsync("docs/index.html");
        var gone = await server.VisitAsync(bucket, "/docs");
        Assert.Equal((404, "NoSuchKey"), (gone.Status, gone.Header("x-amz-error-code")));

        await bucket.PutAsync("docs", "second");
        Assert.Equal("second", (await server.VisitAsync(bucket, "/docs")).AssertOk().Text);

        async Task<(int, string?)> StatusAndLocationAsync(string target)
        {
            var answer = await server.VisitAsync(bucket, target);
            return (answer.Status, answer.Header("Location"));
        }
    }

    [Fact]
    public async Task A_key_that_may_not_be_read_looks_like_one_that_is_not_there()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await WebsiteCases.PutAsync(bucket, new() { IndexDocumentSuffix = "index.html" });
        await bucket.PutPolicyAsync(
            $$"""{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{{bucket.Name}}/*/index.html"}""");
        foreach (var key in (string[])["there", "there/index.html", "absent/index.html", "alone"])
        {
            await bucket.PutAsync(key, key);
        }

        foreach (var key in (string[])["there", "absent"])
        {
            var answer = await server.VisitAsync(bucket, "/" + key);
            Assert.Equal((302, $"/{key}/"), (answer.Status, answer.Header("Location")));
        }

        foreach (var target in (string[])["/alone", "/nothing"])
        {
            Assert.Equal(403, (await server.VisitAsync(bucket, target)).Status);
        }
    }

    [Fact]
    public async Task Of_what_is_not_there_no_refusal_is_kept()
    {
        var bucket = await WebsiteCases.OpenAsync(server, isListed: false);

        var missing = await server.VisitAsync(bucket, "/missing");

        Assert.Equal(403, missing.Status);
        Assert.Equal(404, (await server.SendAsync("GET", $"/-/explain/{missing.Header("x-amz-request-id")}")).Status);
    }

    [Fact]
    public async Task What_is_archived_cannot_be_shown_and_leads_elsewhere_all_the_same()
    {
        var bucket = await WebsiteCases.OpenAsync(server, WithErrorPage);
        await bucket.PutAsync("page", "cold", put => put.StorageClass = S3StorageClass.Glacier);
        await bucket.PutAsync("docs/index.html", "cold", put => put.StorageClass = S3StorageClass.Glacier);
        await bucket.PutAsync("moved", "cold", put =>
        {
            put.StorageClass = S3StorageClass.Glacier;
            put.WebsiteRedirectLocation = "/page";
        });

        foreach (var target in (string[])["/page", "/docs/"])
        {
            foreach (var method in (string[])["GET", "HEAD"])
            {
                var page = await server.VisitAsync(bucket, method, target);
                Assert.Equal((403, "InvalidObjectState"), (page.Status, page.Header("x-amz-error-code")));
            }
        }

        Assert.Equal(404, (await server.VisitAsync(bucket, "/docs")).Status);
        AssertLeads(await server.VisitAsync(bucket, "/moved"), 301, "/page");
        AssertLeads(await server.VisitAsync(bucket, "HEAD", "/moved"), 301, "/page");

        await bucket.PutAsync("error.html", "cold", put => put.StorageClass = S3StorageClass.Glacier);
        var missing = await server.VisitAsync(bucket, "/missing");
        Assert.Equal((404, "NoSuchKey"), (missing.Status, missing.Header("x-amz-error-code")));
        Assert.Contains(
            "<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n<ul>\n"
            + "<li>Code: InvalidObjectState</li>\n",
            missing.Text,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("302", 302)]
    [InlineData("303", 303)]
    [InlineData("307", 307)]
    [InlineData("308", 308)]
    public async Task A_rule_says_how_it_redirects(string code, int status)
    {
        var bucket = await OpenWithAsync(WebsiteCases.Rule(to: to =>
        {
            to.HostName = "else.test";
            to.HttpRedirectCode = code;
        }));

        foreach (var method in (string[])["GET", "HEAD"])
        {
            AssertLeads(await server.VisitAsync(bucket, method, "/a"), status, "http://else.test/a");
        }
    }

    [Fact]
    public async Task Whatever_fails_has_the_error_page_or_the_rule_for_it()
    {
        var website = WithErrorPage;
        website.RoutingRules = [WebsiteCases.Rule("ruled/", "416")];
        var bucket = await WebsiteCases.OpenAsync(server, website);
        await bucket.PutAsync("error.html", "sorry");
        await bucket.PutAsync("film", "0123456789");
        await bucket.PutAsync("ruled/film", "0123456789");
        (string, string) beyond = ("Range", "bytes=10-"), other = ("If-Match", "\"other\"");

        foreach (var (target, header, status) in ((string, (string, string), int)[])
        [
            ("/film", other, 412), ("/film", beyond, 416), ("/%zz", ("x", "y"), 400), ($"/{new string('k', 1025)}", ("x", "y"), 400),
        ])
        {
            var page = await server.VisitAsync(bucket, target, header);
            Assert.Equal((status, "sorry"), (page.Status, page.Text));
            var head = await server.VisitAsync(bucket, "HEAD", target, header);
            Assert.Equal((status, page.Header("ETag"), "5"), (head.Status, head.Header("ETag"), head.Header("Content-Length")));
        }

        Assert.Equal("bytes */10", (await server.VisitAsync(bucket, "/film", beyond)).Header("Content-Range"));
        AssertLeads(await server.VisitAsync(bucket, "/ruled/film", beyond), 301, "http://else.test/ruled/film");
        Assert.Equal("0123456789", (await server.VisitAsync(bucket, "/ruled/film")).AssertOk().Text);

        await bucket.PutPolicyAsync(
            $$"""{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{{bucket.Name}}/error.html"}""");
        var denied = await server.VisitAsync(bucket, "/film");
        Assert.Equal((403, "sorry", "AccessDenied"), (denied.Status, denied.Text, denied.Header("x-amz-error-code")));
    }

    private static void AssertLeads(RawAnswer answer, int status, string location)
    {
        Assert.Equal((status, location), (answer.Status, answer.Header("Location")));
        Assert.Empty(answer.Body);
    }

    private Task<ScratchBucket> OpenWithAsync(params RoutingRule[] rules) =>
        WebsiteCases.OpenAsync(server, new() { IndexDocumentSuffix = "index.html", RoutingRules = [.. rules] });
}
