using CsCheck;
using ObjectServer.Addressing;

namespace ObjectServer.Tests.Addressing;

public sealed class RawQueryTests
{
    private static readonly Gen<string> Text = Gen
        .OneOf("a", "Z", "0", "&", "=", "+", "%", " ", "/", "?", "#", "~", "é", "😀", "\u0001", "\0")
        .Array[0, 6].Select(parts => string.Concat(parts));

    [Fact]
    public void Parameters_keep_their_order_and_both_their_forms()
    {
        var query = RawQuery.Parse("b=%41+c&a&&a=x=y&=z&%62=2");

        Assert.Equal(
            [
                new("b", "%41+c", "b", "A c"),
                new("a", "", "a", ""),
                new("a", "x=y", "a", "x=y"),
                new("", "z", "", "z"),
                new("%62", "2", "b", "2"),
            ],
            query.Parameters);
    }

    [Fact]
    public void The_first_of_a_name_is_found()
    {
        var query = RawQuery.Parse("prefix=1&prefix=2&acl");

        Assert.Equal("1", query.Find("prefix"));
        Assert.Equal("", query.Find("acl"));
        Assert.True(query.Contains("acl"));
    }

    [Fact]
    public void Names_are_case_sensitive()
    {
        var query = RawQuery.Parse("Prefix=1");

        Assert.Null(query.Find("prefix"));
        Assert.False(query.Contains("PREFIX"));
    }

    [Fact]
    public void Whatever_is_encoded_is_read_back() =>
        Gen.Select(Gen.Select(Text, Text).Array[0, 5], Gen.Bool).Sample((pairs, plusForSpace) =>
        {
            var query = RawQuery.Parse(string.Join('&', pairs.Select(pair =>
                $"{Encode(pair.Item1, plusForSpace)}={Encode(pair.Item2, plusForSpace)}")));

            Assert.Equal(pairs, query.Parameters.Select(parameter => (parameter.Name, parameter.Value)));
        });

    [Fact]
    public void A_value_without_anything_to_decode_is_not_copied()
    {
        var parameter = Assert.Single(RawQuery.Parse("prefix=a/b-c").Parameters);

        Assert.Same(parameter.RawValue, parameter.Value);
    }

    private static string Encode(string text, bool plusForSpace)
    {
        var encoded = Uri.EscapeDataString(text);
        return plusForSpace ? encoded.Replace("%20", "+", StringComparison.Ordinal) : encoded;
    }
}
