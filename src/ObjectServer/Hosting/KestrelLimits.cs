using Microsoft.AspNetCore.Server.Kestrel.Core;
using ObjectServer.Pipeline;

namespace ObjectServer.Hosting;

/// <summary>What Kestrel allows a connection, and why; and how it reads and writes header fields.</summary>
internal static class KestrelLimits
{
    /// <summary>
    /// A key of 1,024 bytes takes 3,072 characters when each is escaped; a listing may name one in its prefix, one in
    /// its marker and one in its token, beside the parameters of a presigned URL.
    /// </summary>
    private const int MaxRequestLineBytes = 32 * 1024;

    /// <summary>Metadata is limited to 2 KB, but its names may be short: far more fields than browsers send.</summary>
    private const int MaxHeaders = 512;

    /// <summary>Bytes of an answer that wait for a slow client. Large enough that the disk is read ahead of the network.</summary>
    private const int ResponseBufferBytes = 1 << 20;

    /// <summary>Bytes of a body that wait for the disk.</summary>
    private const int RequestBufferBytes = 1 << 20;

    /// <summary>How long a connection may rest between requests: longer than the pools of the SDKs keep one.</summary>
    private static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(2);

    /// <summary>How long a client may be too slow: a pause of a mobile network, or of its garbage collection.</summary>
    private static readonly TimeSpan SlowTime = TimeSpan.FromSeconds(20);

    /// <param name="kestrel">What is limited.</param>
    /// <param name="maxConnections">Connections to one address at a time; what comes beyond is closed unread.</param>
    /// <param name="minClientRate">
    /// Bytes a second; who sends, or takes, less holds the connection for nothing. An answer is given the time that its
    /// buffered bytes take at this rate: whoever stops taking one holds on for <see cref="ResponseBufferBytes"/> divided
    /// by it, with 4 KiB a second some four minutes. Time in which the server itself does not read is not counted.
    /// </param>
    public static void Apply(KestrelServerOptions kestrel, int maxConnections, int minClientRate)
    {
        var slowest = new MinDataRate(minClientRate, SlowTime);

        // The server names itself; a body is read and written asynchronously or not at all.
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        kestrel.RequestHeaderEncodingSelector = HeaderText.ForRequest;
        kestrel.ResponseHeaderEncodingSelector = HeaderText.ForResponse;

        var limits = kestrel.Limits;

        // Kestrel counts each address for itself: health and metrics at one of their own are never crowded out.
        limits.MaxConcurrentConnections = maxConnections;

        // S3 says itself what is too large, with its own error, and 5 GiB in one request are not.
        limits.MaxRequestBodySize = null;
        limits.MaxRequestLineSize = MaxRequestLineBytes;

        // Above S3's own limit, so that what goes beyond that gets S3's error and only the absurd gets Kestrel's.
        limits.MaxRequestHeadersTotalSize = 4 * S3Endpoint.MaxHeaderBytes;
        limits.MaxRequestHeaderCount = MaxHeaders;
        limits.MaxRequestBufferSize = RequestBufferBytes;
        limits.MaxResponseBufferSize = ResponseBufferBytes;
        limits.MinRequestBodyDataRate = slowest;
        limits.MinResponseDataRate = slowest;
        limits.KeepAliveTimeout = IdleTime;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(30);
    }
}
