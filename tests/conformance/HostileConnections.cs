using System.Globalization;
using System.IO.Compression;
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
using ObjectServer.Tests.Fuzz;

namespace ObjectServer.Conformance;

/// <summary>Bytes that no honest client sends: they are refused, nothing hides in them, and the next client is served.</summary>
public sealed class HostileConnections(ServerFixture server)
{
    private const string Hidden = "HIDDEN";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>
    /// Heads and beginnings of bodies of which one reader says that a request ends before HIDDEN, and another that it
    /// does not. HIDDEN is a signed request that would be obeyed if it were seen; LENGTH is what reaches beyond it.
    /// </summary>
    public static TheoryData<string> Ambiguities =>
    [
        "Content-Length: LENGTH\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nHIDDEN",
        "Transfer-Encoding: chunked\r\nContent-Length: LENGTH\r\n\r\n0\r\n\r\nHIDDEN",
        "Content-Length: 0\r\nContent-Length: LENGTH\r\n\r\nHIDDEN",
        "Content-Length: LENGTH\r\nContent-Length: 0\r\n\r\nHIDDEN",
        "Content-Length: 0, LENGTH\r\n\r\nHIDDEN",
        "Content-Length: -1\r\n\r\nHIDDEN",
        "Content-Length: 0x0\r\n\r\nHIDDEN",
        "Content-Length: 0 0\r\n\r\nHIDDEN",
        "Content-Length: 18446744073709551616\r\n\r\nHIDDEN",
        "Content-Length : 0\r\n\r\nHIDDEN",
        "Content-Length:\r\n 0\r\n\r\nHIDDEN",
        "Content-Length: LENGTH\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\nHIDDEN",
        "Content-Length: LENGTH\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\nHIDDEN",
        "Content-Length: LENGTH\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\nHIDDEN",
        "Content-Length: LENGTH\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\nHIDDEN",
        "Transfer-Encoding: identity\r\n\r\nHIDDEN",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\nHIDDEN",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\nHIDDEN",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\nHIDDEN",
        "Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\nHIDDEN",
        "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n\r\n0\r\n\r\nHIDDEN",
        "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n0\r\n\r\nHIDDEN",
        "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\nHIDDEN",
        "Transfer-Encoding: chunked\r\n\r\n0 \r\n\r\nHIDDEN",
        "Transfer-Encoding: chunked\r\n\r\n0\n\nHIDDEN",
        "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\nHIDDEN",
        "X: a\rContent-Length: LENGTH\r\n\r\nHIDDEN",
        "X: \0\r\nContent-Length: 0\r\n\r\nHIDDEN",
        ": a\r\nContent-Length: 0\r\n\r\nHIDDEN",
        "no colon\r\nContent-Length: 0\r\n\r\nHIDDEN",
        " Content-Length: LENGTH\r\n\r\nHIDDEN",
    ];

