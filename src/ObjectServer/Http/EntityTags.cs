using System.Collections.Immutable;

namespace ObjectServer.Http;

/// <summary>Entity tags and the lists of them that If-Match and If-None-Match carry.</summary>
/// <remarks>
/// Tags are handled without their quotes, and S3 takes them without quotes too. No stored tag is weak, so a weak one
/// keeps its <c>W/</c> where the comparison is strong, and then equals nothing.
/// https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3
/// </remarks>
internal static class EntityTags
{
    /// <summary>Stands for any tag.</summary>
    public const string Any = "*";

    private const string Weak = "W/";

    /// <summary>Reads If-Match, which compares strongly. Empty: no condition.</summary>
    public static ImmutableArray<string> ParseStrong(string? header) => Parse(header, Weak);

    /// <summary>Reads If-None-Match, which compares weakly. Empty: no condition.</summary>
    public static ImmutableArray<string> ParseWeak(string? header) => Parse(header, weakPrefix: "");

    /// <summary>Whether a list names a tag.</summary>
    public static bool Match(ImmutableArray<string> tags, string eTag) => tags.Contains(Any) || tags.Contains(eTag);

    /// <summary>A tag as headers and XML carry it.</summary>
    public static string Quote(string eTag) => $"\"{eTag}\"";

    /// <summary>One tag as a client names it, with or without quotes.</summary>
    public static string Unquote(string eTag) =>
        eTag is ['"', .., '"'] and { Length: >= 2 } ? eTag[1..^1] : eTag;

    private static ImmutableArray<string> Parse(string? header, string weakPrefix)
    {
        var tags = ImmutableArray.CreateBuilder<string>();
        for (var rest = header.AsSpan().TrimStart(" \t,"); !rest.IsEmpty; rest = rest.TrimStart(" \t,"))
        {
            var isWeak = rest.StartsWith("W/\"");
            if (isWeak)
            {
                rest = rest[Weak.Length..];
            }

            var tag = rest[0] == '"' ? TakeQuoted(ref rest) : TakeBare(ref rest);
            tags.Add(isWeak ? weakPrefix + tag.ToString() : tag.ToString());
        }

        return tags.DrainToImmutable();
    }

    private static ReadOnlySpan<char> TakeQuoted(ref ReadOnlySpan<char> rest)
    {
        rest = rest[1..];
        var end = rest.IndexOf('"') is var at and >= 0 ? at : rest.Length;
        var tag = rest[..end];
        rest = rest[Math.Min(end + 1, rest.Length)..];
        return tag;
    }

    private static ReadOnlySpan<char> TakeBare(ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOf(',') is var at and >= 0 ? at : rest.Length;
        var tag = rest[..end].TrimEnd();
        rest = rest[end..];
        return tag;
    }
}
