using static ObjectServer.Conformance.AccountBlockCases;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_PutPublicAccessBlock.html</summary>
public sealed class PutAccountPublicAccessBlock
{
    [Fact]
    public async Task It_holds_for_every_bucket_of_the_account_and_outlives_the_server()
    {
        using var directory = new ScratchDirectory();
        await using (var server = await ServerProcess.StartAsync(directory["data"]))
        {
            await CreateAsync(server, "open");
            (await server.Raw.SendAsync("PUT", Target, BlockPublicAcls, Account)).AssertOk();
            await AssertBlockedAsync(server, "open");
        }

        await using (var server = await ServerProcess.StartAsync(directory["data"]))
        {
            await AssertBlockedAsync(server, "open");
            (await server.Raw.SendAsync("PUT", "/other", null, Ownership, PublicRead)).AssertRefused(403, "AccessDenied");
            (await server.Raw.SendAsync("DELETE", Target, null, Account)).AssertOk(204);
            (await server.Raw.SendAsync("PUT", "/open/key", [], PublicRead)).AssertOk();
        }
    }

    [Fact]
    public async Task An_account_speaks_for_itself_alone()
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(directory["data"]);
        (await server.Raw.SendAsync("PUT", Target, BlockPublicAcls, ("x-amz-account-id", "111122223333")))
            .AssertRefused(403, "AccessDenied");
        (await server.Raw.SendAsync("PUT", Target, BlockPublicAcls, ("x-amz-account-id", "me")))
            .AssertRefused(400, "InvalidRequest");
        (await server.Raw.SendAsync("PUT", Target, "not xml"u8.ToArray(), Account)).AssertRefused(400, "MalformedXML");
        (await server.Raw.SendAsync("PUT", Target, [], Account)).AssertRefused(400, "MissingRequestBodyError");
        (await server.Raw.SendUnsignedAsync("PUT", Target, BlockPublicAcls, Account)).AssertRefused(403, "AccessDenied");
        (await server.Raw.SendAsync("GET", Target, null, Account))
            .AssertRefused(404, "NoSuchPublicAccessBlockConfiguration");
    }

    [Fact]
    public async Task A_bucket_that_is_called_like_the_version_of_the_api_is_a_bucket_like_any_other()
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(directory["data"]);
        (await server.Raw.SendAsync("PUT", "/v20180820")).AssertOk();
        (await server.Raw.SendAsync("PUT", Target, "content"u8.ToArray())).AssertOk();
        Assert.Equal("content", (await server.Raw.SendAsync("GET", Target)).AssertOk().Text);
        (await server.Raw.SendAsync("GET", Target, null, Account))
            .AssertRefused(404, "NoSuchPublicAccessBlockConfiguration");
    }

    private static readonly (string Name, string Value) Ownership = ("x-amz-object-ownership", "ObjectWriter");
    private static readonly (string Name, string Value) PublicRead = ("x-amz-acl", "public-read");

    private static async Task CreateAsync(ServerProcess server, string bucket) =>
        (await server.Raw.SendAsync("PUT", "/" + bucket, null, Ownership)).AssertOk();

    private static async Task AssertBlockedAsync(ServerProcess server, string bucket)
    {
        (await server.Raw.SendAsync("PUT", $"/{bucket}/key", [], PublicRead)).AssertRefused(403, "AccessDenied");
        (await server.Raw.SendAsync("PUT", $"/{bucket}?acl", null, PublicRead)).AssertRefused(403, "AccessDenied");
        (await server.Raw.SendAsync("PUT", $"/{bucket}/key", [])).AssertOk();
    }
}
