using System.Collections.Immutable;
using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Query;
using ObjectServer.Storage.Model;

namespace ObjectServer.Iam;

/// <summary>Tag, Untag and ListTags of everything that has tags.</summary>
/// <param name="Find">Finds what the request names; demands.</param>
internal sealed record TagOperations(Func<IamRequest, IdentitySnapshot, Policies.ConditionTable, IdentityDocument> Find)
{
    public static TagOperations Users { get; } = new((request, identities, conditions) => IamLookup.User(
        request, Own(request, identities), request.Text("UserName", TextRule.ExistingName), conditions));

    public static TagOperations Roles { get; } = new((request, identities, conditions) => IamLookup.Role(
        request, Own(request, identities), request.Text("RoleName", TextRule.ExistingName), conditions));

    public static TagOperations Policies { get; } = new((request, identities, conditions) =>
        ManagedPolicyOperations.FindOwn(request, identities, conditions));

    public static TagOperations Providers { get; } = new((request, identities, conditions) =>
        OidcProviderOperations.Find(request, Own(request, identities), conditions));

    public static TagOperations Devices { get; } = new((request, identities, conditions) =>
        MfaDeviceOperations.Find(request, Own(request, identities), conditions));

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagUser.html</remarks>
    public ValueTask<ResultWriter?> TagAsync(IamRequest request, CancellationToken cancellation)
    {
        var tags = request.Tags();
        return request.ChangeAsync(
            change =>
            {
                var document = Find(request, change.Identities, IamLookup.Requested(tags));
                var kept = TagsOf(document).Where(old => !tags.Any(tag => IsSame(tag.Key, old.Key)));
                ImmutableArray<Tag> all = [.. kept, .. tags];
                DemandQuota(all);
                change.Put(With(document, all));
            },
            cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagUser.html</remarks>
    public ValueTask<ResultWriter?> UntagAsync(IamRequest request, CancellationToken cancellation)
    {
        var keys = request.Texts("TagKeys", TextRule.TagKey, isRequired: true);
        return request.ChangeAsync(
            change =>
            {
                var document = Find(
                    request, change.Identities, new Policies.ConditionTable().With("aws:TagKeys", [.. keys]));
                change.Put(With(
                    document, [.. TagsOf(document).Where(tag => !keys.Any(key => IsSame(key, tag.Key)))]));
            },
            cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserTags.html</remarks>
    public ValueTask<ResultWriter?> ListAsync(IamRequest request, CancellationToken cancellation)
    {
        var document = Find(request, request.Identities, new());
        var page = request.Page(
            TagsOf(document).OrderBy(tag => tag.Key, StringComparer.Ordinal), tag => tag.Key, StringComparer.Ordinal);
        return new(xml => xml.Page("Tags", page, IamXml.Tag));
    }

    /// <summary>Refuses more tags than one thing may have.</summary>
    /// <exception cref="S3Exception">LimitExceeded.</exception>
    public static void DemandQuota(IReadOnlyCollection<Tag> tags)
    {
        if (tags.Count > IamQuotas.TagsPerResource)
        {
            throw IamErrors.Limited(
                $"The number of tags has reached the maximum limit: {IamQuotas.TagsPerResource}.");
        }
    }

    private static AccountIdentities Own(IamRequest request, IdentitySnapshot identities) =>
        identities.FindAccount(request.Caller.AccountId)!;

    private static bool IsSame(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    private static ImmutableArray<Tag> TagsOf(IdentityDocument document) => document switch
    {
        User user => user.Tags,
        Role role => role.Tags,
        ManagedPolicy policy => policy.Tags,
        OidcProvider provider => provider.Tags,
        MfaDevice device => device.Tags,
        _ => throw new ArgumentOutOfRangeException(nameof(document)),
    };

    private static IdentityDocument With(IdentityDocument document, ImmutableArray<Tag> tags) => document switch
    {
        User user => user with { Tags = tags },
        Role role => role with { Tags = tags },
        ManagedPolicy policy => policy with { Tags = tags },
        OidcProvider provider => provider with { Tags = tags },
        MfaDevice device => device with { Tags = tags },
        _ => throw new ArgumentOutOfRangeException(nameof(document)),
    };
}
