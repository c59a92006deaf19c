using ObjectServer.Addressing;
using ObjectServer.Errors;
using ObjectServer.Operations.Listing;

namespace ObjectServer.Tests.Operations.Listing;

public sealed class IntegerParameterTests
{
    [Theory]
    [InlineData("", 1000)]
    [InlineData("max-keys=", 1000)]
    [InlineData("max-keys=0", 0)]
    [InlineData("max-keys=7", 7)]
    [InlineData("max-keys=1000", 1000)]
    [InlineData("max-keys=2147483647", 1000)]
    public void A_page_holds_what_is_asked_for_but_a_thousand_at_most(string query, int expected) =>
        Assert.Equal(expected, IntegerParameter.ParsePageSize(RawQuery.Parse(query), "max-keys", "maxKeys"));

    [Theory]
    [InlineData("-1", "Argument maxKeys must be an integer between 0 and 2147483647", "maxKeys")]
    [InlineData("blah", "Provided max-keys not an integer or within integer range", "max-keys")]
    [InlineData("1.5", "Provided max-keys not an integer or within integer range", "max-keys")]
    [InlineData("2147483648", "Provided max-keys not an integer or within integer range", "max-keys")]
    public void Anything_else_is_refused_with_the_argument(string value, string message, string argument)
    {
        var error = Assert.Throws<S3Exception>(
            () => IntegerParameter.ParsePageSize(RawQuery.Parse("max-keys=" + value), "max-keys", "maxKeys")).Error;
        Assert.Equal((400, "InvalidArgument", message), (error.StatusCode, error.Code, error.Message));
        Assert.Equal([new("ArgumentName", argument), new("ArgumentValue", value)], error.Details);
    }
}
