using System.Security.Cryptography;
using System.Text;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketWebsite.html</summary>
public sealed class PutBucketWebsite(ServerFixture server)
{
    private const string Index = "<IndexDocument><Suffix>index.html</Suffix></IndexDocument>";

    [Fact]
    public async Task A_new_website_replaces_the_old_one_at_once()
    {
        var bucket = await WebsiteCases.OpenAsync(server);
        await bucket.PutAsync("index.html", "old");
        await bucket.PutAsync("start.html", "new");
        Assert.Equal("old", (await server.VisitAsync(bucket, "/")).AssertOk().Text);

        await WebsiteCases.PutAsync(bucket, new() { IndexDocumentSuffix = "start.html" });

        Assert.Equal("new", (await server.VisitAsync(bucket, "/")).AssertOk().Text);
    }

    [Theory]
    [InlineData("", "MissingRequestBodyError")]
    [InlineData("<WebsiteConfiguration", "MalformedXML")]
    [InlineData("<Website/>", "MalformedXML")]
    [InlineData("<WebsiteConfiguration/>", "InvalidArgument")]
    [InlineData("<WebsiteConfiguration><IndexDocument><Suffix>a/b</Suffix></IndexDocument></WebsiteConfiguration>", "InvalidArgument")]
    [InlineData(
        "<WebsiteConfiguration>" + Index + "<RoutingRules><RoutingRule><Redirect><Protocol>ftp</Protocol></Redirect></RoutingRule>"
        + "</RoutingRules></WebsiteConfiguration>",
        "InvalidRequest")]
    public async Task What_is_no_website_is_refused_and_changes_nothing(string document, string code)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        (await SendAsync(bucket, Encoding.UTF8.GetBytes(document))).AssertRefused(400, code);
        (await bucket.SendAsync("GET", "", query: [("website", "")])).AssertRefused(404, "NoSuchWebsiteConfiguration");
    }

    [Fact]
    public async Task More_than_fifty_rules_are_refused()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var website = new Amazon.S3.Model.WebsiteConfiguration
        {
            IndexDocumentSuffix = "index.html",
            RoutingRules = [.. Enumerable.Repeat(WebsiteCases.Rule("a"), 51)],
        };
        var refusal = await ScratchBucket.AssertRefusedAsync(
            System.Net.HttpStatusCode.BadRequest, "InvalidRequest", () => WebsiteCases.PutAsync(bucket, website));
        Assert.Equal(
            "51 routing rules provided, the number of routing rules in a website configuration is limited to 50.",
            refusal.Message);
    }

    [Fact]
    public async Task A_document_may_have_128_KiB()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        (await SendAsync(bucket, Document(128 * 1024))).AssertOk();
        (await SendAsync(bucket, Document((128 * 1024) + 1))).AssertRefused(400, "MaxMessageLengthExceeded");

        static byte[] Document(int bytes) =>
            Encoding.UTF8.GetBytes($"<WebsiteConfiguration>{Index}</WebsiteConfiguration>".PadRight(bytes));
    }

    [Fact]
    public async Task A_digest_is_required()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        (await bucket.SendAsync("PUT", "", "<WebsiteConfiguration/>"u8.ToArray(), [("website", "")]))
            .AssertRefused(400, "InvalidRequest");
    }

    [Fact]
    public async Task Nobody_in_particular_may_not()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        foreach (var method in (string[])["PUT", "GET", "DELETE"])
        {
            (await server.Raw.SendUnsignedAsync(method, $"/{bucket.Name}?website")).AssertRefused(403, "AccessDenied");
        }
    }

    private static Task<RawAnswer> SendAsync(ScratchBucket bucket, byte[] document) => bucket.SendAsync(
        "PUT", "", document, [("website", "")], ("Content-MD5", Convert.ToBase64String(MD5.HashData(document))));
}
