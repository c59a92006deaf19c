using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace ObjectServer.Pipeline;

/// <summary>Token buckets over a second: one for all clients together, and one for each of them.</summary>
/// <remarks>
/// A client is an IPv4 address, or the 64 bits of an IPv6 address that name its network: whoever has one of those has
/// all of its addresses. The bucket of a client that has rested long enough to be full is forgotten. The client's own
/// bucket is asked first, so that who is beyond it takes nothing from the others.
/// </remarks>
internal static class ClientRates
{
    private const int NetworkBytes = 8;

    /// <param name="total">Tokens a second for all clients; null for no limit.</param>
    /// <param name="perClient">Tokens a second for each; null for no limit.</param>
    /// <param name="queueLimit">How many tokens may be waited for, in each bucket.</param>
    /// <returns>Null: there is no limit at all.</returns>
    public static PartitionedRateLimiter<IPAddress>? Create(int? total, int? perClient, int queueLimit) =>
        (total, perClient) switch
        {
            (null, null) => null,
            ({ } all, null) => Create(all, _ => IPAddress.None, queueLimit),
            (null, { } each) => Create(each, NetworkOf, queueLimit),
            ({ } all, { } each) => PartitionedRateLimiter.CreateChained(
                Create(each, NetworkOf, queueLimit), Create(all, _ => IPAddress.None, queueLimit)),
        };

    /// <summary>What of an address names the client.</summary>
    internal static IPAddress NetworkOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes);
    }

    private static PartitionedRateLimiter<IPAddress> Create(
        int perSecond, Func<IPAddress, IPAddress> keyOf, int queueLimit)
    {
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = perSecond,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = queueLimit,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        };
        return PartitionedRateLimiter.Create<IPAddress, IPAddress>(
            address => RateLimitPartition.GetTokenBucketLimiter(keyOf(address), _ => bucket));
    }
}
