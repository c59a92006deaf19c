using System.Security.Cryptography;
using System.Text;

namespace ObjectServer.Identity;

/// <summary>Who sends a request, once the signature was checked, or nobody in particular.</summary>
internal sealed record Caller
{
    /// <summary>A request without any signature.</summary>
    /// <remarks>The ids are the ones that AWS shows for anonymous requests in its logs and in owners.</remarks>
    public static Caller Anonymous { get; } = new()
    {
        AccountId = "ANONYMOUS_PRINCIPAL",
        CanonicalId = "65a011a29cdf8ec533ec3d1ccaae921c",
        DisplayName = "anonymous",
        Arn = "*",
        IsAnonymous = true,
    };

    private Caller()
    {
    }

    /// <summary>Twelve digits; for <see cref="Anonymous"/> a word.</summary>
    public required string AccountId { get; init; }

    /// <summary>The id under which the account owns buckets and objects: 64 hexadecimal digits.</summary>
    public required string CanonicalId { get; init; }

    /// <summary>The account's name for people.</summary>
    public required string DisplayName { get; init; }

    /// <summary>The principal as policies name it, e.g. <c>arn:aws:iam::123456789012:root</c>.</summary>
    public required string Arn { get; init; }

    /// <summary>Whether no one has signed.</summary>
    public bool IsAnonymous { get; private init; }

    /// <summary>The access key that signed; null for <see cref="Anonymous"/>.</summary>
    public string? AccessKeyId { get; private init; }

    /// <summary>The root of an account, signing with one of its keys.</summary>
    /// <param name="accountId">Twelve digits.</param>
    /// <param name="displayName">The account's name for people.</param>
    /// <param name="accessKeyId">The key that signs.</param>
    /// <exception cref="ArgumentException">The account id is not twelve digits.</exception>
    public static Caller Root(string accountId, string displayName, string accessKeyId)
    {
        if (accountId.Length != 12 || !accountId.All(char.IsAsciiDigit))
        {
            throw new ArgumentException("An account id is twelve digits.", nameof(accountId));
        }

        return new()
        {
            AccountId = accountId,
            CanonicalId = CanonicalIdOf(accountId),
            DisplayName = displayName,
            Arn = $"arn:aws:iam::{accountId}:root",
            AccessKeyId = accessKeyId,
        };
    }

    /// <summary>
    /// The canonical id of an account. It stands in stored owners, so the derivation never changes.
    /// </summary>
    private static string CanonicalIdOf(string accountId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("canonical-id:" + accountId)));
}
