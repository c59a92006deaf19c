using CsCheck;
using ObjectServer.Http;

namespace ObjectServer.Tests.Http;

public sealed class EncodedWordsTests
{
    /// <summary>AWS's documented example: the bytes of UTF-8, taken for ISO 8859-1.</summary>
    [Fact]
    public void The_documented_example_is_encoded_as_documented() =>
        Assert.Equal(
            "=?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?=",
            EncodedWords.Encode("Ã\u0084MÃ\u0084ZÃ\u0095Ã\u0091 S3"));

    [Theory]
    [InlineData("")]
    [InlineData("AMAZONS3")]
    [InlineData("plain = ? _ text")]
    public void Ascii_stays_as_it_is(string text) => Assert.Equal(text, EncodedWords.Encode(text));

    [Fact]
    public void Text_that_is_mostly_ascii_is_quoted() =>
        Assert.Equal("=?UTF-8?Q?Hello_World=C3=A9?=", EncodedWords.Encode("Hello World\u00e9"));

    [Fact]
    public void No_word_is_longer_than_the_rfc_allows() =>
        Gen.String[1, 200].Where(IsText).Sample(text =>
            EncodedWords.Encode(text + "é").Split(' ').All(word => word.Length <= 75));

    [Fact]
    public void Whatever_is_encoded_is_read_back() =>
        Gen.String[0, 200].Where(IsText).Select(text => text + "\u00e9").Sample(text =>
            EncodedWords.Decode(EncodedWords.Encode(text)) == text);

    [Theory]
    [InlineData("=?utf-8?b?w6k=?=", "é")]
    [InlineData("=?ISO-8859-1?Q?=E9?=", "é")]
    [InlineData("a =?UTF-8?Q?=C3=A9?= b", "a é b")]
    [InlineData("=?UTF-8?Q?a?= =?UTF-8?Q?b?=", "ab")]
    [InlineData("=?UTF-8?Q?a?= x", "a x")]
    public void Encoded_words_are_decoded(string text, string meaning) =>
        Assert.Equal(meaning, EncodedWords.Decode(text));

    [Theory]
    [InlineData("=?")]
    [InlineData("=?UTF-8?B?")]
    [InlineData("=?UTF-8?X?YQ==?=")]
    [InlineData("=?KOI8-R?B?YQ==?=")]
    [InlineData("=?UTF-8?B?****?=")]
    [InlineData("=?UTF-8?Q?=Z9?=")]
    [InlineData("=?UTF-8?B?/w==?=")]
    [InlineData("a=?b=?c=?")]
    public void What_is_no_encoded_word_stays(string text) => Assert.Equal(text, EncodedWords.Decode(text));

    [Theory]
    [InlineData("plain", true)]
    [InlineData("caf\u00e9", true)]
    [InlineData("line\nbreak", false)]
    [InlineData("\u20ac", false)]
    [InlineData("\u0085", false)]
    public void A_header_can_carry_iso_8859_1_without_controls(string text, bool can) =>
        Assert.Equal(can, EncodedWords.IsHeaderText(text));

    private static bool IsText(string text) => !text.EnumerateRunes().Any(rune => rune.Value == 0xFFFD);
}
