using System.Security.Cryptography;
using System.Text;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html</summary>
public sealed class PutBucketCors(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task New_rules_replace_the_old_ones_at_once()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await AllowAsync(bucket, new CORSRule { AllowedMethods = ["GET"], AllowedOrigins = ["http://a.test"] });
        Assert.Equal("http://a.test", await AllowedOriginAsync(bucket, "http://a.test"));

        await AllowAsync(bucket, new CORSRule { AllowedMethods = ["GET"], AllowedOrigins = ["http://b.test"] });
        Assert.Null(await AllowedOriginAsync(bucket, "http://a.test"));
        Assert.Equal("http://b.test", await AllowedOriginAsync(bucket, "http://b.test"));
    }

    [Theory]
    [InlineData("", "MissingRequestBodyError")]
    [InlineData("<CORSConfiguration", "MalformedXML")]
    [InlineData("<CORSConfiguration/>", "MalformedXML")]
    [InlineData("<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>", "MalformedXML")]
    [InlineData(
        "<CORSConfiguration><CORSRule><AllowedMethod>PATCH</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>",
        "InvalidRequest")]
    public async Task What_is_no_document_of_rules_is_refused_and_changes_nothing(string document, string code)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        (await SendAsync(bucket, Encoding.UTF8.GetBytes(document))).AssertRefused(400, code);
        (await bucket.SendAsync("GET", "", query: [("cors", "")])).AssertRefused(404, "NoSuchCORSConfiguration");
    }

    [Fact]
    public async Task A_document_may_have_64_KiB()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        (await SendAsync(bucket, Document(64 * 1024))).AssertOk();
        (await SendAsync(bucket, Document((64 * 1024) + 1))).AssertRefused(400, "MaxMessageLengthExceeded");

        static byte[] Document(int bytes)
        {
            const string Rules = "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod>"
                + "<AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>";
            return Encoding.UTF8.GetBytes(Rules.PadRight(bytes));
        }
    }

    [Fact]
    public async Task A_digest_is_required()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        (await bucket.SendAsync("PUT", "", "<CORSConfiguration/>"u8.ToArray(), [("cors", "")]))
            .AssertRefused(400, "InvalidRequest");
    }

    [Fact]
    public async Task Nobody_in_particular_may_not()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        foreach (var method in (string[])["PUT", "GET", "DELETE"])
        {
            (await server.Raw.SendUnsignedAsync(method, $"/{bucket.Name}?cors")).AssertRefused(403, "AccessDenied");
        }
    }

    /// <summary>Sets the rules of a bucket.</summary>
    internal static Task AllowAsync(ScratchBucket bucket, params CORSRule[] rules) => bucket.S3.PutCORSConfigurationAsync(
        new() { BucketName = bucket.Name, Configuration = new() { Rules = [.. rules] } }, Cancellation);

    private static async Task<string?> AllowedOriginAsync(ScratchBucket bucket, string origin) =>
        (await bucket.SendAsync("GET", "", headers: ("Origin", origin))).AssertOk().Header("Access-Control-Allow-Origin");

    private static Task<RawAnswer> SendAsync(ScratchBucket bucket, byte[] document) => bucket.SendAsync(
        "PUT", "", document, [("cors", "")], ("Content-MD5", Convert.ToBase64String(MD5.HashData(document))));
}
