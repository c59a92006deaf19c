namespace ObjectServer.Conformance;

/// <summary><c>--admin-listen</c>: health and metrics at an address of their own, and nowhere else.</summary>
public sealed class AdminListen
{
    [Fact]
    public async Task Health_and_metrics_are_there_and_nothing_else_is()
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(
            directory["data"], "--admin-listen", "http://127.0.0.1:0");
        var admin = ServerProcess.RawAt(server.Addresses[1]);
        (await server.Raw.SendAsync("PUT", "/bucket")).AssertOk();

        Assert.Equal("live\n", (await admin.SendUnsignedAsync("GET", "/-/health/live")).AssertOk().Text);
        Assert.Equal("ready\n", (await admin.SendUnsignedAsync("GET", "/-/health/ready")).AssertOk().Text);
        Assert.Contains(
            "objectserver_bucket_objects{bucket=\"bucket\"} 0\n",
            (await admin.SendUnsignedAsync("GET", "/-/metrics")).AssertOk().Text,
            StringComparison.Ordinal);
        Assert.Equal(404, (await admin.SendAsync("GET", "/bucket")).Status);

        // Whatever host it is asked by: the address alone decides.
        var host = ("Host", $"bucket.localhost:{server.Addresses[1].Port}");
        Assert.Equal("live\n", (await admin.SendUnsignedAsync("GET", "/-/health/live", null, host)).AssertOk().Text);
    }

    [Fact]
    public async Task At_the_other_addresses_their_paths_are_targets_of_S3()
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(
            directory["data"], "--admin-listen", "http://127.0.0.1:0");

        foreach (var target in (string[])["/-/health/live", "/-/health/ready", "/-/metrics"])
        {
            (await server.Raw.SendUnsignedAsync("GET", target)).AssertRefused(400, "InvalidBucketName");
        }
    }
}
