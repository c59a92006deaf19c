using ObjectServer.Denials;
using ObjectServer.Identity;
using ObjectServer.Policies;

namespace ObjectServer.Query;

/// <summary>A request in the query protocol, once its signature was checked.</summary>
internal sealed record QueryRequest
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

    /// <summary>Where refusals are kept for whoever asks why.</summary>
    public required DenialLog Denials { get; init; }

    /// <summary>Decides whether something of this request may be done. A refusal is kept for whoever asks why.</summary>
    /// <param name="policies">All that have a say.</param>
    /// <param name="context">What is asked for.</param>
    public PolicyDecision Decide(PolicySet policies, in PolicyContext context)
    {
        var decision = PolicyDecision.Decide(policies, in context);
        if (!decision.IsAllowed)
        {
            var trace = new PolicyTrace();
            PolicyDecision.Decide(policies, in context, trace: trace);
            Denials.Keep(Denial.Of(RequestId, Now, Caller, in context, decision, trace));
        }

        return decision;
    }
}
