using System.Security.Cryptography;
using System.Text;

namespace ObjectServer.Identity;

/// <summary>An account: it owns buckets, users, groups, roles and policies.</summary>
internal sealed record Account : IdentityDocument
{
    /// <summary>The account of the server's root key, always there. It stands in stored owners.</summary>
    public const string FirstId = "000000000000";

    /// <summary>Twelve digits.</summary>
    public string Id => AccountId;

    /// <summary>The id under which the account owns buckets and objects: 64 hexadecimal digits.</summary>
    public required string CanonicalId { get; init; }

    /// <summary>Its name for people, as owners in listings show it.</summary>
    public required string Name { get; init; }

    /// <summary>Under which grants find it; null where it has none.</summary>
    public string? Email { get; init; }

    /// <summary>The account alias of IAM, which no other account has; null where it has none.</summary>
    public string? Alias { get; init; }

    /// <summary>The whole account, or its root, as policies name it.</summary>
    public string RootArn => $"arn:aws:iam::{AccountId}:root";

    /// <summary>An account whose canonical id is derived from its id.</summary>
    /// <param name="id">Twelve digits.</param>
    /// <param name="name">Its name for people.</param>
    /// <param name="created">When it was made.</param>
    /// <exception cref="ArgumentException">The id is not twelve digits.</exception>
    public static Account Of(string id, string name, DateTimeOffset created) => new()
    {
        AccountId = IsId(id) ? id : throw new ArgumentException("An account id is twelve digits.", nameof(id)),
        CanonicalId = CanonicalIdOf(id),
        Name = name,
        Created = created,
    };

    /// <summary>Whether a text is twelve digits.</summary>
    public static bool IsId(string text) => text.Length == 12 && text.All(char.IsAsciiDigit);

    /// <summary>
    /// The canonical id of an account that was given none. It stands in stored owners, so the derivation never changes.
    /// </summary>
    public static string CanonicalIdOf(string accountId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("canonical-id:" + accountId)));
}
