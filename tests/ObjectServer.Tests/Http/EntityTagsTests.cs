using CsCheck;
using ObjectServer.Http;

namespace ObjectServer.Tests.Http;

public sealed class EntityTagsTests
{
    [Theory]
    [InlineData("\"a\"", new[] { "a" })]
    [InlineData("a", new[] { "a" })]
    [InlineData("*", new[] { "*" })]
    [InlineData("\"a\", \"b\",c , \"d,e\"", new[] { "a", "b", "c", "d,e" })]
    [InlineData(" , \"\" ,", new[] { "" })]
    [InlineData("\"unclosed", new[] { "unclosed" })]
    public void A_list_is_read_with_or_without_quotes(string header, string[] tags)
    {
        Assert.Equal(tags, EntityTags.ParseStrong(header));
        Assert.Equal(tags, EntityTags.ParseWeak(header));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" , ")]
    public void A_header_that_names_nothing_is_no_condition(string? header)
    {
        Assert.Empty(EntityTags.ParseStrong(header));
        Assert.Empty(EntityTags.ParseWeak(header));
    }

    [Fact]
    public void A_weak_tag_matches_only_where_the_comparison_is_weak()
    {
        Assert.False(EntityTags.Match(EntityTags.ParseStrong("W/\"a\""), "a"));
        Assert.True(EntityTags.Match(EntityTags.ParseWeak("W/\"a\""), "a"));
    }

    [Fact]
    public void The_asterisk_matches_everything() =>
        Assert.True(EntityTags.Match(EntityTags.ParseStrong("*"), "anything"));

    [Fact]
    public void Any_list_of_quoted_tags_is_read_back() =>
        Gen.String[Gen.Char["abc019-, W/*"], 0, 8].List[1, 6].Sample(tags =>
            EntityTags.ParseStrong(string.Join(", ", tags.Select(EntityTags.Quote))).SequenceEqual(tags));

    [Theory]
    [InlineData("\"a\"", "a")]
    [InlineData("a", "a")]
    [InlineData("\"", "\"")]
    [InlineData("", "")]
    public void Quotes_come_off_in_pairs(string tag, string bare) => Assert.Equal(bare, EntityTags.Unquote(tag));
}
