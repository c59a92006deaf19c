using ObjectServer.Addressing;
using ObjectServer.Query;

namespace ObjectServer.Tests.Query;

public sealed class QueryParametersTests
{
    [Fact]
    public void Lists_are_numbered_from_one_without_gaps()
    {
        var parameters = Parse("A.member.1=x&A.member.2=y+z&A.member.4=no&B=&C.member.2=no");

        Assert.Equal(["x", "y z"], parameters.FindList("A"));
        Assert.Empty(parameters.FindList("B"));
        Assert.Empty(parameters.FindList("C"));
        Assert.Equal("", parameters.Find("B"));
        Assert.Null(parameters.Find("b"));
    }

    [Fact]
    public void Structures_are_found_by_a_part_that_all_of_them_have()
    {
        var parameters = Parse("T.member.1.Key=a&T.member.1.Value=b&T.member.2.Key=c&T.member.3.Value=no");

        Assert.Equal(["T.member.1.", "T.member.2."], parameters.FindStructures("T", "Key"));
    }

    [Fact]
    public void Of_a_name_that_comes_twice_the_first_counts() =>
        Assert.Equal("1", Parse("A=1&A=2").Find("A"));

    private static QueryParameters Parse(string form) => new(RawQuery.Parse(form));
}
