using System.Net;
using System.Threading.RateLimiting;

namespace ObjectServer.Pipeline;

/// <summary>
/// Bounds how many requests a second are taken, of all clients together and of each. Nobody waits for it.
/// </summary>
/// <param name="total">Requests a second of all clients, and how many may come at once; null for no limit.</param>
/// <param name="perClient">The same of each client.</param>
internal sealed class RequestRates(int? total, int? perClient) : IDisposable
{
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromSeconds(1);

    private readonly PartitionedRateLimiter<IPAddress>? _limiter = ClientRates.Create(total, perClient, queueLimit: 0);

    /// <summary>Counts a request in, unless it is one too many.</summary>
    /// <param name="client">Who sent it; null where that is unknown.</param>
    /// <returns>Null: it is taken. Otherwise after how long another try may be.</returns>
    public TimeSpan? Refuse(IPAddress? client)
    {
        if (_limiter is null)
        {
            return null;
        }

        using var lease = _limiter.AttemptAcquire(client ?? IPAddress.None);
        if (lease.IsAcquired)
        {
            return null;
        }

        return lease.TryGetMetadata(MetadataName.RetryAfter, out var after) && after > ShortestRetry
            ? after
            : ShortestRetry;
    }

    public void Dispose() => _limiter?.Dispose();
}
