using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ObjectServer.Addressing;
using ObjectServer.Observability;

namespace ObjectServer.Hosting;

/// <summary>
/// <c>/-/health/live</c>, <c>/-/health/ready</c>, <c>/-/metrics</c>, <c>/-/explain/ID</c> and <c>/-/lifecycle/BUCKET</c>,
/// which no bucket can be called. They are the server's only where the Host names no bucket: in a virtual-hosted request they are keys.
/// </summary>
/// <param name="addresser">Tells whether a Host names a bucket.</param>
/// <param name="metrics">The figures.</param>
/// <param name="explanations">Why requests were refused.</param>
/// <param name="previews">What lifecycle rules would do.</param>
/// <param name="findTrouble">Why the server cannot do all of its work now; null where it can.</param>
/// <param name="hasOwnAddress">Whether they have an address of their own, and are nowhere else.</param>
internal sealed class AdminEndpoint(
    Addresser addresser,
    ServerMetrics metrics,
    Explanations explanations,
    LifecyclePreviews previews,
    Func<string?> findTrouble,
    bool hasOwnAddress)
{
    private const string Prefix = "/-/";
    private const string Json = "application/json";
    private const string JsonLines = "application/jsonl";
    private const string PlainText = "text/plain; charset=utf-8";
    private const string PrometheusText = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Whether a request is for this and not for S3.</summary>
    public bool Claims(HttpContext http) => hasOwnAddress
        ? http.Features.Get<AdminConnection>() is not null
        : RawTargetOf(http).StartsWith(Prefix, StringComparison.Ordinal)
            && addresser.BucketOf(http.Request.Headers.Host) is null;

    public async Task AnswerAsync(HttpContext http)
    {
        var path = RawTargetOf(http).Split('?', 2)[0];
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.Headers.Allow = "GET, HEAD";
            await SayAsync(http, StatusCodes.Status405MethodNotAllowed, "Use GET or HEAD.\n");
            return;
        }

        switch (path)
        {
            case "/-/health/live":
                await SayAsync(http, StatusCodes.Status200OK, "live\n");
                break;
            case "/-/health/ready" when findTrouble() is { } trouble:
                await SayAsync(http, StatusCodes.Status503ServiceUnavailable, trouble + "\n");
                break;
            case "/-/health/ready":
                await SayAsync(http, StatusCodes.Status200OK, "ready\n");
                break;
            case "/-/metrics" when !hasOwnAddress && !IsLoopback(http.Connection.RemoteIpAddress):
                await SayAsync(
                    http,
                    StatusCodes.Status403Forbidden,
                    "Metrics answer callers on loopback only; --admin-listen gives them an address of their own.\n");
                break;
            case "/-/metrics":
                await ExportAsync(http);
                break;
            case var _ when path.StartsWith(Explanations.Prefix, StringComparison.Ordinal):
                var (status, body) = explanations.Answer(http.Request.Method, RawTargetOf(http), http.Request.Headers);
                await WriteAsync(http, status, status == StatusCodes.Status200OK ? Json : PlainText, body);
                break;
            case var _ when path.StartsWith(LifecyclePreviews.Prefix, StringComparison.Ordinal):
                await PreviewAsync(http);
                break;
            default:
                await SayAsync(http, StatusCodes.Status404NotFound, "There is nothing here.\n");
                break;
        }
    }

    /// <summary>Sends a line as soon as it is known: a bucket may have millions of versions.</summary>
    private async Task PreviewAsync(HttpContext http)
    {
        var (status, refusal, lines) = await previews.OpenAsync(
            http.Request.Method, RawTargetOf(http), http.Request.Headers, http.RequestAborted);
        if (lines is null)
        {
            await SayAsync(http, status, refusal);
            return;
        }

        http.Response.Headers.Server = "ObjectServer";
        http.Response.ContentType = JsonLines;
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        // Whoever asks is told at once that there is an answer; the first line may be long in coming.
        await http.Response.StartAsync(http.RequestAborted);
        await foreach (var line in lines)
        {
            await http.Response.BodyWriter.WriteAsync(line, http.RequestAborted);
        }
    }

    private async Task ExportAsync(HttpContext http)
    {
        // Gathered first: the exporter writes in small pieces, and may yet fail.
        using var text = new MemoryStream();
        await metrics.WriteAsync(text, http.RequestAborted);
        await WriteAsync(http, StatusCodes.Status200OK, PrometheusText, text.GetBuffer().AsMemory(0, (int)text.Length));
    }

    private static Task SayAsync(HttpContext http, int statusCode, string text) =>
        WriteAsync(http, statusCode, PlainText, System.Text.Encoding.UTF8.GetBytes(text));

    private static async Task WriteAsync(
        HttpContext http, int statusCode, string contentType, ReadOnlyMemory<byte> body)
    {
        http.Response.StatusCode = statusCode;
        http.Response.Headers.Server = "ObjectServer";
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.BodyWriter.WriteAsync(body, http.RequestAborted);
        }
    }

    private static bool IsLoopback(IPAddress? remote) => remote is not null && IPAddress.IsLoopback(remote);

    private static string RawTargetOf(HttpContext http) =>
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
}
