using ObjectServer.Hosting;

namespace ObjectServer.Tests.Hosting;

public sealed class TimeTextTests
{
    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("10s", 10_000)]
    [InlineData("5m", 300_000)]
    [InlineData("24h", 86_400_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("0s", 0)]
    public void A_count_and_a_unit_are_a_time(string text, long milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), TimeText.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1.5h")]
    [InlineData("1w")]
    [InlineData(" 1s")]
    [InlineData("99999999999999999999s")]
    [InlineData("10001d")]
    public void Anything_else_is_none(string text) => Assert.Null(TimeText.Parse(text));
}
