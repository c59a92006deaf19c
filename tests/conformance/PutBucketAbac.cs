using System.Text;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAbac.html</summary>
public sealed class PutBucketAbac(ServerFixture server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tags_of_the_bucket_decide_on_access_while_it_is_enabled()
    {
        var bucket = await TaggedAsync();
        await bucket.PutAsync("key", "content");
        await bucket.PutPolicyAsync(
            $$$"""{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{{{bucket.Name}}}/*","Condition":{"StringEquals":{"aws:ResourceTag/open":"yes"} } }""");

        (await bucket.SendUnsignedAsync("GET", "key")).AssertRefused(403, "AccessDenied");
        await SetAsync(bucket, "Enabled");
        Assert.Equal("content", (await bucket.SendUnsignedAsync("GET", "key")).AssertOk().Text);
        await SetAsync(bucket, "Disabled");
        (await bucket.SendUnsignedAsync("GET", "key")).AssertRefused(403, "AccessDenied");
    }

    [Fact]
    public async Task Tags_that_decide_are_not_replaced_as_a_whole()
    {
        var bucket = await TaggedAsync();
        await SetAsync(bucket, "Enabled");

        foreach (var refusal in (RawAnswer[])
        [
            await bucket.SendAsync("DELETE", "", query: [("tagging", "")]),
            await PutTagsAsync(bucket),
        ])
        {
            refusal.AssertRefused(405, "MethodNotAllowed");
            Assert.Contains("ABAC", refusal.Element("Message"), StringComparison.Ordinal);
        }

        var tags = await bucket.S3.GetBucketTaggingAsync(new() { BucketName = bucket.Name }, Cancellation);
        Assert.Equal("yes", Assert.Single(tags.TagSet).Value);
        await SetAsync(bucket, "Disabled");
        (await PutTagsAsync(bucket)).AssertOk(204);
    }

    [Theory]
    [InlineData("", "MissingRequestBodyError")]
    [InlineData("<AbacStatus/>", "MalformedXML")]
    [InlineData("<AbacStatus><Status>Suspended</Status></AbacStatus>", "MalformedXML")]
    public async Task What_is_no_status_is_refused(string document, string code)
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        (await SendAsync(bucket, document)).AssertRefused(400, code);
    }

    [Fact]
    public async Task Nobody_in_particular_may_not()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        foreach (var method in (string[])["PUT", "GET"])
        {
            (await bucket.SendUnsignedAsync(method, "?abac")).AssertRefused(403, "AccessDenied");
        }
    }

    /// <summary>Switches it on or off.</summary>
    internal static async Task SetAsync(ScratchBucket bucket, string status) =>
        (await SendAsync(bucket, $"<AbacStatus><Status>{status}</Status></AbacStatus>")).AssertOk();

    private static Task<RawAnswer> SendAsync(ScratchBucket bucket, string document) =>
        bucket.SendAsync("PUT", "", Encoding.UTF8.GetBytes(document), [("abac", "")]);

    private static Task<RawAnswer> PutTagsAsync(ScratchBucket bucket)
    {
        var document = "<Tagging><TagSet><Tag><Key>open</Key><Value>no</Value></Tag></TagSet></Tagging>"u8.ToArray();
        var digest = Convert.ToBase64String(System.Security.Cryptography.MD5.HashData(document));
        return bucket.SendAsync("PUT", "", document, [("tagging", "")], ("Content-MD5", digest));
    }

    private async Task<ScratchBucket> TaggedAsync()
    {
        var bucket = await ScratchBucket.CreateAsync(server);
        await bucket.S3.PutBucketTaggingAsync(
            new PutBucketTaggingRequest { BucketName = bucket.Name, TagSet = [new Tag { Key = "open", Value = "yes" }] },
            Cancellation);
        return bucket;
    }
}
