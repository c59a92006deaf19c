using System.Text;
using ObjectServer.Errors;
using ObjectServer.Xml;

namespace ObjectServer.Tests.Xml;

public sealed class S3XmlReaderTests
{
    [Fact]
    public void A_text_in_many_pieces_is_one_text_and_costs_no_more_than_its_length()
    {
        var document = Utf8("<a>" + string.Concat(Enumerable.Repeat("x<!---->", 200_000)) + "</a>");
        var before = GC.GetAllocatedBytesForCurrentThread();

        var root = S3XmlReader.Parse(document, "a");

        Assert.Equal(new string('x', 200_000), root.Text);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100 * document.Length);
    }

    [Fact]
    public void Text_beside_elements_is_not_read() =>
        Assert.Equal(
            ("", "x"),
            S3XmlReader.Parse(Utf8("<a> before <b>x</b> after </a>"), "a") is var root
                ? (root.Text, root.Child("b")!.Text)
                : default);

    [Theory]
    [InlineData("<a>", "<b/>", "</a>", 1_000_000)]
    [InlineData("<a ", "{0}=\"\" ", "/>", 200_000)]
    [InlineData("", "<a>", "", 100_000)]
    public void More_elements_than_any_document_has_are_refused(string start, string again, string end, int times)
    {
        var document = new StringBuilder(start);
        for (var time = 0; time < times; time++)
        {
            document.Append(again.Replace("{0}", "n" + time, StringComparison.Ordinal));
        }

        Assert.Equal(
            "MalformedXML",
            Assert.Throws<S3Exception>(() => S3XmlReader.Parse(Utf8(document.Append(end).ToString()), "a")).Error.Code);
    }

    [Theory]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>")]
    [InlineData("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>")]
    [InlineData("<!DOCTYPE a><a/>")]
    [InlineData("<a>&b;</a>")]
    public void Document_types_and_entities_are_refused(string document) => Assert.Equal(
        "MalformedXML", Assert.Throws<S3Exception>(() => S3XmlReader.Parse(Utf8(document), "a")).Error.Code);

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
