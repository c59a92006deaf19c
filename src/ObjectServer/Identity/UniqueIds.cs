using System.Security.Cryptography;

namespace ObjectServer.Identity;

/// <summary>Makes ids and secrets in the form of AWS's.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids</remarks>
internal static class UniqueIds
{
    private const string IdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const string SecretAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static string User() => Make("AIDA", 17);

    public static string Group() => Make("AGPA", 17);

    public static string Role() => Make("AROA", 17);

    public static string Policy() => Make("ANPA", 17);

    /// <summary>The id of a key that lasts.</summary>
    public static string AccessKey() => Make("AKIA", 16);

    /// <summary>The id of a temporary key.</summary>
    public static string TemporaryKey() => Make("ASIA", 16);

    /// <summary>The secret of a key: 238 random bits.</summary>
    public static string Secret() => RandomNumberGenerator.GetString(SecretAlphabet, 40);

    private static string Make(string prefix, int length) =>
        prefix + RandomNumberGenerator.GetString(IdAlphabet, length);
}
