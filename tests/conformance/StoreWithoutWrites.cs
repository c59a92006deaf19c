using System.Globalization;

namespace ObjectServer.Conformance;

/// <summary>A store that takes no writes says so, and goes on with all else.</summary>
public sealed class StoreWithoutWrites
{
    private const int InlineBytes = 60_000;
    private const int BlobBytes = 200_000;

    [Fact]
    public async Task A_nearly_full_disk_refuses_writes_and_goes_on_to_read_and_delete()
    {
        using var directory = new ScratchDirectory();
        var (small, large) = (Content(InlineBytes, 1), Content(BlobBytes, 2));
        await using (var server = await ServerProcess.StartAsync(directory["data"], "--disk-reserve", "0"))
        {
            (await server.Raw.SendAsync("PUT", "/bucket")).AssertOk();
            (await server.Raw.SendAsync("PUT", "/bucket/small", small)).AssertOk();
            (await server.Raw.SendAsync("PUT", "/bucket/large", large)).AssertOk();
        }

        await using var full = await ServerProcess.StartAsync(
            directory["data"], "--disk-reserve", (long.MaxValue / 2).ToString(CultureInfo.InvariantCulture));

        Assert.Equal("live\n", (await full.Raw.SendUnsignedAsync("GET", "/-/health/live")).AssertOk().Text);
        var health = await full.Raw.SendUnsignedAsync("GET", "/-/health/ready");
        Assert.Equal((503, "The disk is nearly full: only reads and deletes go on.\n"), (health.Status, health.Text));
        foreach (var (method, target, body) in new[]
        {
            ("PUT", "/bucket/new", small), ("PUT", "/bucket/small", small), ("PUT", "/bucket/new", large),
            ("PUT", "/bucket/small", large), ("PUT", "/another-bucket", null), ("POST", "/bucket/new?uploads", []),
        })
        {
            var refusal = (await full.Raw.SendAsync(method, target, body)).AssertRefused(503, "ServiceUnavailable");
            Assert.Equal(
                "The disk of the store is nearly full. Reads and deletes go on; writes need more free space.",
                refusal.Element("Message"));
        }

        Assert.Equal(small, (await full.Raw.SendAsync("GET", "/bucket/small")).AssertOk().Body);
        Assert.Equal(large, (await full.Raw.SendAsync("GET", "/bucket/large")).AssertOk().Body);
        Assert.DoesNotContain(
            "new", (await full.Raw.SendAsync("GET", "/bucket")).AssertOk().Text, StringComparison.Ordinal);
        (await full.Raw.SendAsync("DELETE", "/bucket/small")).AssertOk(204);
        (await full.Raw.SendAsync("DELETE", "/bucket/large")).AssertOk(204);
        (await full.Raw.SendAsync("GET", "/bucket/large")).AssertRefused(404, "NoSuchKey");
        (await full.Raw.SendAsync("DELETE", "/bucket")).AssertOk(204);
    }

    [Fact]
    public async Task After_a_failed_write_it_only_reads_until_a_restart_finds_all_that_was_acknowledged()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no limit of a file's size for a process.");
        using var directory = new ScratchDirectory();
        var acknowledged = 0;
        await using (var server = await ServerProcess.StartAsync(directory["data"], maxFileBytes: 4 << 20))
        {
            (await server.Raw.SendAsync("PUT", "/bucket")).AssertOk();
            var answer = await PutAsync(server, 0);
            while (answer.Status == 200)
            {
                acknowledged++;
                answer = await PutAsync(server, acknowledged);
            }

            // What follows is about a write that failed, and not about the first one of all.
            Assert.True(acknowledged > 10, $"{acknowledged} writes, then {answer.Status} {answer.Text}");
            AssertReadOnly(answer);
            AssertReadOnly(await PutAsync(server, 0));
            AssertReadOnly(await server.Raw.SendAsync("PUT", "/bucket/large", Content(BlobBytes, 1)));
            AssertReadOnly(await server.Raw.SendAsync("DELETE", "/bucket/0"));
            var health = await server.Raw.SendUnsignedAsync("GET", "/-/health/ready");
            Assert.Equal((503, "The store is read-only after a failed write.\n"), (health.Status, health.Text));
            Assert.Equal("live\n", (await server.Raw.SendUnsignedAsync("GET", "/-/health/live")).AssertOk().Text);
            await AssertReadableAsync(server, acknowledged);
            (await server.Raw.SendAsync("GET", $"/bucket/{acknowledged}")).AssertRefused(404, "NoSuchKey");
        }

        await using var restarted = await ServerProcess.StartAsync(directory["data"]);
        Assert.Equal("ready\n", (await restarted.Raw.SendUnsignedAsync("GET", "/-/health/ready")).AssertOk().Text);
        await AssertReadableAsync(restarted, acknowledged);
        (await PutAsync(restarted, acknowledged)).AssertOk();
        (await restarted.Raw.SendAsync("DELETE", "/bucket/0")).AssertOk(204);
    }

    private static Task<RawAnswer> PutAsync(ServerProcess server, int number) =>
        server.Raw.SendAsync("PUT", $"/bucket/{number}", Content(InlineBytes, number));

    private static async Task AssertReadableAsync(ServerProcess server, int count)
    {
        for (var number = 0; number < count; number++)
        {
            var answer = await server.Raw.SendAsync("GET", $"/bucket/{number}");
            Assert.Equal(Content(InlineBytes, number), answer.AssertOk().Body);
        }
    }

    private static void AssertReadOnly(RawAnswer answer) => Assert.Equal(
        "The store is read-only after a failed write to its disk. Reads go on; writes need a restart of the server.",
        answer.AssertRefused(503, "ServiceUnavailable").Element("Message"));

    private static byte[] Content(int bytes, int seed)
    {
        var content = new byte[bytes];
        new Random(seed).NextBytes(content);
        return content;
    }
}
