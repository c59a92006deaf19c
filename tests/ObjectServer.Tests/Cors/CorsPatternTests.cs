using CsCheck;
using ObjectServer.Cors;

namespace ObjectServer.Tests.Cors;

public sealed class CorsPatternTests
{
    [Theory]
    [InlineData("http://a.test", "http://a.test", true)]
    [InlineData("http://a.test", "http://A.test", false)]
    [InlineData("http://a.test", "http://a.test:80", false)]
    [InlineData("*", "", true)]
    [InlineData("*", "null", true)]
    [InlineData("https://*.a.test", "https://b.a.test", true)]
    [InlineData("https://*.a.test", "https://.a.test", true)]
    [InlineData("https://*.a.test", "https://a.test", false)]
    [InlineData("https://*.a.test", "https://b.a.test.evil", false)]
    [InlineData("start*end", "startend", true)]
    [InlineData("start*end", "start12end", true)]
    [InlineData("start*end", "0start12end", false)]
    [InlineData("aba*aba", "aba", false)]
    [InlineData("aba*aba", "ababa", false)]
    [InlineData("prefix*", "prefix", true)]
    [InlineData("*suffix", "suffix.not", false)]
    public void One_asterisk_stands_for_anything(string pattern, string value, bool matches) =>
        Assert.Equal(matches, new CorsPattern(pattern).Matches(value, StringComparison.Ordinal));

    [Fact]
    public void Names_of_headers_match_in_any_case()
    {
        Assert.True(new CorsPattern("X-Amz-*").Matches("x-amz-date", StringComparison.OrdinalIgnoreCase));
        Assert.False(new CorsPattern("X-Amz-*").Matches("x-am", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void A_pattern_matches_what_some_text_in_place_of_its_asterisk_makes_and_nothing_else()
    {
        var text = Gen.String[Gen.Char["ab"], 0, 3];
        Gen.Select(text, text, Gen.String[Gen.Char["ab"], 0, 7]).Sample((before, after, value) =>
        {
            var isMade = Enumerable.Range(0, value.Length + 1).Any(start =>
                Enumerable.Range(start, value.Length + 1 - start).Any(end =>
                    value[..start] == before && value[end..] == after));
            return isMade == new CorsPattern($"{before}*{after}").Matches(value, StringComparison.Ordinal);
        });
    }
}