    [Theory]
    [MemberData(nameof(Ambiguities))]
    public async Task Nothing_hides_in_a_request_whose_end_is_ambiguous(string ambiguity)
    {
        var bucket = await server.NewBucketAsync();
        var hidden = Encoding.Latin1.GetString(RawClient.Write(
            "PUT", $"/{bucket}/hidden", null, server.Raw.Sign("PUT", $"/{bucket}/hidden", [("Content-Length", "0")])));
        var head = Encoding.Latin1.GetString(RawClient.Write(
            "PUT", $"/{bucket}/seen", null, server.Raw.Sign("PUT", $"/{bucket}/seen", [])));
        var rest = ambiguity
            .Replace("LENGTH", (hidden.Length + 5).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace(Hidden, hidden, StringComparison.Ordinal);

        var answers = await ExchangeToTheEndAsync(head[..^2] + rest);

        Assert.True(
            answers.Length == 0 || answers.StartsWith("HTTP/1.1 4", StringComparison.Ordinal)
                || answers.StartsWith("HTTP/1.1 501", StringComparison.Ordinal),
            answers);
        Assert.DoesNotContain("HTTP/1.1 ", answers[Math.Min(1, answers.Length)..], StringComparison.Ordinal);
        (await server.SendAsync("GET", $"/{bucket}/hidden")).AssertRefused(404, "NoSuchKey");
        (await server.SendAsync("GET", $"/{bucket}/seen")).AssertRefused(404, "NoSuchKey");
    }

    /// <summary>
    /// What the others rest on: the bytes that hide in them are a request that this server would obey. Beside the plain
    /// form stand the two odd ones that Kestrel takes before any of this server's code sees them: lines that end with a
    /// bare LF, as RFC 9112 section 2.2 allows, and a length with a plus sign, which it does not.
    /// </summary>
    [Theory]
    [InlineData("Content-Length: 0\r\n\r\n")]
    [InlineData("Content-Length: 0\n\n")]
    [InlineData("Content-Length: +0\r\n\r\n")]
    public async Task A_second_request_that_does_not_hide_is_obeyed(string end)
    {
        var bucket = await server.NewBucketAsync();

        var answers = await ExchangeToTheEndAsync(string.Concat(((string[])["seen", "hidden"]).Select(key =>
            Encoding.Latin1.GetString(RawClient.Write(
                "PUT", $"/{bucket}/{key}", null, server.Raw.Sign("PUT", $"/{bucket}/{key}", [])))[..^2] + end)));

        Assert.Equal(2, answers.Split("HTTP/1.1 200 ").Length - 1);
        (await server.SendAsync("GET", $"/{bucket}/hidden")).AssertOk();
    }

    [Theory]
    [InlineData(1, 64 * 1024 * 1024)]
    [InlineData(513, 1)]
    [InlineData(100_000, 1)]
    [InlineData(400, 400)]
    public async Task Headers_without_end_are_cut_short(int count, int bytes)
    {
        var request = new StringBuilder($"GET / HTTP/1.1\r\nHost: {server.Raw.Host}\r\n");
        for (var header = 0; header < count; header++)
        {
            request.Append(CultureInfo.InvariantCulture, $"x-{header}: ").Append('a', bytes).Append("\r\n");
        }

        var answer = await ExchangeToTheEndAsync(request.Append("\r\n").ToString());

        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal), answer);
        (await server.SendAsync("GET", "/")).AssertOk();
    }

    [Fact]
    public async Task A_target_without_end_is_cut_short()
    {
        var answer = await ExchangeToTheEndAsync($"GET /{new string('a', 10_000_000)} HTTP/1.1\r\n\r\n");

        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal), answer);
        (await server.SendAsync("GET", "/")).AssertOk();
    }

    [Fact]
    public async Task What_is_compressed_is_not_looked_into()
    {
        var bucket = await server.NewBucketAsync();
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            await gzip.WriteAsync(new byte[10_000_000], Cancellation);
        }

        (await server.SendAsync("PUT", $"/{bucket}/bomb", packed.ToArray(), ("Content-Encoding", "gzip"))).AssertOk();
        foreach (var accepted in (string[])["gzip", "identity", "br;q=1, gzip;q=0"])
        {
            var answer = await server.SendAsync("GET", $"/{bucket}/bomb", null, ("Accept-Encoding", accepted));
            Assert.Equal(packed.ToArray(), answer.AssertOk().Body);
            Assert.Equal("gzip", answer.Header("Content-Encoding"));
        }

        // Nor is a document unpacked: it is what it is, and that is no XML.
        using var document = new MemoryStream();
        await using (var gzip = new GZipStream(document, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync("<VersioningConfiguration/>"u8.ToArray(), Cancellation);
        }

        var md5 = Md5Of(document.ToArray());
        (await server.SendAsync(
            "PUT", $"/{bucket}?versioning", document.ToArray(), ("Content-Encoding", "gzip"), ("Content-MD5", md5)))
            .AssertRefused(400, "MalformedXML");
    }

    [Fact]
    public async Task No_document_is_a_fault()
    {
        var bucket = await server.NewBucketAsync();
        (await server.SendAsync("PUT", $"/{bucket}/key", [])).AssertOk();
        var upload = (await server.SendAsync("POST", $"/{bucket}/key?uploads", [])).AssertOk().Element("UploadId");
        (string Method, string Target, string Document)[] readers =
        [
            ("POST", $"/{bucket}?delete", "<Delete><Object><Key>a</Key><ETag>b</ETag><Size>1</Size></Object><Quiet>true</Quiet></Delete>"),
            ("PUT", $"/{bucket}?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"),
            ("PUT", $"/{bucket}?tagging", "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>"),
            ("PUT", $"/{bucket}/key?tagging", "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>"),
            ("POST", $"/{bucket}/key?uploadId={upload}", "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>a</ETag></Part></CompleteMultipartUpload>"),
            ("PUT", $"/{bucket}", "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>"),
        ];
        var inputs = int.TryParse(
            Environment.GetEnvironmentVariable("OBJECTSERVER_FUZZ"), CultureInfo.InvariantCulture, out var count) ? count : 200;
        foreach (var (method, target, document) in readers)
        {
            var mutator = new Mutator(
                [document, "<!DOCTYPE a [<!ENTITY b \"cc\">]>" + document, "<?xml version=\"1.0\" encoding=\"UTF-16\"?>" + document],
                ["<Object>", "<Key>", "</Key>", "<VersionId>", "<Status>", "&#xD800;", "&b;", "<Tag/>", "<![CDATA[", "<Tags>"]);
            for (var number = 0; number < inputs; number++)
            {
                var input = mutator.Make(number);
                var answer = await server.SendAsync(method, target, input, ("Content-MD5", Md5Of(input)));
                Assert.True(
                    answer.Status is < 500 or 501,
                    $"{method} {target} {answer.Status} {answer.Text}: {Convert.ToBase64String(input)}");
            }
        }
    }

    [Fact]
    public async Task Clients_that_drip_are_let_go_and_others_are_served()
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
        });

        // The server's own limits, only that nobody wants to wait for them here.
        builder.Services.PostConfigure<KestrelServerOptions>(kestrel =>
        {
            Assert.Equal(TimeSpan.FromSeconds(30), kestrel.Limits.RequestHeadersTimeout);
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1);
            var slowest = Assert.IsType<MinDataRate>(kestrel.Limits.MinRequestBodyDataRate);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(slowest.BytesPerSecond, TimeSpan.FromSeconds(1.5));
            Assert.NotNull(kestrel.Limits.MinResponseDataRate);
        });
        await using var application = builder.Build();
        application.MapObjectServer();
        await application.StartAsync(Cancellation);
        var address = application.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        var raw = ServerProcess.RawAt(new Uri(address));
        (await raw.SendAsync("PUT", "/bucket")).AssertOk();

        await using var head = await raw.OpenAsync();
        await using var body = await raw.OpenAsync();
        await body.WriteAsync(
            RawClient.Write("PUT", "/bucket/slow", null, raw.Sign("PUT", "/bucket/slow", [("Content-Length", "1000000")])),
            Cancellation);
        await Task.WhenAll(DripAsync(head), DripAsync(body));

        // The one place that there is was given back.
        (await raw.SendAsync("PUT", "/bucket/next", [1])).AssertOk();
        (await raw.SendAsync("GET", "/bucket/slow")).AssertRefused(404, "NoSuchKey");
        await application.StopAsync(CancellationToken.None);
    }

    /// <summary>Sends a byte now and then until the server has had enough. It waits for ever if that never is.</summary>
    private static async Task DripAsync(NetworkStream stream)
    {
        var closed = ReadToTheEndAsync(stream);
        try
        {
            while (!closed.IsCompleted)
            {
                await stream.WriteAsync("a"u8.ToArray(), Cancellation);
                await Task.WhenAny(closed, Task.Delay(TimeSpan.FromMilliseconds(100), Cancellation));
            }
        }
        catch (IOException)
        {
            // It has.
        }

        await closed;
    }

    /// <summary>Sends any bytes and nothing after them, and reads what is answered until the server closes.</summary>
    private async Task<string> ExchangeToTheEndAsync(string request)
    {
        await using var stream = await server.Raw.OpenAsync();
        var reading = ReadToTheEndAsync(stream);
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Cancellation);

            // Kestrel drops what it has not looked at yet once the client's side is closed: it gets time to look.
            await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(1), Cancellation));
            stream.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception closed) when (closed is IOException or SocketException)
        {
            // The server did not want to hear it all.
        }

        return await reading;
    }

    private static async Task<string> ReadToTheEndAsync(NetworkStream stream)
    {
        using var answers = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answers, Cancellation);
        }
        catch (IOException)
        {
            // Closed without a farewell.
        }

        return Encoding.Latin1.GetString(answers.ToArray());
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5351", Justification = "S3 demands it.")]
    private static string Md5Of(byte[] document) =>
        Convert.ToBase64String(System.Security.Cryptography.MD5.HashData(document));
}
