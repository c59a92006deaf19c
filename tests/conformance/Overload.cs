using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ObjectServer.Hosting;

namespace ObjectServer.Conformance;

/// <summary>
/// The limits of connections, requests and bytes, at a time and in a second: what comes beyond is refused or slowed down,
/// and what runs goes on.
/// </summary>
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
    [InlineData("--max-request-rate")]
    [InlineData("--max-client-request-rate")]
    public async Task Beyond_the_request_rate_requests_are_told_when_to_come_again_and_then_are_served(string option)
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(directory["data"], option, "1");

        // That none of these is one too many would take them most of a minute.
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => server.Raw.SendAsync("GET", "/")));

        var refused = answers.Where(answer => answer.Status != 200).ToArray();
        Assert.InRange(refused.Length, 1, answers.Length - 1);
        Assert.All(refused, answer =>
        {
            answer.AssertRefused(503, "SlowDown");
            Assert.Equal("1", answer.Header("Retry-After"));
        });
        Assert.Equal("ready\n", (await server.Raw.SendUnsignedAsync("GET", "/-/health/ready")).AssertOk().Text);
        Assert.Equal($"{refused.Length}", await ReadMetricAsync(server, "objectserver_requests_over_rate_total"));
        await ServerProcess.EventuallyAsync(async () => (await server.Raw.SendAsync("GET", "/")).Status == 200);
    }

    [Theory]
    [InlineData("--max-body-rate")]
    [InlineData("--max-client-body-rate")]
    public async Task Beyond_the_body_rate_bodies_are_slowed_down_in_both_directions_and_arrive_whole(string option)
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(directory["data"], option, "128KiB");
        (await server.Raw.SendAsync("PUT", "/bucket")).AssertOk();
        var content = new byte[300_000];
        new Random(1).NextBytes(content);

        (await server.Raw.SendAsync("PUT", "/bucket/key", content)).AssertOk();
        var slowedIn = int.Parse(
            (await ReadMetricAsync(server, "objectserver_bodies_slowed_total"))!, CultureInfo.InvariantCulture);
        var answer = await server.Raw.SendAsync("GET", "/bucket/key");

        Assert.Equal(content, answer.AssertOk().Body);
        Assert.True(slowedIn > 0);
        Assert.True(slowedIn < int.Parse(
            (await ReadMetricAsync(server, "objectserver_bodies_slowed_total"))!, CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_client_that_stops_taking_its_answer_is_let_go_and_gives_up_its_place()
    {
        using var directory = new ScratchDirectory();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddObjectServer(new ObjectServerOptions
        {
            DataDirectory = directory["data"],
            AccessKey = ServerFixture.AccessKeyId,
            SecretKey = ServerFixture.SecretAccessKey,
            Region = ServerFixture.Region,
            DiskReserveBytes = 0,
            MaxRequests = 1,

            // What is buffered for the client takes one second at this rate.
            MinClientRate = 1024 * 1024,
        });
        builder.Services.PostConfigure<KestrelServerOptions>(kestrel =>
        {
            var slowest = Assert.IsType<MinDataRate>(kestrel.Limits.MinResponseDataRate);
            Assert.Equal(1024 * 1024, slowest.BytesPerSecond);
            kestrel.Limits.MinResponseDataRate = new MinDataRate(slowest.BytesPerSecond, TimeSpan.FromSeconds(1.5));
        });
        await using var application = builder.Build();
        application.MapObjectServer();
        await application.StartAsync(Cancellation);
        var address = application.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var raw = ServerProcess.RawAt(new Uri(address));
        (await raw.SendAsync("PUT", "/bucket")).AssertOk();

        // More than the system buffers between two sockets.
        (await raw.SendAsync("PUT", "/bucket/large", new byte[32 << 20])).AssertOk();
        await using var stalled = await raw.OpenAsync();
        await stalled.WriteAsync(
            RawClient.Write("GET", "/bucket/large", null, raw.Sign("GET", "/bucket/large", [])), Cancellation);
        await stalled.ReadExactlyAsync(new byte[1], Cancellation);

        await ServerProcess.EventuallyAsync(async () => (await raw.SendAsync("GET", "/bucket?list-type=2")).Status == 200);

        await application.StopAsync(CancellationToken.None);
    }

    [Theory]
    [InlineData("--max-request-rate", "0", "max-request-rate: use 1 or more.")]
    [InlineData("--max-client-request-rate", "ten", "--max-client-request-rate: 'ten' is not a count such as 1024.")]
    [InlineData("--max-body-rate", "1B", "max-body-rate: use 1024 bytes or more.")]
    [InlineData("--max-client-body-rate", "0", "max-client-body-rate: use 1024 bytes or more.")]
    [InlineData("--min-client-rate", "0", "min-client-rate: use 1 byte or more.")]
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
