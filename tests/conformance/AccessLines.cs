using System.Text;

namespace ObjectServer.Conformance;

/// <summary>What the server says of its requests: one line each, and figures.</summary>
public sealed class AccessLines
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_body_counts_as_it_came_whatever_was_announced()
    {
        using var directory = new ScratchDirectory();
        await using var server = await ServerProcess.StartAsync(directory["data"]);
        await using var connection = await server.Raw.OpenAsync();
        await SendAsync("PUT", "/bucket", null);

        await SendAsync(
            "PUT", "/bucket/chunks", "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
            ("Transfer-Encoding", "chunked"), ("x-amz-decoded-content-length", "11"));
        var chunks = await LineAsync("chunks");
        await SendAsync("PUT", "/bucket/plain", "hello");
        var plain = await LineAsync("plain");
        await SendAsync("PUT", "/nowhere/refused", "hello");
        var refused = await LineAsync("refused");

        Assert.Contains(" PutObject bucket chunks 200 - in=11 out=0 ", chunks, StringComparison.Ordinal);
        Assert.Contains(" PutObject bucket plain 200 - in=5 out=0 ", plain, StringComparison.Ordinal);
        Assert.Contains(" PutObject nowhere refused 404 NoSuchBucket in=0 ", refused, StringComparison.Ordinal);

        // A connection's next request begins when all is said of the one before.
        var metrics = await SendAsync("GET", "/-/metrics", null);
        Assert.Contains(
            "objectserver_received_bytes_total{operation=\"PutObject\",status=\"2xx\"} 16\n",
            metrics.Text,
            StringComparison.Ordinal);

        async Task<RawAnswer> SendAsync(
            string method, string target, string? body, params (string Name, string Value)[] headers)
        {
            var bytes = body is null ? null : Encoding.ASCII.GetBytes(body);
            await connection.WriteAsync(
                RawClient.Write(method, target, bytes, server.Raw.Sign(method, target, headers)), Cancellation);
            return await RawAnswer.ReadAsync(connection, isHead: false, Cancellation);
        }

        Task<string> LineAsync(string key) =>
            server.ReadLineAsync(line => line.Contains($" {key} ", StringComparison.Ordinal));
    }
}
