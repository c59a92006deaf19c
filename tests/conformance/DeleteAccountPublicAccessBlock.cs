using static ObjectServer.Conformance.AccountBlockCases;

namespace ObjectServer.Conformance;

/// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_DeletePublicAccessBlock.html</summary>
public sealed class DeleteAccountPublicAccessBlock
{
    [Fact]
    public async Task It_is_gone_and_stays_gone()
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(directory["data"]);
        (await server.Raw.SendAsync("PUT", Target, BlockPublicAcls, Account)).AssertOk();
        (await server.Raw.SendAsync("DELETE", Target, null, Account)).AssertOk(204);
        (await server.Raw.SendAsync("GET", Target, null, Account))
            .AssertRefused(404, "NoSuchPublicAccessBlockConfiguration");
        (await server.Raw.SendAsync("DELETE", Target, null, Account)).AssertOk(204);
    }
}
