using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ObjectServer.Addressing;
using ObjectServer.Query;

namespace ObjectServer.Seeding;

/// <summary>What a text of a seed file must be like.</summary>
/// <param name="Says">Goes on from "This must be".</param>
/// <param name="Holds">Whether a text is like it.</param>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names</remarks>
internal sealed partial record SeedRule(string Says, Func<string, bool> Holds)
{
    private const int MinSecretLength = 8;

    private static readonly SearchValues<char> HeaderNameCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~");

    public static SeedRule Anything { get; } = new("a text", _ => true);

    public static SeedRule AccountId { get; } = new("twelve digits", Identity.Account.IsId);

    public static SeedRule CanonicalId { get; } = new(
        "64 hexadecimal digits in lower case", text => text.Length == 64 && text.All(char.IsAsciiHexDigitLower));

    public static SeedRule AccountName { get; } = new("1 to 128 characters", text => text.Length is >= 1 and <= 128);

    public static SeedRule Email { get; } = new("an e-mail address", EmailForm().IsMatch);

    public static SeedRule Alias { get; } = new(
        "3 to 63 lower-case letters, digits and single hyphens between them", TextRule.AccountAlias.Fits);

    public static SeedRule AccessKeyId { get; } = new(
        "3 to 128 letters, digits, hyphens, dots or underscores",
        text => text.Length >= 3 && TextRule.AccessKeyId.Fits(text));

    public static SeedRule Secret { get; } = new(
        $"at least {MinSecretLength} characters", text => text.Length >= MinSecretLength);

    public static SeedRule UserName { get; } = Name(TextRule.NewUserName);

    public static SeedRule GroupName { get; } = Name(TextRule.GroupName);

    public static SeedRule RoleName { get; } = Name(TextRule.RoleName);

    public static SeedRule PolicyName { get; } = Name(TextRule.PolicyName);

    public static SeedRule Path { get; } = new("a path that begins and ends with a slash", TextRule.Path.Fits);

    public static SeedRule Bucket { get; } = new("a name that AWS allows to a new bucket", BucketName.IsValid);

    public static SeedRule ObjectKey { get; } = new(
        $"1 to {Storage.Model.ObjectKey.MaxBytes} bytes of UTF-8 without NUL", IsKey);

    public static SeedRule MetadataName { get; } = new(
        "a header's name in lower case, without x-amz-meta-",
        text => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(HeaderNameCharacters));

    public static SeedRule HeaderValue { get; } = new("a text without control characters", text => !text.Any(char.IsControl));

    private static SeedRule Name(TextRule rule) => new(
        string.Create(CultureInfo.InvariantCulture, $"1 to {rule.Max} letters, digits and characters of _+=,.@-"),
        rule.Fits);

    /// <summary>A lone surrogate has no UTF-8 form.</summary>
    private static bool IsKey(string text)
    {
        try
        {
            var key = Storage.Model.ObjectKey.Parse(text);
            return key.Length is >= 1 and <= Storage.Model.ObjectKey.MaxBytes && !key.Utf8.Contains((byte)0);
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^[^@\s]+@[^@\s]+\z")]
    private static partial Regex EmailForm();
}
