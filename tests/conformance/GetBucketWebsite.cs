using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketWebsite.html</summary>
public sealed class GetBucketWebsite(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Documents_and_rules_come_back_as_they_were_sent()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await WebsiteCases.PutAsync(bucket, new()
        {
            IndexDocumentSuffix = "index.html",
            ErrorDocument = "errors/404.html",
            RoutingRules =
            [
                WebsiteCases.Rule("docs/", to: to => to.ReplaceKeyPrefixWith = "documents/"),
                WebsiteCases.Rule("images/", "404", to =>
                {
                    to.HostName = "else.test";
                    to.Protocol = "https";
                    to.HttpRedirectCode = "302";
                    to.ReplaceKeyWith = "gone.html";
                }),
                WebsiteCases.Rule(),
            ],
        });

        var website = (await bucket.S3.GetBucketWebsiteAsync(bucket.Name, Cancellation)).WebsiteConfiguration;

        Assert.Equal(("index.html", "errors/404.html"), (website.IndexDocumentSuffix, website.ErrorDocument));
        Assert.Equal(
            ["docs/|||||documents/|", "images/|404|else.test|https|302||gone.html", "||else.test||||"],
            website.RoutingRules.Select(Show));

        static string Show(RoutingRule rule) => string.Join('|', (string?[])
        [
            rule.Condition?.KeyPrefixEquals,
            rule.Condition?.HttpErrorCodeReturnedEquals,
            rule.Redirect.HostName,
            rule.Redirect.Protocol,
            rule.Redirect.HttpRedirectCode,
            rule.Redirect.ReplaceKeyPrefixWith,
            rule.Redirect.ReplaceKeyWith,
        ]);
    }

    [Fact]
    public async Task A_signpost_comes_back_as_it_was_sent()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await WebsiteCases.PutAsync(
            bucket, new() { RedirectAllRequestsTo = new() { HostName = "www.example.com", Protocol = "https" } });

        var answer = await bucket.SendAsync("GET", "", query: [("website", "")]);

        Assert.Equal(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + "<WebsiteConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><RedirectAllRequestsTo>"
            + "<HostName>www.example.com</HostName><Protocol>https</Protocol></RedirectAllRequestsTo></WebsiteConfiguration>",
            answer.AssertOk().Text);
    }

    [Fact]
    public async Task A_bucket_that_is_none_says_so()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        var answer = await bucket.SendAsync("GET", "", query: [("website", "")]);
        answer.AssertRefused(404, "NoSuchWebsiteConfiguration");
        Assert.Equal(
            ("The specified bucket does not have a website configuration", bucket.Name),
            (answer.Element("Message"), answer.Element("BucketName")));
    }
}
