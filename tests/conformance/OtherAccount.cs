using System.Security.Cryptography;
using System.Text;

namespace ObjectServer.Conformance;

/// <summary>A second account of the suite's server, whose root has a key, for what one account does to another.</summary>
internal static class OtherAccount
{
    public const string Id = "111122223333";
    public const string Name = "other";
    public const string Email = "other@example.com";
    public const string AccessKeyId = "OTHERACCOUNT";
    public const string SecretAccessKey = "other-secret-key";

    /// <summary>The id under which it owns buckets and objects.</summary>
    public static string CanonicalId { get; } =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("canonical-id:" + Id)));
}
