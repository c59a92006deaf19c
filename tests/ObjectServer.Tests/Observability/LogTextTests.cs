using ObjectServer.Observability;

namespace ObjectServer.Tests.Observability;

public sealed class LogTextTests
{
    [Theory]
    [InlineData("plain/key", "plain/key")]
    [InlineData("two words", "two\\x20words")]
    [InlineData("line\nbreak", "line\\x0abreak")]
    [InlineData("back\\slash", "back\\x5cslash")]
    [InlineData("\u0085next", "\\x85next")]
    [InlineData("ключ", "ключ")]
    public void A_key_stays_one_word_of_one_line(string key, string shown) => Assert.Equal(shown, LogText.OneLine(key));
}
