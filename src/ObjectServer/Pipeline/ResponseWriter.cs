using System.Buffers;
using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ObjectServer.Addressing;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Observability;

namespace ObjectServer.Pipeline;

/// <summary>Turns one answer, or one refusal, into what goes to the client.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html</remarks>
internal sealed class ResponseWriter(HttpContext http, Exchange exchange, string hostId)
{
    /// <summary>How much of an unread body the connection takes in order to live on.</summary>
    private const long MaxDrainedBytes = 64 * 1024;

    private readonly CountingPipeWriter _output = new(http.Response.BodyWriter);

    /// <summary>What the request is about; null until that is known.</summary>
    public S3Target? Target { get; set; }

    /// <summary>Of which API the answer is.</summary>
    public IAnswerForm Form { get; set; } = S3AnswerForm.Instance;

    /// <summary>Headers of every answer from here on, refusals too: what the bucket allows to another origin.</summary>
    public ImmutableArray<KeyValuePair<string, string>> OriginHeaders { get; set; } = [];

    /// <summary>Whether the client has seen, or cannot be kept from seeing, a part of an answer.</summary>
    public bool HasStarted => http.Response.HasStarted || _output.Count > 0;

    /// <summary>Writes an answer whole.</summary>
    /// <param name="response">The answer; a refusal becomes its document.</param>
    /// <param name="cancellation">Ends the writing.</param>
    public async ValueTask WriteAsync(S3Response response, CancellationToken cancellation)
    {
        if (response.Error is { } error)
        {
            await RefuseAsync(response.Headers, Form.Complete(error, Target), cancellation);
            return;
        }

        Begin(response.StatusCode, response.Headers);
        if (response.Body is not { } body)
        {
            // A HEAD says how long the body would have been, if the operation knows; it is not 0.
            if (!HttpMethods.IsHead(exchange.Method) && MayHaveBody(response.StatusCode))
            {
                http.Response.ContentLength ??= 0;
            }

            return;
        }

        http.Response.ContentLength ??= body.Length;
        if (!HttpMethods.IsHead(exchange.Method))
        {
            await body.WriteAsync(_output, cancellation);
            await _output.FlushAsync(cancellation);
        }

        exchange.BytesOut = _output.Count;
    }

    /// <summary>Gives the connection up: the client must not take what it has for the whole.</summary>
    public void Abort()
    {
        exchange.BytesOut = _output.Count;
        exchange.IsAborted = true;
        http.Abort();
    }

    private async ValueTask RefuseAsync(
        IReadOnlyList<KeyValuePair<string, string>> headers, S3Error error, CancellationToken cancellation)
    {
        // What leads elsewhere looks like a refusal, and is none.
        exchange.ErrorCode = error.StatusCode >= 400 ? error.Code : null;
        Begin(error.StatusCode, headers);
        foreach (var (name, value) in error.Headers)
        {
            http.Response.Headers.Append(name, value);
        }

        if (error.StatusCode >= 400 && MayHaveUnreadBody(http.Request))
        {
            http.Response.Headers.Connection = "close";
        }

        if (HttpMethods.IsHead(exchange.Method) || !MayHaveBody(error.StatusCode))
        {
            return;
        }

        var document = Document(error);
        http.Response.ContentType = Form.DocumentType;
        http.Response.ContentLength = document.Length;
        await _output.WriteAsync(document, cancellation);
        exchange.BytesOut = _output.Count;
    }

    private void Begin(int statusCode, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var response = http.Response;
        response.Clear();
        response.StatusCode = exchange.StatusCode = statusCode;
        response.Headers.Server = "ObjectServer";
        response.Headers[Form.RequestIdHeader] = exchange.RequestId;
        response.Headers["x-amz-id-2"] = hostId;
        foreach (var (name, value) in OriginHeaders)
        {
            response.Headers[name] = value;
        }

        foreach (var (name, value) in headers)
        {
            // Set and not appended: Append drops a header without a value, and metadata may have none.
            response.Headers[name] = value;
        }

        if (WaitsForNoBody())
        {
            response.Headers.Connection = "close";
        }
    }

    /// <summary>
    /// Whether the client asked for <c>100 Continue</c> and has no body to send: it gets its answer without one. What
    /// follows on such a connection botocore misreads, and waits for ever.
    /// </summary>
    private bool WaitsForNoBody() =>
        http.Request.Headers.Expect.Count > 0
        && http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false };

    private ReadOnlyMemory<byte> Document(S3Error error)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        Form.Write(buffer, error, Target, exchange.RequestId, hostId);
        return buffer.WrittenMemory;
    }

    private static bool MayHaveBody(int statusCode) =>
        statusCode is >= 200 and not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified);

    /// <summary>
    /// Whether what is refused may leave more on the wire than is worth taking in: a client that waits for
    /// <c>100 Continue</c> keeps its body, and a large body costs more than a new connection.
    /// </summary>
    private static bool MayHaveUnreadBody(HttpRequest request) =>
        request.Headers.Expect.Count > 0
        || request.ContentLength > MaxDrainedBytes
        || (request.ContentLength is null && request.Headers.TransferEncoding.Count > 0);
}
