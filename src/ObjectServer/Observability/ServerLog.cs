using Microsoft.Extensions.Logging;

namespace ObjectServer.Observability;

/// <summary>Every line that the server logs.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1, LogLevel.Information,
        "{RequestId} {Remote} {AccessKeyId} {Method} {Operation} {Bucket} {Key} "
        + "{Status} {Code} in={BytesIn} out={BytesOut} {Milliseconds:0.0} ms")]
    private static partial void Access(
        ILogger logger,
        string requestId,
        string remote,
        string accessKeyId,
        string method,
        string operation,
        string bucket,
        string key,
        int status,
        string code,
        long bytesIn,
        long bytesOut,
        double milliseconds);

    /// <summary>The one line of a request that is over. Control characters of the key are escaped.</summary>
    public static void Access(ILogger logger, Exchange exchange)
    {
        if (logger.IsEnabled(LogLevel.Information))
        {
            Access(
                logger,
                exchange.RequestId,
                exchange.Remote,
                exchange.AccessKeyId ?? "-",
                exchange.Method,
                exchange.Operation,
                exchange.Bucket ?? "-",
                exchange.Key is { } key ? LogText.OneLine(key) : "-",
                exchange.StatusCode,
                exchange.IsAborted ? "aborted" : exchange.ErrorCode ?? "-",
                exchange.BytesIn,
                exchange.BytesOut,
                exchange.Elapsed.TotalMilliseconds);
        }
    }

    [LoggerMessage(2, LogLevel.Error, "{RequestId} {Operation} failed.")]
    public static partial void Fault(ILogger logger, Exception fault, string requestId, string operation);

    [LoggerMessage(3, LogLevel.Debug, "{RequestId} {Operation} refused: {Code}: {Message}")]
    public static partial void Refusal(
        ILogger logger, string requestId, string operation, string code, string message);

    [LoggerMessage(4, LogLevel.Error, "{RequestId} {Operation}: the store takes no writes: {Reason}")]
    public static partial void Unavailable(ILogger logger, string requestId, string operation, string reason);

    [LoggerMessage(10, LogLevel.Information, "The store in {DataDirectory} is open.")]
    public static partial void StoreOpened(ILogger logger, string dataDirectory);

    [LoggerMessage(11, LogLevel.Information, "The store in {DataDirectory} is closed.")]
    public static partial void StoreClosed(ILogger logger, string dataDirectory);

    [LoggerMessage(12, LogLevel.Information, "The certificate {Path} was read.")]
    public static partial void CertificateRead(ILogger logger, string path);

    [LoggerMessage(13, LogLevel.Error, "The certificate {Path} cannot be read; the one before stays in use.")]
    public static partial void CertificateUnreadable(ILogger logger, Exception fault, string path);
}
