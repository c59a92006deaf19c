using ObjectServer.Operations.Objects;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.Operations.Objects;

public sealed class RenameTokensTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Rename Move = new(1, ObjectKey.Parse("a"), ObjectKey.Parse("b"));

    [Fact]
    public void A_rename_is_known_by_its_token_for_five_minutes()
    {
        var tokens = new RenameTokens();
        tokens.Keep("t", Move, Start);
        Assert.Equal(Move, tokens.Find("t", Start.AddSeconds(299)));
        Assert.Null(tokens.Find("t", Start.AddSeconds(300)));
        Assert.Null(tokens.Find("t", Start));
    }

    [Fact]
    public void The_oldest_give_way()
    {
        var tokens = new RenameTokens();
        for (var number = 0; number <= 10_000; number++)
        {
            tokens.Keep($"{number}", Move, Start);
        }

        Assert.Null(tokens.Find("0", Start));
        Assert.NotNull(tokens.Find("1", Start));
        Assert.NotNull(tokens.Find("10000", Start));
    }
}
