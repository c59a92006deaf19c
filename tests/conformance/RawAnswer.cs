using System.Globalization;
using System.Text;

namespace ObjectServer.Conformance;

/// <summary>An answer as it came over the socket.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Headers">By name in any case; repeated ones joined with commas.</param>
/// <param name="Body">The body, out of its chunks.</param>
public sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>The body as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The text of the first such element in the body; null where there is none.</summary>
    public string? Element(string name)
    {
        var start = Text.IndexOf($"<{name}>", StringComparison.Ordinal);
        var end = Text.IndexOf($"</{name}>", StringComparison.Ordinal);
        return start < 0 || end < 0 ? null : Text[(start + name.Length + 2)..end];
    }

    /// <summary>A header, or null.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>Asserts that the answer is this refusal.</summary>
    public RawAnswer AssertRefused(int status, string code)
    {
        Assert.Equal((status, code), (Status, Element("Code") ?? Text));
        return this;
    }

    /// <summary>Asserts that the answer is a success.</summary>
    public RawAnswer AssertOk(int status = 200)
    {
        Assert.True(Status == status, $"{Status} {Text}");
        return this;
    }

    /// <summary>Reads one answer.</summary>
    /// <param name="stream">A connection on which a request was sent.</param>
    /// <param name="isHead">Whether no body follows, whatever the headers say.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="EndOfStreamException">The server closed the connection before the answer was whole.</exception>
    public static async Task<RawAnswer> ReadAsync(Stream stream, bool isHead, CancellationToken cancellation)
    {
        var status = await ReadLineAsync(stream, cancellation);
        var code = int.Parse(status.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync(stream, cancellation) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            headers[name] = headers.TryGetValue(name, out var earlier) ? $"{earlier},{value}" : value;
        }

        if (isHead || code is < 200 or 204 or 304)
        {
            return new RawAnswer(code, headers, []);
        }

        if (headers.GetValueOrDefault("Transfer-Encoding") == "chunked")
        {
            return new RawAnswer(code, headers, await ReadChunksAsync(stream, cancellation));
        }

        var length = headers.TryGetValue("Content-Length", out var text)
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : 0;
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, cancellation);
        return new RawAnswer(code, headers, body);
    }

    private static async Task<byte[]> ReadChunksAsync(Stream stream, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var size = int.Parse(
                await ReadLineAsync(stream, cancellation), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            var chunk = new byte[size];
            await stream.ReadExactlyAsync(chunk, cancellation);
            body.Write(chunk);
            await ReadLineAsync(stream, cancellation);
            if (size == 0)
            {
                return body.ToArray();
            }
        }
    }

    private static async Task<string> ReadLineAsync(Stream stream, CancellationToken cancellation)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (true)
        {
            if (await stream.ReadAsync(one, cancellation) == 0)
            {
                throw new EndOfStreamException("The server closed the connection.");
            }

            if (one[0] == '\n')
            {
                return Encoding.Latin1.GetString([.. line]).TrimEnd('\r');
            }

            line.Add(one[0]);
        }
    }
}
