using ObjectServer.Observability;

namespace ObjectServer.Tests.Observability;

public sealed class RequestIdsTests
{
    [Fact]
    public void Ids_are_16_capital_hexadecimal_digits_and_never_the_same()
    {
        var ids = new RequestIds();
        var made = Enumerable.Range(0, 100_000).Select(_ => ids.Next()).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(100_000, made.Count);
        Assert.All(made.Take(1_000), id => Assert.Matches("^[0-9A-F]{16}$", id));
    }

    [Fact]
    public void Two_servers_do_not_make_the_same_ids() =>
        Assert.NotEqual(new RequestIds().Next(), new RequestIds().Next());
}
