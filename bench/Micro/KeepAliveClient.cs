using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ObjectServer.Bench.Micro;

/// <summary>
/// One connection that sends requests as they lie in memory and reads answers into one buffer, on the caller's thread:
/// it allocates nothing per request, so that what a process allocates is the server's.
/// </summary>
internal sealed class KeepAliveClient : IDisposable
{
    private const int MaxAnswerBytes = 1 << 20;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
    };

    private readonly byte[] _answer = new byte[MaxAnswerBytes];

    private KeepAliveClient(IPEndPoint server) => _socket.Connect(server);

    private static ReadOnlySpan<byte> EndOfHead => "\r\n\r\n"u8;

    private static ReadOnlySpan<byte> LengthHeader => "\r\nContent-Length: "u8;

    public static KeepAliveClient Connect(IPEndPoint server) => new(server);

    /// <summary>Sends a request and returns the length of the whole answer, which has to be 200 with a length.</summary>
    /// <param name="request">Head and body.</param>
    /// <param name="isHead">Whether the answer ends with its head.</param>
    public int Exchange(ReadOnlySpan<byte> request, bool isHead = false)
    {
        for (var rest = request; !rest.IsEmpty;)
        {
            rest = rest[_socket.Send(rest)..];
        }

        var (received, expected) = (0, int.MaxValue);
        while (received < expected)
        {
            var read = _socket.Receive(_answer.AsSpan(received));
            if (read == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            received += read;
            if (expected == int.MaxValue)
            {
                expected = LengthOf(_answer.AsSpan(0, received), isHead);
            }
        }

        return received;
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>The length of an answer that has begun; the greatest number while its head is incomplete.</summary>
    private static int LengthOf(ReadOnlySpan<byte> answer, bool isHead)
    {
        var headBytes = answer.IndexOf(EndOfHead);
        if (headBytes < 0)
        {
            return int.MaxValue;
        }

        if (!answer.StartsWith("HTTP/1.1 200 "u8))
        {
            throw new IOException("The server refused: " + Encoding.UTF8.GetString(answer));
        }

        headBytes += EndOfHead.Length;
        if (isHead)
        {
            return headBytes;
        }

        var at = answer[..headBytes].IndexOf(LengthHeader);
        return at >= 0 && Utf8Parser.TryParse(answer[(at + LengthHeader.Length)..], out int bodyBytes, out _)
            ? headBytes + bodyBytes
            : throw new IOException("The answer does not say how long it is.");
    }
}
