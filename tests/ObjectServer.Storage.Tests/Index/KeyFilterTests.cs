using CsCheck;
using ObjectServer.Storage.Index;

namespace ObjectServer.Storage.Tests.Index;

public sealed class KeyFilterTests
{
    [Fact]
    public void A_key_that_was_added_may_be_there_always() =>
        Gen.Byte.Array[0, 64].Array[0, 200].Sample(keys =>
        {
            var filter = new KeyFilter(1 << 20);
            foreach (var key in keys)
            {
                filter.Add(key);
                Assert.True(filter.MayHold(key));
            }

            Assert.All(keys, key => Assert.True(filter.MayHold(key)));
        });

    [Fact]
    public void Of_absent_keys_few_may_be_there_however_often_it_grew()
    {
        var filter = new KeyFilter(8 << 20);
        for (var number = 0; number < 300_000; number++)
        {
            filter.Add(BitConverter.GetBytes(number));
        }

        Assert.All(Enumerable.Range(0, 300_000), number => Assert.True(filter.MayHold(BitConverter.GetBytes(number))));
        var wrong = Enumerable.Range(300_000, 100_000).Count(number => filter.MayHold(BitConverter.GetBytes(number)));
        Assert.InRange(wrong, 0, 5_000);
    }

    [Fact]
    public void Beyond_its_memory_it_tells_nothing_any_more()
    {
        var filter = new KeyFilter(64 << 10);
        for (var number = 0; number < 60_000; number++)
        {
            filter.Add(BitConverter.GetBytes(number));
        }

        Assert.All(Enumerable.Range(0, 100_000), number => Assert.True(filter.MayHold(BitConverter.GetBytes(number))));
    }

    [Fact]
    public async Task Whoever_asks_while_it_gives_up_is_not_told_that_a_key_is_absent()
    {
        for (var round = 0; round < 20; round++)
        {
            var filter = new KeyFilter(64 << 10);
            filter.Add("key"u8);
            var adding = Task.Run(
                () =>
                {
                    for (var number = 0; !filter.IsGivenUp; number++)
                    {
                        filter.Add(BitConverter.GetBytes(number));
                    }
                },
                TestContext.Current.CancellationToken);
            while (!adding.IsCompleted)
            {
                Assert.True(filter.MayHold("key"u8));
            }

            await adding;
        }
    }

    [Fact]
    public void An_empty_one_holds_nothing() => Assert.False(new KeyFilter(1 << 20).MayHold("key"u8));
}
