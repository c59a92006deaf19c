using System.Buffers;
using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ObjectServer.Bench.Load;

/// <summary>What the server answered. A body is counted and dropped; errors and asked-for bodies are also kept.</summary>
internal readonly record struct HttpAnswer(int Status, long BodyBytes)
{
    public bool IsSuccess => Status is >= 200 and < 300;
}

/// <summary>The server said something that is not HTTP/1.1, or hung up in the middle of an answer.</summary>
internal sealed class BadAnswerException(string message) : IOException(message);

/// <summary>
/// One keep-alive HTTP/1.1 connection on a bare socket, one request at a time. It knows as much of RFC 9112 as the
/// answers of a correct server need: status line, Content-Length, chunked bodies, bodies that end with the
/// connection, 1xx answers, Connection: close.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private const int CoalescedBytes = 64 * 1024;
    private const int MaxKeptErrorBytes = 4 * 1024;

    private readonly IPEndPoint _server;
    private readonly byte[] _outgoing;
    private readonly byte[] _incoming;
    private readonly ArrayBufferWriter<byte> _kept = new();
    private Socket? _socket;
    private bool _isAborted;
    private int _start;
    private int _end;

    public HttpConnection(IPEndPoint server, long expectedBodyBytes)
    {
        _server = server;
        _outgoing = new byte[SigV4Signer.MaxHeadBytes + (int)Math.Min(CoalescedBytes, expectedBodyBytes)];
        _incoming = new byte[Math.Clamp(expectedBodyBytes, 32 * 1024, 256 * 1024)];
    }

    /// <summary>The body of the last answer, if it was an error or was to be kept.</summary>
    public ReadOnlySpan<byte> KeptBody => _kept.WrittenSpan;

    /// <summary>Connects, so that the first exchange does not have to.</summary>
    /// <exception cref="SocketException">The connection could not be made.</exception>
    public async Task OpenAsync() => _socket ??= await ConnectAsync();

    /// <summary>Sends one request and reads its answer to the last byte, connecting first where needed.</summary>
    /// <exception cref="IOException">The connection broke or the answer was no HTTP.</exception>
    /// <exception cref="SocketException">The connection could not be made or broke.</exception>
    public async ValueTask<HttpAnswer> ExchangeAsync(
        ReadOnlyMemory<byte> head, Payload payload, bool isHead, bool keepsBody)
    {
        _kept.ResetWrittenCount();
        var socket = _socket ??= await ConnectAsync();
        try
        {
            await SendAsync(socket, head, payload);
        }
        catch (SocketException) when (payload.SizeBytes > CoalescedBytes)
        {
            // A server that refuses early answers and hangs up: the answer says more than the broken pipe does.
        }

        return await ReadAnswerAsync(socket, isHead, keepsBody);
    }

    /// <summary>Hangs up; the next exchange connects again.</summary>
    public void HangUp()
    {
        _socket?.Dispose();
        _socket = null;
        _start = _end = 0;
    }

    /// <summary>Ends whatever is under way from another thread; exchanges fail from now on.</summary>
    public void Abort()
    {
        Volatile.Write(ref _isAborted, true);
        _socket?.Dispose();
    }

    public void Dispose() => HangUp();

    private async ValueTask<Socket> ConnectAsync()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isAborted), this);
        var socket = new Socket(_server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(_server);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A small request leaves in one piece; a large body follows its head block by block.</summary>
    private async ValueTask SendAsync(Socket socket, ReadOnlyMemory<byte> head, Payload payload)
    {
        if (payload.SizeBytes == 0)
        {
            await SendAllAsync(socket, head);
            return;
        }

        head.CopyTo(_outgoing);
        var length = head.Length;
        var offset = 0L;
        while (offset < payload.SizeBytes && length < _outgoing.Length)
        {
            var run = payload.From(offset);
            run = run[..Math.Min(run.Length, _outgoing.Length - length)];
            run.CopyTo(_outgoing.AsMemory(length));
            length += run.Length;
            offset += run.Length;
        }

        await SendAllAsync(socket, _outgoing.AsMemory(0, length));
        while (offset < payload.SizeBytes)
        {
            var run = payload.From(offset);
            await SendAllAsync(socket, run);
            offset += run.Length;
        }
    }

    private static async ValueTask SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
        }
    }

    private async ValueTask<HttpAnswer> ReadAnswerAsync(Socket socket, bool isHead, bool keepsBody)
    {
        AnswerHead head;
        do
        {
            int length;
            while ((length = Unread.IndexOf("\r\n\r\n"u8)) < 0)
            {
                await ReceiveAsync(socket);
            }

            head = AnswerHead.Parse(Unread[..(length + 2)]);
            _start += length + 4;
        }
        while (head.Status is >= 100 and < 200);

        var maxKept = head.Status >= 400 ? MaxKeptErrorBytes : keepsBody ? int.MaxValue : 0;
        long bodyBytes;
        if (isHead || head.Status is 204 or 304)
        {
            bodyBytes = 0;
        }
        else if (head.IsChunked)
        {
            bodyBytes = await ReadChunksAsync(socket, maxKept);
        }
        else if (head.ContentLength is { } contentLength)
        {
            bodyBytes = contentLength;
            await SkipAsync(socket, contentLength, maxKept);
        }
        else
        {
            bodyBytes = await ReadToTheEndAsync(socket, maxKept);
            head = head with { Closes = true };
        }

        if (head.Closes)
        {
            HangUp();
        }
        else if (_start != _end)
        {
            throw new BadAnswerException($"{_end - _start} bytes follow the answer that nobody asked for.");
        }

        return new HttpAnswer(head.Status, bodyBytes);
    }

    private Span<byte> Unread => _incoming.AsSpan(_start.._end);

    /// <summary>Adds bytes to what is unread, which moves to the front of the buffer first when there is no room.</summary>
    private async ValueTask ReceiveAsync(Socket socket)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _incoming.Length)
        {
            if (_start == 0)
            {
                throw new BadAnswerException("A head or a chunk's line does not end.");
            }

            Unread.CopyTo(_incoming);
            _end -= _start;
            _start = 0;
        }

        var received = await socket.ReceiveAsync(_incoming.AsMemory(_end), SocketFlags.None);
        if (received == 0)
        {
            throw new BadAnswerException("The server hung up before the end of its answer.");
        }

        _end += received;
    }

    private async ValueTask SkipAsync(Socket socket, long count, int maxKept)
    {
        while (count > 0)
        {
            if (_start == _end)
            {
                await ReceiveAsync(socket);
            }

            var taken = (int)Math.Min(count, _end - _start);
            Keep(Unread[..taken], maxKept);
            _start += taken;
            count -= taken;
        }
    }

    /// <summary>RFC 9112, section 7.1: chunks until the empty one, then trailers until an empty line.</summary>
    private async ValueTask<long> ReadChunksAsync(Socket socket, int maxKept)
    {
        var total = 0L;
        while (true)
        {
            var lineLength = await LineLengthAsync(socket);
            if (!Utf8Parser.TryParse(Unread[..lineLength], out long size, out _, 'x'))
            {
                throw new BadAnswerException("A chunk does not begin with its size.");
            }

            _start += lineLength + 2;
            if (size == 0)
            {
                break;
            }

            await SkipAsync(socket, size, maxKept);
            await SkipAsync(socket, 2, 0);
            total += size;
        }

        int trailerLength;
        do
        {
            trailerLength = await LineLengthAsync(socket);
            _start += trailerLength + 2;
        }
        while (trailerLength > 0);
        return total;
    }

    private async ValueTask<int> LineLengthAsync(Socket socket)
    {
        int length;
        while ((length = Unread.IndexOf("\r\n"u8)) < 0)
        {
            await ReceiveAsync(socket);
        }

        return length;
    }

    private async ValueTask<long> ReadToTheEndAsync(Socket socket, int maxKept)
    {
        var total = 0L;
        do
        {
            Keep(Unread, maxKept);
            total += _end - _start;
            _start = 0;
            _end = await socket.ReceiveAsync(_incoming.AsMemory(), SocketFlags.None);
        }
        while (_end > 0);
        return total;
    }

    private void Keep(ReadOnlySpan<byte> bytes, int maxKept)
    {
        var room = maxKept - _kept.WrittenCount;
        if (room > 0)
        {
            _kept.Write(bytes[..Math.Min(room, bytes.Length)]);
        }
    }

    /// <summary>The few facts of an answer's head that decide where its body ends.</summary>
    private readonly record struct AnswerHead(int Status, long? ContentLength, bool IsChunked, bool Closes)
    {
        /// <summary>Reads a head whose every line, the last one too, ends with CR LF.</summary>
        public static AnswerHead Parse(ReadOnlySpan<byte> head)
        {
            if (head.Length < 14 || !head.StartsWith("HTTP/1."u8)
                || !Utf8Parser.TryParse(head.Slice(9, 3), out int status, out _))
            {
                throw new BadAnswerException("The answer does not begin with an HTTP/1.1 status line.");
            }

            var answer = new AnswerHead(status, null, IsChunked: false, Closes: head[7] == '0');
            head = head[(head.IndexOf("\r\n"u8) + 2)..];
            while (head.Length > 0)
            {
                var lineLength = head.IndexOf("\r\n"u8);
                var line = head[..lineLength];
                head = head[(lineLength + 2)..];
                var colon = line.IndexOf((byte)':');
                if (colon < 0)
                {
                    throw new BadAnswerException("A header line has no colon.");
                }

                var name = line[..colon];
                var value = line[(colon + 1)..].Trim(" \t"u8);
                if (Ascii.EqualsIgnoreCase(name, "Content-Length"u8)
                    && Utf8Parser.TryParse(value, out long length, out _))
                {
                    answer = answer with { ContentLength = length };
                }
                else if (Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8)
                    && Ascii.EqualsIgnoreCase(value, "chunked"u8))
                {
                    answer = answer with { IsChunked = true };
                }
                else if (Ascii.EqualsIgnoreCase(name, "Connection"u8) && Ascii.EqualsIgnoreCase(value, "close"u8))
                {
                    answer = answer with { Closes = true };
                }
            }

            return answer;
        }
    }
}
