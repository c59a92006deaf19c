using System.Buffers;
using System.IO.Pipelines;
using ObjectServer.Errors;
using ObjectServer.Xml;

namespace ObjectServer.Messages;

/// <summary>An answer: status, headers and a body that is written after them.</summary>
internal sealed class S3Response : IAsyncDisposable
{
    private readonly List<KeyValuePair<string, string>> _headers = [];

    private S3Response(int statusCode, ResponseBody? body)
    {
        StatusCode = statusCode;
        Body = body;
    }

    public int StatusCode { get; }

    /// <summary>In the order they were added; common headers (Date, request ids, Server) are the pipeline's.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers => _headers;

    /// <summary>Null: no body, and a Content-Length of 0 where the status allows one.</summary>
    public ResponseBody? Body { get; }

    /// <summary>Set when the answer is a refusal; the pipeline writes its document and headers.</summary>
    public S3Error? Error { get; private init; }

    /// <summary>An answer without a body.</summary>
    public static S3Response Empty(int statusCode = 200) => new(statusCode, null);

    /// <summary>An XML document of known content.</summary>
    public static S3Response Xml(Action<S3XmlWriter> write, int statusCode = 200)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        write(new S3XmlWriter(buffer).Declaration());
        return new S3Response(statusCode, new BufferedBody(buffer.WrittenMemory)).With("Content-Type", "application/xml");
    }

    /// <summary>A body of any other kind; the operation adds its Content-Type.</summary>
    public static S3Response Streaming(ResponseBody body, int statusCode = 200) => new(statusCode, body);

    /// <summary>A refusal.</summary>
    public static S3Response Refuse(S3Error error) => new(error.StatusCode, null) { Error = error };

    public static implicit operator S3Response(S3Error error) => Refuse(error);

    /// <summary>Adds a header; null adds nothing.</summary>
    public S3Response With(string name, string? value)
    {
        if (value is not null)
        {
            _headers.Add(new(name, value));
        }

        return this;
    }

    /// <summary>The same headers and body under another status: this one is not to be used any more.</summary>
    public S3Response Under(int statusCode)
    {
        var answer = new S3Response(statusCode, Body);
        answer._headers.AddRange(_headers);
        return answer;
    }

    public ValueTask DisposeAsync() => Body?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>A body that is written after the headers. An exception in the middle aborts the connection.</summary>
internal abstract class ResponseBody : IAsyncDisposable
{
    /// <summary>Bytes to come; null sends chunks.</summary>
    public abstract long? Length { get; }

    public abstract ValueTask WriteAsync(PipeWriter output, CancellationToken cancellation);

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A body that lies in memory.</summary>
internal sealed class BufferedBody(ReadOnlyMemory<byte> bytes) : ResponseBody
{
    public override long? Length => bytes.Length;

    public override async ValueTask WriteAsync(PipeWriter output, CancellationToken cancellation) =>
        await output.WriteAsync(bytes, cancellation);
}
