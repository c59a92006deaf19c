using ObjectServer.Identity;

namespace ObjectServer.Query;

/// <summary>A request in the query protocol, once its signature was checked.</summary>
internal sealed class QueryRequest
{
    /// <summary>16 hex digits in capitals, as in <c>x-amzn-RequestId</c>.</summary>
    public required string RequestId { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Who signed; nobody only where the operation asks for no signature.</summary>
    public required Caller Caller { get; init; }

    public required QueryParameters Parameters { get; init; }

    /// <summary>The client's address, without its port.</summary>
    public required string SourceIp { get; init; }

    public required string? UserAgent { get; init; }

    public required string? Referer { get; init; }

    /// <summary>Whether it came over TLS.</summary>
    public required bool IsSecure { get; init; }

    /// <summary>The region of this server.</summary>
    public required string Region { get; init; }
}
