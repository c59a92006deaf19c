using System.Text;
using CsCheck;
using ObjectServer.Policies;

namespace ObjectServer.Tests.Policies;

/// <summary>Patterns against models that are too simple to be wrong.</summary>
public sealed class PolicyPatternTests
{
    private const PatternOptions All = PatternOptions.Wildcards | PatternOptions.Variables;

    // Few different pieces, so that texts match often.
    private static readonly Gen<string> Pieces = Gen.OneOf("a", "b", "ab", "A", ":", "/", "😀", "é", "$", "}");

    private static readonly Gen<string> Text = Gen.Frequency((12, Pieces), (1, Gen.Const("{"))).Array[0, 12].Select(string.Concat);

    private static readonly Gen<string> Pattern = Gen.Frequency(
        (4, Pieces), (3, Gen.OneOf("*", "?", "**")), (1, Gen.OneOf("${aws:v}", "${aws:w, 'a'}", "${*}", "${?}", "${$}")))
        .Array[0, 10].Select(string.Concat);

    [Fact]
    public void A_pattern_matches_what_its_model_matches() => Gen.Select(Pattern, Text, Text).Sample((pattern, text, value) =>
    {
        var compiled = PolicyPattern.Compile(pattern, All);
        var keys = new ConditionTable().With("aws:v", value);
        Assert.Equal(Model(Elements(pattern, value), Runes(text), ignoreCase: false), compiled.Matches(text, keys, out var isResolved));
        Assert.True(isResolved);
    }, iter: 20_000);

    [Fact]
    public void A_pattern_matches_what_it_was_made_from() => Gen.Select(Text, Gen.Int[0, 1 << 12]).Sample((text, stars) =>
    {
        // Every rune may become a star or a question mark.
        var pattern = string.Concat(Runes(text).Select((rune, index) => ((stars >> index) & 3) switch
        {
            0 => "*",
            1 => "?",
            _ => rune == new Rune('$') ? "${$}" : rune.ToString(),
        }));
        Assert.True(PolicyPattern.Compile(pattern, All).Matches(text));
    });

    [Fact]
    public void Case_is_ignored_where_it_should_be() => Gen.Select(Pattern, Text).Sample((pattern, text) =>
    {
        var compiled = PolicyPattern.Compile(pattern, PatternOptions.Wildcards | PatternOptions.IgnoreCase);
        var elements = Runes(pattern).Select(rune => rune.Value is '*' or '?' ? (int?)-rune.Value : rune.Value).ToArray();
        Assert.Equal(Model(elements, Runes(text), ignoreCase: true), compiled.Matches(text));
    }, iter: 20_000);

    [Fact]
    public void Without_wildcards_a_pattern_is_its_text() => Gen.Select(Pattern, Text).Sample((pattern, text) =>
    {
        var compiled = PolicyPattern.Compile(pattern, PatternOptions.None);
        Assert.True(compiled.Matches(pattern));
        Assert.Equal(pattern == text, compiled.Matches(text));
        Assert.False(compiled.HasWildcards || compiled.HasVariables);
    });

    [Fact]
    public void An_arn_is_matched_part_by_part()
    {
        var part = Gen.OneOf("", "*", "a", "a*", "?", "b/*", "*:c");
        var value = Gen.OneOf("", "a", "ab", "b/c", "a:c");
        Gen.Select(part.Array[5], value.Array[5]).Sample((parts, values) =>
        {
            var pattern = "arn:" + string.Join(':', parts);
            var arn = "arn:" + string.Join(':', values);
            var expected = Cut(pattern).Zip(Cut(arn)).All(pair =>
                PolicyPattern.Compile(pair.First, PatternOptions.Wildcards).Matches(pair.Second));
            Assert.Equal(expected, ArnPattern.Compile(pattern, PatternOptions.Wildcards).Matches(arn, ConditionTable.Empty, out _));
        }, iter: 20_000);

        static string[] Cut(string arn) => arn.Split(':', 6);
    }

    private static Rune[] Runes(string text) => [.. text.EnumerateRunes()];

    /// <summary>A pattern in elements: a rune, or minus a wildcard.</summary>
    private static int?[] Elements(string pattern, string value)
    {
        var marked = pattern.Replace("${*}", "\u0001", StringComparison.Ordinal)
            .Replace("${?}", "\u0002", StringComparison.Ordinal)
            .Replace("${$}", "$", StringComparison.Ordinal);
        var elements = new List<int?>();
        for (var rest = marked; rest.Length > 0;)
        {
            if (rest.StartsWith("${aws:v}", StringComparison.Ordinal))
            {
                elements.AddRange(Runes(value).Select(rune => (int?)rune.Value));
                rest = rest["${aws:v}".Length..];
            }
            else if (rest.StartsWith("${aws:w, 'a'}", StringComparison.Ordinal))
            {
                elements.Add('a');
                rest = rest["${aws:w, 'a'}".Length..];
            }
            else
            {
                var rune = rest.EnumerateRunes().First();
                elements.Add(rune.Value switch { '*' => -'*', '?' => -'?', 1 => '*', 2 => '?', var other => other });
                rest = rest[rune.Utf16SequenceLength..];
            }
        }

        return [.. elements];
    }

    /// <summary>Which prefixes of a pattern match which of a text, one after the other.</summary>
    private static bool Model(int?[] pattern, Rune[] text, bool ignoreCase)
    {
        var matches = new bool[pattern.Length + 1, text.Length + 1];
        for (var p = 0; p <= pattern.Length; p++)
        {
            for (var t = 0; t <= text.Length; t++)
            {
                matches[p, t] = (p, t) switch
                {
                    (0, _) => t == 0,
                    _ when pattern[p - 1] == -'*' => matches[p - 1, t] || (t > 0 && matches[p, t - 1]),
                    (_, 0) => false,
                    _ => matches[p - 1, t - 1] && (pattern[p - 1] == -'?' || Same(pattern[p - 1]!.Value, text[t - 1].Value)),
                };
            }
        }

        return matches[pattern.Length, text.Length];

        bool Same(int left, int right) => ignoreCase
            ? Rune.ToUpperInvariant(new(left)) == Rune.ToUpperInvariant(new(right))
            : left == right;
    }
}
