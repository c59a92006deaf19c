namespace ObjectServer.Conformance;

/// <summary>What holds of every request, whatever its operation.</summary>
public sealed class Requests(ServerFixture server)
{
    [Fact]
    public async Task An_object_that_was_put_is_read_back()
    {
        var bucket = await server.NewBucketAsync();
        var put = await server.SendAsync("PUT", $"/{bucket}/key", "hello"u8.ToArray());
        put.AssertOk();

        var got = await server.SendAsync("GET", $"/{bucket}/key");

        Assert.Equal("hello", got.AssertOk().Text);
    }
}
