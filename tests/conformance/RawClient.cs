using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace ObjectServer.Conformance;

/// <summary>Speaks HTTP over a bare socket: targets, headers and bodies go out byte for byte as a test writes them.</summary>
/// <param name="server">Where the server listens with http.</param>
/// <param name="accessKeyId">The key that signs.</param>
/// <param name="secretAccessKey">Its secret.</param>
public sealed class RawClient(
    IPEndPoint server,
    string accessKeyId = ServerFixture.AccessKeyId,
    string secretAccessKey = ServerFixture.SecretAccessKey)
{
    private const string UnsignedPayload = "UNSIGNED-PAYLOAD";

    /// <summary>The Host header of requests that bring none of their own.</summary>
    public string Host { get; } = server.ToString();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Opens a connection.</summary>
    public async Task<NetworkStream> OpenAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, Cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Sends any bytes on a connection of their own, and reads one answer.</summary>
    public async Task<RawAnswer> ExchangeAsync(byte[] request, bool isHead = false)
    {
        await using var stream = await OpenAsync();
        await stream.WriteAsync(request, Cancellation);
        return await RawAnswer.ReadAsync(stream, isHead, Cancellation);
    }

    /// <summary>Sends a signed request. The target goes out, and is signed, exactly as given.</summary>
    /// <param name="method">E.g. <c>PUT</c>.</param>
    /// <param name="target">Path and query, percent-encoded.</param>
    /// <param name="body">The body; null for none.</param>
    /// <param name="headers">Further headers, all of them signed; a Host among them replaces the usual one.</param>
    public Task<RawAnswer> SendAsync(
        string method, string target, byte[]? body = null, params (string Name, string Value)[] headers) =>
        ExchangeAsync(Write(method, target, body, Sign(method, target, headers)), method == "HEAD");

    /// <summary>Sends a request that nobody signed.</summary>
    public Task<RawAnswer> SendUnsignedAsync(
        string method, string target, byte[]? body = null, params (string Name, string Value)[] headers) =>
        ExchangeAsync(Write(method, target, body, WithHost(headers)), method == "HEAD");

    /// <summary>A request as bytes; a body gets its Content-Length unless the headers say how long it is.</summary>
    public static byte[] Write(
        string method, string target, byte[]? body, IEnumerable<(string Name, string Value)> headers)
    {
        var all = headers.ToList();
        if (body is not null && !all.Any(header =>
            header.Name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
            || header.Name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)))
        {
            all.Add(("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture)));
        }

        var head = new StringBuilder($"{method} {target} HTTP/1.1\r\n");
        foreach (var (name, value) in all)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        return [.. Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()), .. body ?? []];
    }

    /// <summary>The headers with those that sign them.</summary>
    /// <param name="method">The request's method.</param>
    /// <param name="target">The request's target.</param>
    /// <param name="headers">An <c>x-amz-content-sha256</c> among them says how the body is signed; else it is not.</param>
    /// <param name="service">The service that the signature is for.</param>
    public IReadOnlyList<(string Name, string Value)> Sign(
        string method, string target, IReadOnlyList<(string Name, string Value)> headers, string service = "s3")
    {
        var now = TimeProvider.System.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        List<(string Name, string Value)> all = [.. WithHost(headers), ("x-amz-date", now)];
        if (!all.Any(header => header.Name == "x-amz-content-sha256"))
        {
            all.Add(("x-amz-content-sha256", UnsignedPayload));
        }

        var signed = all
            .Where(header => header.Name is not ("Expect" or "Connection" or "Transfer-Encoding"))
            .GroupBy(header => header.Name.ToLowerInvariant(), header => header.Value.Trim())
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToArray();
        var names = string.Join(';', signed.Select(header => header.Key));
        var (path, query) = target.Split('?', 2) switch
        {
            [var before, var after] => (before, after),
            _ => (target, ""),
        };
        var canonicalQuery = string.Join('&', query.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(parameter => parameter.Contains('=', StringComparison.Ordinal) ? parameter : parameter + "=")
            .Order(StringComparer.Ordinal));
        var canonical = string.Join('\n',
        [
            method,
            CanonicalPath(path),
            canonicalQuery,
            .. signed.Select(header => $"{header.Key}:{string.Join(',', header)}"),
            "",
            names,
            all.First(header => header.Name == "x-amz-content-sha256").Value,
        ]);
        var scope = $"{now[..8]}/{ServerFixture.Region}/{service}/aws4_request";
        var signature = Hex(Hmac(
            SigningKey(now[..8], service), $"AWS4-HMAC-SHA256\n{now}\n{scope}\n{Hex(SHA256.HashData(Utf8(canonical)))}"));
        all.Add((
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential={accessKeyId}/{scope}, SignedHeaders={names}, "
            + $"Signature={signature}"));
        return all;
    }

    private List<(string Name, string Value)> WithHost(IReadOnlyList<(string Name, string Value)> headers) =>
        headers.Any(header => header.Name == "Host") ? [.. headers] : [("Host", Host), .. headers];

    /// <summary>The path with every byte encoded but unreserved ones and slashes; nothing of it is normalised.</summary>
    private static string CanonicalPath(string path)
    {
        var bytes = new List<byte>();
        var sent = Utf8(path);
        for (var at = 0; at < sent.Length; at++)
        {
            if (sent[at] == '%')
            {
                bytes.Add(byte.Parse(sent.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, null));
                at += 2;
            }
            else
            {
                bytes.Add(sent[at]);
            }
        }

        var canonical = new StringBuilder();
        foreach (var value in bytes)
        {
            var character = (char)value;
            if (char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' or '~' or '/')
            {
                canonical.Append(character);
            }
            else
            {
                canonical.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            }
        }

        return canonical.ToString();
    }

    private byte[] SigningKey(string day, string service)
    {
        var key = Utf8("AWS4" + secretAccessKey);
        foreach (var part in (string[])[day, ServerFixture.Region, service, "aws4_request"])
        {
            key = Hmac(key, part);
        }

        return key;
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Utf8(text));

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
