using System.Security.Cryptography;
using System.Text;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>A bucket that is a website, and its visitors.</summary>
internal static class WebsiteCases
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A website that everybody may read, and whose keys everybody may list.</summary>
    public static async Task<ScratchBucket> OpenAsync(
        ServerFixture server, WebsiteConfiguration? website = null, bool isListed = true)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await PutAsync(bucket, website ?? new() { IndexDocumentSuffix = "index.html" });
        await bucket.PutPolicyAsync(
            [Allow("s3:GetObject", $"{bucket.Name}/*"), .. isListed ? [Allow("s3:ListBucket", bucket.Name)] : (string[])[]]);
        return bucket;
    }

    /// <summary>Makes a bucket a website.</summary>
    public static Task PutAsync(ScratchBucket bucket, WebsiteConfiguration website) =>
        bucket.S3.PutBucketWebsiteAsync(bucket.Name, website, Cancellation);

    /// <summary>Comes as a browser does.</summary>
    public static Task<RawAnswer> VisitAsync(
        this ServerFixture server, ScratchBucket bucket, string target, params (string Name, string Value)[] headers) =>
        server.VisitAsync(bucket, "GET", target, headers);

    /// <summary>Comes as a browser does.</summary>
    public static Task<RawAnswer> VisitAsync(
        this ServerFixture server,
        ScratchBucket bucket,
        string method,
        string target,
        params (string Name, string Value)[] headers) =>
        server.Raw.SendUnsignedAsync(method, target, null, [("Host", HostOf(bucket)), .. headers]);

    public static string HostOf(ScratchBucket bucket) => $"{bucket.Name}.s3-website.localhost:9000";

    /// <summary>A rule that leads to another host.</summary>
    public static RoutingRule Rule(
        string? prefix = null, string? errorCode = null, Action<RoutingRuleRedirect>? to = null)
    {
        var redirect = new RoutingRuleRedirect();
        (to ?? (with => with.HostName = "else.test"))(redirect);
        return new()
        {
            Condition = prefix is null && errorCode is null
                ? null
                : new() { KeyPrefixEquals = prefix, HttpErrorCodeReturnedEquals = errorCode },
            Redirect = redirect,
        };
    }

    /// <summary>The same on a server of a test's own: a website that shows its name.</summary>
    public static async Task OpenAsync(ServerProcess server, string bucket)
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

    private static string Allow(string action, string resource) =>
        $$"""{"Effect":"Allow","Principal":"*","Action":"{{action}}","Resource":"arn:aws:s3:::{{resource}}"}""";
}
