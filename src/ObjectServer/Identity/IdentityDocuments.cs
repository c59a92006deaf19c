using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ObjectServer.Encryption;
using ObjectServer.Storage.Model;

namespace ObjectServer.Identity;

/// <summary>
/// How identities are kept: one JSON document each, under a name of its kind and its id. Secrets are sealed.
/// </summary>
/// <remarks>
/// <code>
/// identity/revision                  changed with every change of the others
/// identity/account/ACCOUNT
/// identity/user/ID   identity/group/ID   identity/role/ID   identity/policy/ID
/// identity/key/ID
/// identity/oidc/ACCOUNT/URL
/// identity/mfa/ACCOUNT/NAME          the name in lower case
/// </code>
/// Names and fields are on disk: they only grow. See docs/on-disk-format.md.
/// </remarks>
internal sealed class IdentityDocuments(SecretSeal seal)
{
    /// <summary>What the names of all of them begin with.</summary>
    public const string Prefix = "identity/";

    /// <summary>The document that every change requires and replaces.</summary>
    public const string Revision = Prefix + "revision";

    /// <summary>The purpose for which the master key derives the key of the seal.</summary>
    public const string SealPurpose = "identity secrets";

    /// <summary>
    /// With quotation marks as <c>\"</c>: policies are full of them, and nobody puts these texts into HTML.
    /// </summary>
    private static readonly IdentityJson Form = new(
        new JsonSerializerOptions(IdentityJson.Default.Options)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });

    public static string NameOf(IdentityDocument document) => document switch
    {
        Account account => $"{Prefix}account/{account.Id}",
        PolicyHolder holder => $"{Prefix}{holder.Kind}/{holder.Id}",
        ManagedPolicy policy => $"{Prefix}policy/{policy.Id}",
        OidcProvider provider => $"{Prefix}oidc/{provider.AccountId}/{provider.Url}",
        MfaDevice device => $"{Prefix}mfa/{device.AccountId}/{device.Name.ToLowerInvariant()}",
        _ => throw new ArgumentOutOfRangeException(nameof(document)),
    };

    public static string NameOfKey(string accessKeyId) => $"{Prefix}key/{accessKeyId}";

    public byte[] Encode(IdentityDocument document) => document switch
    {
        Account account => Json(account, Form.Account),
        User user => Json(user, Form.User),
        Group group => Json(group, Form.Group),
        Role role => Json(role, Form.Role),
        ManagedPolicy policy => Json(policy, Form.ManagedPolicy),
        OidcProvider provider => Json(provider, Form.OidcProvider),
        MfaDevice device => Json(
            new KeptMfaDevice(device, seal.Close(Convert.ToBase64String(device.Seed.Bytes.Span), NameOf(device))),
            Form.KeptMfaDevice),
        _ => throw new ArgumentOutOfRangeException(nameof(document)),
    };

    public byte[] Encode(AccessKey key) => Json(
        new KeptAccessKey(
            key.Id, seal.Close(key.Secret, NameOfKey(key.Id)), key.AccountId, key.UserId, key.IsActive, key.Created),
        Form.KeptAccessKey);

    /// <summary>Reads a document that one of the above made: an identity or an access key.</summary>
    /// <returns>
    /// An <see cref="IdentityDocument"/>, an <see cref="AccessKey"/>, or null: of a kind that is not known.
    /// </returns>
    /// <exception cref="CorruptDataException">
    /// It cannot be read, or its secret was sealed under another key.
    /// </exception>
    public object? Decode(string name, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return name[Prefix.Length..].Split('/', 2)[0] switch
            {
                "account" => JsonSerializer.Deserialize(bytes.Span, Form.Account),
                "user" => JsonSerializer.Deserialize(bytes.Span, Form.User),
                "group" => JsonSerializer.Deserialize(bytes.Span, Form.Group),
                "role" => JsonSerializer.Deserialize(bytes.Span, Form.Role),
                "policy" => JsonSerializer.Deserialize(bytes.Span, Form.ManagedPolicy),
                "oidc" => JsonSerializer.Deserialize(bytes.Span, Form.OidcProvider),
                "mfa" => Opened(name, JsonSerializer.Deserialize(bytes.Span, Form.KeptMfaDevice)!),
                "key" => Opened(name, JsonSerializer.Deserialize(bytes.Span, Form.KeptAccessKey)!),
                _ => null,
            };
        }
        catch (Exception unreadable) when (unreadable is JsonException or CryptographicException or FormatException)
        {
            throw new CorruptDataException($"The document '{name}' cannot be read: {unreadable.Message}", unreadable);
        }
    }

    private MfaDevice Opened(string name, KeptMfaDevice kept) =>
        kept.Device with { Seed = new(Convert.FromBase64String(seal.Open(kept.Seed, name))) };

    private AccessKey Opened(string name, KeptAccessKey kept) => new(kept.Id, seal.Open(kept.Secret, name))
    {
        AccountId = kept.AccountId,
        UserId = kept.UserId,
        IsActive = kept.IsActive,
        Created = kept.Created,
    };

    private static byte[] Json<T>(T value, JsonTypeInfo<T> type) =>
        JsonSerializer.SerializeToUtf8Bytes(value, type);
}

/// <summary>An access key as it is kept.</summary>
internal sealed record KeptAccessKey(
    string Id, string Secret, string AccountId, string? UserId, bool IsActive, DateTimeOffset Created);

/// <summary>A device as it is kept.</summary>
internal sealed record KeptMfaDevice(MfaDevice Device, string Seed);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(Account))]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(Group))]
[JsonSerializable(typeof(Role))]
[JsonSerializable(typeof(ManagedPolicy))]
[JsonSerializable(typeof(OidcProvider))]
[JsonSerializable(typeof(KeptMfaDevice))]
[JsonSerializable(typeof(KeptAccessKey))]
internal sealed partial class IdentityJson : JsonSerializerContext;
