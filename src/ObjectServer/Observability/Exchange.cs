using System.Diagnostics;

namespace ObjectServer.Observability;

/// <summary>What is said of one request once it is over: gathered while it runs, then one access line and its metrics.</summary>
internal sealed class Exchange
{
    private readonly TimeProvider _time;
    private readonly long _began;

    private Exchange(TimeProvider time, string requestId)
    {
        _time = time;
        _began = time.GetTimestamp();
        RequestId = requestId;
        Now = time.GetUtcNow();
    }

    /// <summary>16 hex digits in capitals, as in <c>x-amz-request-id</c>.</summary>
    public string RequestId { get; }

    /// <summary>When the request began.</summary>
    public DateTimeOffset Now { get; }

    public required string Method { get; init; }

    /// <summary>The client's address, without its port.</summary>
    public required string Remote { get; init; }

    /// <summary>AWS's name of the operation; a hyphen until the request is routed.</summary>
    public string Operation { get; set; } = "-";

    public string? Bucket { get; set; }

    public string? Key { get; set; }

    /// <summary>The access key that signed; null where nobody did.</summary>
    public string? AccessKeyId { get; set; }

    /// <summary>The ARN of who signed; null until the signature was checked.</summary>
    public string? CallerArn { get; set; }

    public int StatusCode { get; set; }

    /// <summary>The code of the refusal; null where there is none.</summary>
    public string? ErrorCode { get; set; }

    /// <summary>Bytes of body that were read from the connection; none of a body that was refused unread.</summary>
    public long BytesIn { get; set; }

    /// <summary>Bytes of body that were handed to the connection.</summary>
    public long BytesOut { get; set; }

    /// <summary>Whether the connection was given up before the answer was whole.</summary>
    public bool IsAborted { get; set; }

    public TimeSpan Elapsed => _time.GetElapsedTime(_began);

    public static Exchange Begin(TimeProvider time, string requestId, string method, string remote) =>
        new(time, requestId) { Method = method, Remote = remote };

    /// <summary>The labels under which the request is counted.</summary>
    public TagList Tags => new()
    {
        { "operation", Operation },
        { "status", StatusClass },
    };

    private string StatusClass => StatusCode switch
    {
        < 200 => "1xx",
        < 300 => "2xx",
        < 400 => "3xx",
        < 500 => "4xx",
        _ => "5xx",
    };
}
