using System.Net.Sockets;
using System.Text;

namespace ObjectServer.Conformance;

/// <summary><c>--max-requests</c> and <c>--max-connections</c>: what comes beyond is refused, and what runs goes on.</summary>
public sealed class Overload
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Beyond_those_that_run_and_wait_a_request_is_told_to_slow_down_and_later_ones_are_served()
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(directory["data"], "--max-requests", "2");
        (await server.Raw.SendAsync("PUT", "/bucket")).AssertOk();

        // Who was told to continue has a place: its body is being read.
        await using var first = await BeginPutAsync(server.Raw, "first");
        await using var second = await BeginPutAsync(server.Raw, "second");
        await AssertContinueAsync(first);
        await AssertContinueAsync(second);
        await using var third = await BeginPutAsync(server.Raw, "third");
        await using var fourth = await BeginPutAsync(server.Raw, "fourth");
        await ServerProcess.EventuallyAsync(async () => await ReadMetricAsync(server, "objectserver_requests_waiting") == "2");
        Assert.Equal("2", await ReadMetricAsync(server, "objectserver_requests_running"));

        var refused = await server.Raw.SendAsync("GET", "/bucket?list-type=2");

        refused.AssertRefused(503, "SlowDown");
        Assert.Equal("Please reduce your request rate.", refused.Element("Message"));
        Assert.Equal("1", refused.Header("Retry-After"));
        Assert.Equal("ready\n", (await server.Raw.SendUnsignedAsync("GET", "/-/health/ready")).AssertOk().Text);
        Assert.Equal("1", await ReadMetricAsync(server, "objectserver_requests_turned_away_total"));

        await FinishAsync(first);
        await FinishAsync(second);
        foreach (var waited in (NetworkStream[])[third, fourth])
        {
            await AssertContinueAsync(waited);
            await FinishAsync(waited);
        }

        var listing = (await server.Raw.SendAsync("GET", "/bucket?list-type=2")).AssertOk();
        Assert.Equal("4", listing.Element("KeyCount"));
        Assert.Equal("0", await ReadMetricAsync(server, "objectserver_requests_running"));
        Assert.Equal("3", await ReadMetricAsync(server, "objectserver_requests_queued_total"));
    }

    [Fact]
    public async Task A_client_that_goes_away_gives_up_its_place()
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(directory["data"], "--max-requests", "1");
        (await server.Raw.SendAsync("PUT", "/bucket")).AssertOk();
        await using (var running = await BeginPutAsync(server.Raw, "running"))
        {
            await AssertContinueAsync(running);
            await using var waiting = await BeginPutAsync(server.Raw, "waiting");
            await ServerProcess.EventuallyAsync(
                async () => await ReadMetricAsync(server, "objectserver_requests_waiting") == "1");
        }

        // The server learns of a closed connection a moment after its client closed it.
        await ServerProcess.EventuallyAsync(
            async () => await ReadMetricAsync(server, "objectserver_requests_running") == "0"
                && await ReadMetricAsync(server, "objectserver_requests_waiting") == "0");
        (await server.Raw.SendAsync("PUT", "/bucket/next", [1])).AssertOk();
    }

    [Fact]
    public async Task A_connection_too_many_is_closed_and_health_has_an_address_of_its_own()
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(
            directory["data"], "--max-connections", "2", "--admin-listen", "http://127.0.0.1:0");
        var admin = ServerProcess.RawAt(server.Addresses[1]);
        var request = RawClient.Write("GET", "/", null, server.Raw.Sign("GET", "/", []));

        await using (var first = await server.Raw.OpenAsync())
        await using (var second = await server.Raw.OpenAsync())
        {
            // Both are taken once both were answered.
            foreach (var held in (NetworkStream[])[first, second])
            {
                await held.WriteAsync(request, Cancellation);
                (await RawAnswer.ReadAsync(held, isHead: false, Cancellation)).AssertOk();
            }

            await Assert.ThrowsAnyAsync<IOException>(() => server.Raw.ExchangeAsync(request));
            Assert.Equal("ready\n", (await admin.SendUnsignedAsync("GET", "/-/health/ready")).AssertOk().Text);
        }

        await ServerProcess.EventuallyAsync(async () =>
        {
            try
            {
                return (await server.Raw.ExchangeAsync(request)).Status == 200;
            }
            catch (IOException)
            {
                return false;
            }
        });
    }

    [Theory]
    [InlineData("--max-requests", "0", "max-requests: use 1 or more.")]
    [InlineData("--max-connections", "many", "--max-connections: 'many' is not a count such as 1024.")]
    public async Task Limits_that_make_no_sense_are_refused(string option, string value, string says)
    {
        using var directory = new ScratchDirectory();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ServerProcess.StartAsync(directory["data"], option, value));

        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Sends the head of an upload of four bytes that waits to be told to continue.</summary>
    private static async Task<NetworkStream> BeginPutAsync(RawClient client, string key)
    {
        var target = $"/bucket/{key}";
        var stream = await client.OpenAsync();
        await stream.WriteAsync(
            RawClient.Write(
                "PUT", target, null, client.Sign("PUT", target, [("Content-Length", "4"), ("Expect", "100-continue")])),
            Cancellation);
        return stream;
    }

    private static async Task AssertContinueAsync(NetworkStream stream)
    {
        var expected = "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray();
        var told = new byte[expected.Length];
        await stream.ReadExactlyAsync(told, Cancellation);
        Assert.Equal(Encoding.ASCII.GetString(expected), Encoding.ASCII.GetString(told));
    }

    private static async Task FinishAsync(NetworkStream stream)
    {
        await stream.WriteAsync("body"u8.ToArray(), Cancellation);
        (await RawAnswer.ReadAsync(stream, isHead: false, Cancellation)).AssertOk();
    }

    /// <summary>A metric without labels; null where there is none.</summary>
    private static async Task<string?> ReadMetricAsync(ServerProcess server, string name)
    {
        var text = (await server.Raw.SendUnsignedAsync("GET", "/-/metrics")).AssertOk().Text;
        return text.Split('\n')
            .Where(line => line.StartsWith(name + " ", StringComparison.Ordinal))
            .Select(line => line[(name.Length + 1)..])
            .SingleOrDefault();
    }
}
