using CsCheck;
using ObjectServer.Http;

namespace ObjectServer.Tests.Http;

public sealed class HttpDatesTests
{
    private static readonly DateTimeOffset Example = new(1994, 11, 6, 8, 49, 37, TimeSpan.Zero);

    /// <summary>The examples of RFC 9110, section 5.6.7.</summary>
    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT")]
    [InlineData("Sun Nov  6 08:49:37 1994")]
    public void All_three_forms_are_read(string text)
    {
        Assert.True(HttpDates.TryParse(text, out var time));
        Assert.Equal(Example, time);
    }

    [Theory]
    [InlineData("1994-11-06T08:49:37Z")]
    [InlineData("1994-11-06T08:49:37.000Z")]
    [InlineData("1994-11-06T09:49:37+01:00")]
    [InlineData("19941106T084937Z")]
    public void Iso_8601_is_read(string text)
    {
        Assert.True(HttpDates.TryParseIso8601(text, out var time));
        Assert.Equal(Example, time);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("Mon, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("784111777")]
    public void What_is_no_date_is_not_read(string? text) => Assert.False(HttpDates.TryParseAny(text, out _));

    [Fact]
    public void Any_instant_is_read_back_to_the_second() =>
        Gen.Long[0, 4_102_444_799_999].Sample(milliseconds =>
        {
            var time = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
            return HttpDates.TryParse(HttpDates.Format(time), out var read) && read == HttpDates.ToSecond(time);
        });
}
