using System.Text;
using ObjectServer.Errors;
using ObjectServer.Operations.Tagging;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.Operations.Tagging;

public sealed class TagSetsTests
{
    [Fact]
    public void The_header_is_a_query()
    {
        Tag[] tags = [new("a b", "1+2"), new("empty", ""), new("ключ", "да")];
        Assert.Equal(
            tags,
            TagSets.ParseHeader("a+b=1%2B2&empty&%D0%BA%D0%BB%D1%8E%D1%87=%D0%B4%D0%B0"));
        Assert.Empty(TagSets.ParseHeader(null));
        Assert.Empty(TagSets.ParseHeader(""));
    }

    [Theory]
    [InlineData("a=1&a=2")]
    [InlineData("a=1,b=2")]
    [InlineData("a=%ZZ")]
    public void A_header_that_is_no_query_of_tags_is_refused(string header)
    {
        var error = Assert.Throws<S3Exception>(() => TagSets.ParseHeader(header)).Error;
        Assert.Equal("InvalidArgument", error.Code);
        Assert.Contains(new("ArgumentValue", header), error.Details);
    }

    [Fact]
    public void The_tags_of_a_document_are_kept_by_key()
    {
        Tag[] tags = [new("a", " 1 "), new("b", "2")];
        Assert.Equal(tags, Parse("<Tag><Key>b</Key><Value>2</Value></Tag><Tag><Value> 1 </Value><Key>a</Key></Tag>"));
        Assert.Empty(Parse(""));
    }

    [Theory]
    [InlineData("<Tag><Key>a</Key></Tag>")]
    [InlineData("<Tag><Key>a</Key><Value>1</Value><Value>2</Value></Tag>")]
    [InlineData("<Tag/>")]
    public void A_tag_has_one_key_and_one_value(string tags) => AssertRefused("MalformedXML", tags);

    [Theory]
    [InlineData("a|b", "1")]
    [InlineData("", "1")]
    [InlineData("a", "1|2")]
    [InlineData("aws:a", "1")]
    public void Keys_and_values_have_an_alphabet_and_a_reserved_prefix(string key, string value) =>
        AssertRefused("InvalidTag", Element(key, value));

    [Fact]
    public void Lengths_have_limits()
    {
        Assert.Single(Parse(Element(new string('k', 128), new string('v', 256))));
        AssertRefused("InvalidTag", Element(new string('k', 129), "v"));
        AssertRefused("InvalidTag", Element("k", new string('v', 257)));
    }

    [Fact]
    public void A_key_comes_once() => AssertRefused("InvalidTag", Element("a", "1") + Element("a", "2"));

    [Fact]
    public void An_object_has_ten_tags_and_a_bucket_fifty()
    {
        var ten = string.Concat(Enumerable.Range(0, 10).Select(number => Element($"k{number}", "v")));
        Assert.Equal(10, Parse(ten).Length);
        AssertRefused("BadRequest", ten + Element("one more", "v"));
        Assert.Equal(11, TagSets.ParseDocument(Document(ten + Element("one more", "v")), TagRules.Bucket).Length);
    }

    private static void AssertRefused(string code, string tags) =>
        Assert.Equal(code, Assert.Throws<S3Exception>(() => Parse(tags)).Error.Code);

    private static System.Collections.Immutable.ImmutableArray<Tag> Parse(string tags) =>
        TagSets.ParseDocument(Document(tags), TagRules.Object);

    private static byte[] Document(string tags) =>
        Encoding.UTF8.GetBytes($"<Tagging><TagSet>{tags}</TagSet></Tagging>");

    private static string Element(string key, string value) => $"<Tag><Key>{key}</Key><Value>{value}</Value></Tag>";
}
