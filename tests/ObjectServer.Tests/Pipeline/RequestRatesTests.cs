using System.Net;
using ObjectServer.Pipeline;

namespace ObjectServer.Tests.Pipeline;

public sealed class RequestRatesTests
{
    private static readonly IPAddress First = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Second = IPAddress.Parse("192.0.2.2");

    [Fact]
    public void Without_a_limit_nothing_is_refused()
    {
        using var rates = new RequestRates(total: null, perClient: null);

        Assert.All(Enumerable.Range(0, 10_000), _ => Assert.Null(rates.Refuse(First)));
    }

    [Fact]
    public void A_client_beyond_its_rate_takes_nothing_from_another()
    {
        using var rates = new RequestRates(total: null, perClient: 2);

        Assert.Equal(TimeSpan.FromSeconds(1), RefuseAtLast(rates, First));
        Assert.Null(rates.Refuse(Second));
        Assert.Null(rates.Refuse(null));
    }

    [Fact]
    public void The_rate_of_all_counts_every_client()
    {
        using var rates = new RequestRates(total: 10, perClient: 100);

        Assert.NotNull(RefuseAtLast(rates, First));
        Assert.NotNull(RefuseAtLast(rates, Second));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("::1", "::")]
    public void A_client_is_an_address_or_the_network_that_one_subscriber_has(string address, string client) =>
        Assert.Equal(IPAddress.Parse(client), ClientRates.NetworkOf(IPAddress.Parse(address)));

    /// <summary>Asks until it is too much: faster than any bucket here is filled.</summary>
    private static TimeSpan? RefuseAtLast(RequestRates rates, IPAddress client) =>
        Enumerable.Range(0, 1_000_000).Select(_ => rates.Refuse(client)).First(refused => refused is not null);
}
