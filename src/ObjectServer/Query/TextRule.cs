using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using ObjectServer.Errors;

namespace ObjectServer.Query;

/// <summary>What the text of a parameter must be like.</summary>
/// <param name="Min">Characters at least.</param>
/// <param name="Max">Characters at most.</param>
/// <param name="Pattern">What AWS says of a text that is not like it: a regular expression, in its words.</param>
/// <param name="Holds">Whether a text of good length is like it.</param>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names</remarks>
internal sealed partial record TextRule(int Min, int Max, string Pattern, Func<string, bool> Holds)
{
    /// <summary>How much of a text its refusal repeats.</summary>
    private const int MaxShown = 2048;

    private const string NamePattern = @"[\w+=,.@-]+";

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+=,.@-");

    private static readonly SearchValues<char> KeyIdCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

    public static TextRule NewUserName { get; } = Name(64);

    /// <summary>Of something that may be there already, under an older rule.</summary>
    public static TextRule ExistingName { get; } = Name(128);

    public static TextRule GroupName { get; } = Name(128);

    public static TextRule RoleName { get; } = Name(64);

    public static TextRule PolicyName { get; } = Name(128);

    public static TextRule DeviceName { get; } = Name(226);

    public static TextRule Path { get; } = new(
        1, 512, @"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)",
        text => text == "/" || (text.Length > 2 && text[0] == '/' && text[^1] == '/' && IsVisible(text)));

    public static TextRule PathPrefix { get; } = new(
        1, 512, @"\u002F[\u0021-\u007F]*", text => text[0] == '/' && IsVisible(text.Replace('\u007F', '/')));

    public static TextRule Arn { get; } = new(
        20, 2048, @"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+", IsAnything);

    public static TextRule Document { get; } = new(
        1, 131_072, @"[\u0009\u000A\u000D\u0020-\u00FF]+",
        text => text.All(c => c is '\t' or '\n' or '\r' or (>= ' ' and <= '\u00FF')));

    public static TextRule RoleDescription { get; } = new(
        0, 1000, @"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*",
        text => text.All(c => c is '\t' or '\n' or '\r' or (>= ' ' and <= '~') or (>= '\u00A1' and <= '\u00FF')));

    public static TextRule PolicyDescription { get; } = new(0, 1000, ".*", IsAnything);

    /// <summary>AWS's own ids have 16 characters or more; keys that an operator chose may have fewer.</summary>
    public static TextRule AccessKeyId { get; } = new(
        1, 128, @"[\w]+", text => !text.AsSpan().ContainsAnyExcept(KeyIdCharacters));

    public static TextRule AccountAlias { get; } = new(
        3, 63, "^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$", AliasForm().IsMatch);

    public static TextRule TagKey { get; } = new(1, 128, @"[\p{L}\p{Z}\p{N}_.:/=+\-@]+", TagForm().IsMatch);

    public static TextRule TagValue { get; } = new(0, 256, @"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", TagForm().IsMatch);

    public static TextRule ProviderUrl { get; } = new(1, 255, ".*", IsAnything);

    public static TextRule ClientId { get; } = new(1, 255, ".*", IsAnything);

    public static TextRule Thumbprint { get; } = new(40, 40, ".*", IsAnything);

    public static TextRule SerialNumber { get; } = new(
        9, 256, @"[\w+=/:,.@-]+",
        text => !text.Replace('/', '-').Replace(':', '-').AsSpan().ContainsAnyExcept(NameCharacters));

    public static TextRule AuthenticationCode { get; } = new(6, 6, @"[\d]+", text => text.All(char.IsAsciiDigit));

    public static TextRule VersionId { get; } = new(
        2, 10, @"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?", text => VersionForm().IsMatch(text));

    public static TextRule ActionName { get; } = new(3, 128, ".*", IsAnything);

    public static TextRule ResourceName { get; } = new(1, 2048, ".*", IsAnything);

    public static TextRule Marker { get; } = new(1, 4096, @"[\u0020-\u00FF]+", IsAnything);

    /// <summary>One of a few words.</summary>
    public static TextRule OneOf(params string[] words) =>
        new(0, int.MaxValue, $"[{string.Join(", ", words)}]", words.Contains);

    /// <summary>Whether this is a list of words, which AWS puts in other words than a pattern.</summary>
    public bool IsEnumeration => Max == int.MaxValue;

    /// <summary>Whether a text is like this, its length too.</summary>
    public bool Fits(string text) => text.Length >= Min && text.Length <= Max && Holds(text);

    /// <summary>A text that is like this.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The parameter that it is the value of.</param>
    /// <exception cref="S3Exception">ValidationError: it is not.</exception>
    public string Checked(string text, string name)
    {
        if (Fits(text))
        {
            return text;
        }

        var constraint =
            IsEnumeration ? $"Member must satisfy enum value set: {Pattern}"
            : text.Length < Min
                ? string.Create(
                    CultureInfo.InvariantCulture, $"Member must have length greater than or equal to {Min}")
            : text.Length > Max
                ? string.Create(CultureInfo.InvariantCulture, $"Member must have length less than or equal to {Max}")
            : $"Member must satisfy regular expression pattern: {Pattern}";
        throw Invalid($"'{text[..Math.Min(text.Length, MaxShown)]}'", name, constraint);
    }

    /// <summary>ValidationError, in AWS's words.</summary>
    /// <param name="value">The value, in quotes; <c>null</c> where there is none.</param>
    /// <param name="name">The parameter.</param>
    /// <param name="constraint">What the value is not.</param>
    public static S3Exception Invalid(string value, string name, string constraint) =>
        new(QueryErrors.ValidationError.Saying(
            $"1 validation error detected: Value {value} at '{char.ToLowerInvariant(name[0])}{name[1..]}' "
            + $"failed to satisfy constraint: {constraint}"));

    private static TextRule Name(int max) =>
        new(1, max, NamePattern, text => !text.AsSpan().ContainsAnyExcept(NameCharacters));

    private static bool IsAnything(string text) => true;

    private static bool IsVisible(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]\z")]
    private static partial Regex AliasForm();

    [GeneratedRegex(@"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*\z")]
    private static partial Regex TagForm();

    [GeneratedRegex(@"^v[1-9][0-9]{0,8}\z")]
    private static partial Regex VersionForm();
}
