using System.Text;

namespace ObjectServer.Conformance;

/// <summary>Bytes that change on the disk under a server that runs: they are never served.</summary>
public sealed class DamagedDisk
{
    private const int BlobBytes = 300_000;
    private const int InlineBytes = 10_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(200_000)]
    public async Task Damage_that_is_seen_before_the_first_byte_is_a_fault(int at)
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(directory["data"]);
        var content = await PutAsync(server, BlobBytes);
        (await server.Raw.SendAsync("GET", "/bucket/key")).AssertOk();

        Flip(directory["data/blobs"], content, at);

        (await server.Raw.SendAsync("GET", "/bucket/key")).AssertRefused(500, "InternalError");
        await AssertFaultAsync(server);
        (await server.Raw.SendAsync("HEAD", "/bucket/key")).AssertOk();
        (await server.Raw.SendAsync("PUT", "/bucket/key", content)).AssertOk();
        Assert.Equal(content, (await server.Raw.SendAsync("GET", "/bucket/key")).AssertOk().Body);
    }

    [Fact]
    public async Task Damage_further_on_ends_the_connection_before_it_is_served()
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(directory["data"]);
        var content = await PutAsync(server, BlobBytes);

        Flip(directory["data/blobs"], content, BlobBytes - 1);

        await using var connection = await server.Raw.OpenAsync();
        await connection.WriteAsync(
            RawClient.Write("GET", "/bucket/key", null, server.Raw.Sign("GET", "/bucket/key", [])), Cancellation);
        var (head, body) = await ReadToEndAsync(connection);
        Assert.StartsWith("HTTP/1.1 200", head, StringComparison.Ordinal);
        Assert.Contains($"Content-Length: {BlobBytes}", head, StringComparison.Ordinal);
        Assert.True(body.Length < BlobBytes);
        Assert.Equal(content[..body.Length], body);
        await AssertFaultAsync(server);

        // What lies elsewhere is sound, and is served.
        var range = await server.Raw.SendAsync("GET", "/bucket/key", null, ("Range", "bytes=1000-1999"));
        Assert.Equal(content[1000..2000], range.AssertOk(206).Body);
    }

    [Fact]
    public async Task A_damaged_journal_is_a_fault_of_the_object_that_it_holds()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets nobody write to a file that the server holds.");
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(directory["data"]);
        var content = await PutAsync(server, InlineBytes);
        (await server.Raw.SendAsync("PUT", "/bucket/other", "sound"u8.ToArray())).AssertOk();

        // Not read before: what was verified once may be served from memory.
        Flip(directory["data/journal"], content, InlineBytes / 2);

        (await server.Raw.SendAsync("GET", "/bucket/key")).AssertRefused(500, "InternalError");
        await AssertFaultAsync(server);
        Assert.Equal("sound", (await server.Raw.SendAsync("GET", "/bucket/other")).AssertOk().Text);
    }

    private static async Task<byte[]> PutAsync(ServerProcess server, int bytes)
    {
        var content = new byte[bytes];
        new Random(bytes).NextBytes(content);
        (await server.Raw.SendAsync("PUT", "/bucket")).AssertOk();
        (await server.Raw.SendAsync("PUT", "/bucket/key", content)).AssertOk();
        return content;
    }

    /// <summary>Asserts that the operator is told.</summary>
    private static async Task AssertFaultAsync(ServerProcess server) =>
        await server.ReadLineAsync(line => line.Contains("GetObject failed", StringComparison.Ordinal));

    /// <summary>Changes one byte of a content where it lies on the disk.</summary>
    private static void Flip(string directory, byte[] content, int at)
    {
        foreach (var path in Directory.GetFiles(directory, "*", SearchOption.AllDirectories))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            var start = bytes.AsSpan().IndexOf(content);
            if (start >= 0)
            {
                file.Position = start + at;
                file.WriteByte((byte)(content[at] ^ 1));
                return;
            }
        }

        Assert.Fail($"The content is in no file of {directory}.");
    }

    /// <summary>Reads until the server closes or resets the connection.</summary>
    private static async Task<(string Head, byte[] Body)> ReadToEndAsync(Stream connection)
    {
        using var received = new MemoryStream();
        try
        {
            await connection.CopyToAsync(received, Cancellation);
        }
        catch (IOException)
        {
            // A reset is an end too.
        }

        var bytes = received.ToArray();
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        return (Encoding.ASCII.GetString(bytes, 0, end), bytes[end..]);
    }
}
