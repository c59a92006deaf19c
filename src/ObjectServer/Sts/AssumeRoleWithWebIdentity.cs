using System.Globalization;
using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Policies;
using ObjectServer.Query;

namespace ObjectServer.Sts;

/// <summary>AssumeRoleWithWebIdentity: a session of a role for whomever an OpenID Connect issuer vouches.</summary>
/// <remarks>
/// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html. It is not signed: the token is
/// the proof. An issuer counts where the account of the role has a provider of it and the operator configured it.
/// </remarks>
/// <param name="issuers">The keys of issuers.</param>
internal sealed class AssumeRoleWithWebIdentity(IssuerKeys issuers)
{
    private const string Action = "sts:AssumeRoleWithWebIdentity";

    /// <summary>By how much the clock of an issuer may be ahead.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    private static readonly TextRule TokenRule = new(4, WebToken.MaxCharacters, ".*", _ => true);

    public async ValueTask<ResultWriter?> AnswerAsync(StsRequest request, CancellationToken cancellation)
    {
        var accountId = RoleSessions.ReadRole(request, out var arn).AccountId;
        var name = RoleSessions.ReadName(request);
        var seconds = RoleSessions.ReadSeconds(request);
        var given = request.Text("WebIdentityToken", TokenRule);
        if (request.Query.Parameters.Find("ProviderId") is not null)
        {
            throw StsRequest.Refused("ProviderId is for OAuth 2.0 access tokens, of which none are taken.");
        }

        var policies = request.Policies(accountId);
        var token = WebToken.Parse(given) ?? throw new S3Exception(StsErrors.InvalidIdentityToken);
        var provider = FindProvider(request, accountId, token);
        await DemandSignatureAsync(token, cancellation);
        DemandTime(token, request.Now);

        var limits = StsRequest.WithTags(policies, token.Tags, token.TransitiveTagKeys);
        var sourceIdentity = token.SourceIdentity is { } identity && RoleSessions.SourceIdentityRule.Holds(identity)
            && identity.Length is >= 2 and <= 64
                ? identity
                : token.SourceIdentity is null
                    ? null
                    : throw StsRequest.Refused("The source identity in the token is invalid.");
        var (packed, percent) = StsRequest.Pack(limits);
        var role = request.Identities.FindRole(arn) ?? throw Denied(Action, $"There is no role {arn}.");
        var conditions = ConditionsOf(
            request, token, provider, RoleSessions.Conditions(role, name, seconds, limits, sourceIdentity));
        Demand(Action, isAsked: true);
        Demand("sts:TagSession", isAsked: !limits.Tags.IsEmpty);
        Demand("sts:SetSourceIdentity", isAsked: sourceIdentity is not null);
        RoleSessions.DemandDuration(role, seconds);
        var session = RoleSessions.Begin(request, role, name, seconds, limits) with
        {
            SourceIdentity = sourceIdentity,
            Provider = provider.Arn,
        };
        var sessionToken = request.Give(session, packed);
        return xml => xml
            .Element("SubjectFromWebIdentityToken", token.Subject)
            .Element("Audience", AudienceOf(token, provider))
            .AssumedRole(session, role.Name)
            .Credentials(session, sessionToken)
            .Element("Provider", provider.Arn)
            .Element("SourceIdentity", sourceIdentity)
            .PackedSize(percent);

        void Demand(string action, bool isAsked)
        {
            if (isAsked && !RoleSessions.IsAllowed(
                    request, role, action, PolicyPrincipal.Federated(provider.Arn), PolicySet.Empty, conditions))
            {
                throw Denied(action);
            }
        }
    }

    /// <summary>The provider of the role's account that the token is of.</summary>
    /// <exception cref="S3Exception">InvalidIdentityToken.</exception>
    private OidcProvider FindProvider(StsRequest request, string accountId, WebToken token)
    {
        var issuer = WithoutScheme(token.Issuer);
        var provider = request.Identities.FindAccount(accountId)?.OidcProviders.GetValueOrDefault(issuer) is { } found
            && found.Url == issuer
            ? found
            : throw Refused(
                StsErrors.InvalidIdentityToken, $"No OpenIDConnect provider found in your account for {token.Issuer}");
        if (!issuers.Knows(token.Issuer))
        {
            throw Refused(
                StsErrors.InvalidIdentityToken,
                $"The server is not configured to ask the issuer {token.Issuer} (oidc-issuer).");
        }

        return AudienceOf(token, provider) is null
            ? throw Refused(StsErrors.InvalidIdentityToken, "Incorrect token audience")
            : provider;
    }

    private async ValueTask DemandSignatureAsync(WebToken token, CancellationToken cancellation)
    {
        var keys = await issuers.FindAsync(token.Issuer, token.KeyId, cancellation);
        if (keys.Count == 0)
        {
            throw Refused(
                StsErrors.InvalidIdentityToken, "Couldn't retrieve verification key from your identity provider.");
        }

        if (!keys.Any(token.IsSignedBy))
        {
            throw Refused(StsErrors.InvalidIdentityToken, "Failed to validate the signature of the ID Token.");
        }
    }

    private static void DemandTime(WebToken token, DateTimeOffset now)
    {
        if (now >= token.Expires)
        {
            throw Refused(
                StsErrors.ExpiredTokenException,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Token expired: current date/time {now.ToUnixTimeSeconds()} must be before the expiration "
                    + $"date/time {token.Expires.ToUnixTimeSeconds()}"));
        }

        if (token.NotBefore > now + Skew || token.IssuedAt > now + Skew)
        {
            throw Refused(StsErrors.InvalidIdentityToken, "The ID Token is not valid yet.");
        }
    }

    /// <summary>
    /// For whom the token was made, if that is somebody the provider is for: azp where it says, else aud.
    /// </summary>
    private static string? AudienceOf(WebToken token, OidcProvider provider) => token.AuthorizedParty is { } party
        ? provider.ClientIds.Contains(party) ? party : null
        : token.Audience.FirstOrDefault(audience => provider.ClientIds.Contains(audience));

    /// <summary>
    /// Claims are condition keys under the issuer's name; azp, where there is one, is what aud is elsewhere.
    /// </summary>
    /// <remarks>
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
    /// </remarks>
    private static QueryConditions ConditionsOf(
        StsRequest request, WebToken token, OidcProvider provider, ConditionTable keys)
    {
        keys.With("aws:FederatedProvider", provider.Arn);
        foreach (var (claim, values) in token.Claims)
        {
            keys.With($"{provider.Url}:{claim}", [.. values]);
        }

        if (token.AuthorizedParty is { } party)
        {
            keys.With($"{provider.Url}:aud", party).With($"{provider.Url}:oaud", [.. token.Audience]);
        }

        return new(request.Query, keys);
    }

    private static string WithoutScheme(string issuer) =>
        issuer[(issuer.IndexOf("://", StringComparison.Ordinal) is >= 0 and var at ? at + 3 : 0)..].TrimEnd('/');

    private static S3Exception Denied(string action, string? why = null) => new(
        QueryErrors.AccessDenied.Saying($"Not authorized to perform {action}") with { Why = why });

    private static S3Exception Refused(S3Error error, string message) => new(error.Saying(message));
}
