using CsCheck;
using ObjectServer.Addressing;

namespace ObjectServer.Tests.Addressing;

public sealed class PercentEncodingTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/test$file.text", "/test%24file.text")]
    [InlineData("/test%24file.text", "/test%24file.text")]
    [InlineData("/a b", "/a%20b")]
    [InlineData("/a+b", "/a%2Bb")]
    [InlineData("/a%2fb", "/a/b")]
    [InlineData("/%7Euser", "/~user")]
    [InlineData("/a%252Fb", "/a%252Fb")]
    [InlineData("/a//../b", "/a//../b")]
    [InlineData("/%c3%a9", "/%C3%A9")]
    [InlineData("/!'()*", "/%21%27%28%29%2A")]
    public void A_path_is_signed_in_one_spelling(string sent, string canonical) =>
        Assert.Equal(canonical, PercentEncoding.CanonicalPath(sent));

    [Fact]
    public void How_a_client_spells_a_path_does_not_matter() =>
        Gen.Select(Gen.Char['!', '~'], Gen.Bool).Array[0, 20].Sample(characters =>
        {
            // The percent sign is the one character that can only be sent encoded.
            var spelled = string.Concat(characters.Select(c =>
                c.Item2 || c.Item1 == '%' ? Uri.HexEscape(c.Item1) : c.Item1.ToString()));
            var encoded = string.Concat(characters.Select(c => Uri.HexEscape(c.Item1)));

            Assert.Equal(
                PercentEncoding.CanonicalPath("/" + encoded), PercentEncoding.CanonicalPath("/" + spelled));
        });
}
