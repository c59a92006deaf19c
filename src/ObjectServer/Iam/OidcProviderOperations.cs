using System.Collections.Immutable;
using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Policies;
using ObjectServer.Query;

namespace ObjectServer.Iam;

/// <summary>Create, Get, List, Delete of OpenID Connect providers, their client ids and thumbprints.</summary>
/// <remarks>A provider without thumbprints is taken: the server asks no one what they might be.</remarks>
internal static class OidcProviderOperations
{
    private const string Kind = "oidc-provider/";

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html</remarks>
    public static async ValueTask<ResultWriter?> CreateAsync(IamRequest request, CancellationToken cancellation)
    {
        var url = ReadUrl(request);
        var clientIds = ReadClientIds(request);
        var thumbprints = ReadThumbprints(request, isRequired: false);
        var tags = request.Tags();
        var made = await request.ChangeAsync(
            change =>
            {
                var provider = new OidcProvider
                {
                    AccountId = request.Caller.AccountId,
                    Created = change.Now,
                    Url = url,
                    ClientIds = clientIds,
                    Thumbprints = thumbprints,
                    Tags = tags,
                };
                request.Demand(provider.Arn, IamLookup.Requested(tags));
                if (change.Account.OidcProviders.ContainsKey(url))
                {
                    throw IamErrors.Exists($"Provider with url https://{url} already exists.");
                }

                if (change.Account.OidcProviders.Count >= IamQuotas.OidcProviders)
                {
                    throw IamErrors.Quota("OpenIdConnectProvidersPerAccount", IamQuotas.OidcProviders);
                }

                TagOperations.DemandQuota(tags);
                change.Put(provider);
                return provider;
            },
            cancellation);
        return xml => xml.Element("OpenIDConnectProviderArn", made.Arn).Tags(made.Tags);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html</remarks>
    public static ValueTask<ResultWriter?> GetAsync(IamRequest request, CancellationToken cancellation)
    {
        var provider = Find(request, request.Account, new());
        return new(xml => xml
            .Element("Url", provider.Url)
            .List("ClientIDList", provider.ClientIds)
            .List("ThumbprintList", provider.Thumbprints)
            .Time("CreateDate", provider.Created)
            .Tags(provider.Tags));
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviders.html</remarks>
    public static ValueTask<ResultWriter?> ListAsync(IamRequest request, CancellationToken cancellation)
    {
        request.Demand(request.ArnOf(Kind + "*"));
        var all = request.Account.OidcProviders.Values;
        return new(xml => xml.List(
            "OpenIDConnectProviderList", all, static (member, provider) => member.Element("Arn", provider.Arn)));
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteOpenIDConnectProvider.html</remarks>
    public static ValueTask<ResultWriter?> DeleteAsync(IamRequest request, CancellationToken cancellation) =>
        request.ChangeAsync(change => change.Remove(Find(request, change.Account, new())), cancellation);

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddClientIDToOpenIDConnectProvider.html</remarks>
    public static ValueTask<ResultWriter?> AddClientIdAsync(IamRequest request, CancellationToken cancellation)
    {
        var id = request.Text("ClientID", TextRule.ClientId);
        return request.ChangeAsync(
            change =>
            {
                var provider = Find(request, change.Account, new());
                if (provider.ClientIds.Contains(id))
                {
                    return;
                }

                if (provider.ClientIds.Length >= IamQuotas.ClientIdsPerProvider)
                {
                    throw IamErrors.Quota("ClientIdsPerOpenIdConnectProvider", IamQuotas.ClientIdsPerProvider);
                }

                change.Put(provider with { ClientIds = provider.ClientIds.Add(id) });
            },
            cancellation);
    }

    /// <remarks>
    /// https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveClientIDFromOpenIDConnectProvider.html. It is no error
    /// to remove one that is not there.
    /// </remarks>
    public static ValueTask<ResultWriter?> RemoveClientIdAsync(IamRequest request, CancellationToken cancellation)
    {
        var id = request.Text("ClientID", TextRule.ClientId);
        return request.ChangeAsync(
            change =>
            {
                var provider = Find(request, change.Account, new());
                change.Put(provider with { ClientIds = provider.ClientIds.Remove(id) });
            },
            cancellation);
    }

    /// <remarks>
    /// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateOpenIDConnectProviderThumbprint.html
    /// </remarks>
    public static ValueTask<ResultWriter?> UpdateThumbprintsAsync(IamRequest request, CancellationToken cancellation)
    {
        var thumbprints = ReadThumbprints(request, isRequired: true);
        return request.ChangeAsync(
            change => change.Put(Find(request, change.Account, new()) with { Thumbprints = thumbprints }),
            cancellation);
    }

    /// <summary>The provider that a request names by its ARN.</summary>
    /// <exception cref="S3Exception">AccessDenied, NoSuchEntity, InvalidInput.</exception>
    public static OidcProvider Find(IamRequest request, AccountIdentities account, ConditionTable conditions)
    {
        var arn = request.Text("OpenIDConnectProviderArn", TextRule.Arn);
        var prefix = request.ArnOf(Kind);
        if (!arn.StartsWith("arn:aws:iam::", StringComparison.Ordinal)
            || !arn.Contains(":" + Kind, StringComparison.Ordinal))
        {
            throw IamErrors.Input($"Invalid ARN: {arn}");
        }

        var provider = arn.StartsWith(prefix, StringComparison.Ordinal)
            ? account.OidcProviders.GetValueOrDefault(arn[prefix.Length..])
            : null;
        request.Demand(arn, IamLookup.Resource(provider?.Tags ?? [], conditions));
        return provider ?? throw IamErrors.NotFound($"OpenIDConnect Provider not found for arn {arn}");
    }

    /// <summary>An issuer without its scheme, as it stands in ARNs and condition keys.</summary>
    private static string ReadUrl(IamRequest request)
    {
        var url = request.Text("Url", TextRule.ProviderUrl);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed)
            || (parsed.Scheme != Uri.UriSchemeHttps && !(parsed.Scheme == Uri.UriSchemeHttp && parsed.IsLoopback))
            || parsed.Query.Length > 0
            || parsed.Fragment.Length > 0
            || parsed.UserInfo.Length > 0)
        {
            throw IamErrors.Input("Invalid Open ID Connect Provider URL");
        }

        return url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..].TrimEnd('/');
    }

    private static ImmutableArray<string> ReadClientIds(IamRequest request)
    {
        var ids = request.Texts("ClientIDList", TextRule.ClientId);
        return ids.Count > IamQuotas.ClientIdsPerProvider
            ? throw IamErrors.Quota("ClientIdsPerOpenIdConnectProvider", IamQuotas.ClientIdsPerProvider)
            : [.. ids.Distinct(StringComparer.Ordinal)];
    }

    private static ImmutableArray<string> ReadThumbprints(IamRequest request, bool isRequired)
    {
        var thumbprints = request.Texts("ThumbprintList", TextRule.Thumbprint, isRequired);
        if (thumbprints.Count > IamQuotas.ThumbprintsPerProvider)
        {
            throw IamErrors.Input("Thumbprint list must contain fewer than 5 entries.");
        }

        return isRequired && thumbprints.Count == 0
            ? throw IamErrors.Input("Thumbprint list must contain at least one entry.")
            : [.. thumbprints];
    }
}
