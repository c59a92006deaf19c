using ObjectServer.Iam;

namespace ObjectServer.Tests.Iam;

public sealed class StatementPositionsTests
{
    [Fact]
    public void A_statement_begins_at_its_brace_and_ends_after_the_last_one()
    {
        const string policy =
            "{\"Version\":\"é\",\n \"Statement\": [ {\"Condition\":{\"a\":{}}} ,\n  {\n  } ], \"Id\": \"x\"}";

        Assert.Equal((new(2, 17), new(2, 39)), StatementPositions.Find(policy, 0));
        Assert.Equal((new(3, 3), new(4, 4)), StatementPositions.Find(policy, 1));
    }

    [Fact]
    public void A_statement_may_stand_alone_and_other_objects_are_none() => Assert.Equal(
        (new(1, 28), new(1, 30)), StatementPositions.Find("""{"X":{"a":{}},"Statement" :{}}""", 0));
}
