using static ObjectServer.Conformance.AccountBlockCases;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html</summary>
public sealed class GetAccountPublicAccessBlock
{
    [Fact]
    public async Task It_is_shown_as_s3_control_shows_it()
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(directory["data"]);
        var none = await server.Raw.SendAsync("GET", Target, null, Account);
        none.AssertRefused(404, "NoSuchPublicAccessBlockConfiguration");
        Assert.Contains("<ErrorResponse><Error><Code>", none.Text, StringComparison.Ordinal);
        Assert.Contains(
            $"<AccountId>{ServerFixture.AccountId}</AccountId></Error><RequestId>", none.Text, StringComparison.Ordinal);

        (await server.Raw.SendAsync("PUT", Target, BlockPublicAcls, Account)).AssertOk();
        var kept = await server.Raw.SendAsync("GET", Target, null, Account);
        kept.AssertOk();
        Assert.Equal(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + "<PublicAccessBlockConfiguration xmlns=\"http://awss3control.amazonaws.com/doc/2018-08-20/\">"
            + "<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>false</IgnorePublicAcls>"
            + "<BlockPublicPolicy>false</BlockPublicPolicy><RestrictPublicBuckets>false</RestrictPublicBuckets>"
            + "</PublicAccessBlockConfiguration>",
            kept.Text);
    }

    [Fact]
    public async Task Clients_put_the_account_before_the_host()
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(directory["data"]);
        (await server.Raw.SendAsync(
            "GET", Target, null, Account, ("Host", $"{ServerFixture.AccountId}.localhost:{server.Addresses[0].Port}")))
            .AssertRefused(404, "NoSuchPublicAccessBlockConfiguration");
    }

    [Fact]
    public async Task The_rest_of_s3_control_is_refused_by_name()
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(directory["data"]);
        var refusal = await server.Raw.SendAsync("GET", "/v20180820/jobs", null, Account);
        refusal.AssertRefused(501, "NotImplemented");
        Assert.Equal("The operation GET jobs of S3 Control is not implemented.", refusal.Element("Message"));
        (await server.Raw.SendAsync("POST", Target, null, Account)).AssertRefused(405, "MethodNotAllowed");
    }
}
