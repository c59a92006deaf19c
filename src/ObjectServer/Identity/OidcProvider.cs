using System.Collections.Immutable;
using ObjectServer.Storage.Model;

namespace ObjectServer.Identity;

/// <summary>An issuer of web identities that an account trusts.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html</remarks>
internal sealed record OidcProvider : IdentityDocument
{
    /// <summary>The issuer without its scheme, e.g. <c>token.example.com/tenant</c>.</summary>
    public required string Url { get; init; }

    /// <summary>The audiences that count.</summary>
    public ImmutableArray<string> ClientIds { get; init => field = value.OrEmpty(); } = [];

    /// <summary>SHA-1 of certificates that vouch for the issuer's, in hexadecimal.</summary>
    public ImmutableArray<string> Thumbprints { get; init => field = value.OrEmpty(); } = [];

    public ImmutableArray<Tag> Tags { get; init => field = value.OrEmpty(); } = [];

    public string Arn => $"arn:aws:iam::{AccountId}:oidc-provider/{Url}";
}
