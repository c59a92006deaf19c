using System.Collections.Immutable;
using ObjectServer.Identity;
using ObjectServer.Policies;
using ObjectServer.Storage.Model;

namespace ObjectServer.Sts;

/// <summary>Who signs with the credentials of a session, by what the directory says of it now.</summary>
internal static class SessionCallers
{
    /// <summary>A managed policy that is gone allows nothing: the session was to have no more than it.</summary>
    private static readonly PolicyText NothingAllowed = new(
        """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}""");

    /// <summary>The caller; null where the account, the user or the role is gone, and the session with it.</summary>
    public static Caller? Of(IdentitySnapshot identities, Session session)
    {
        if (identities.FindAccount(session.AccountId) is not { } all
            || Find(identities, all, session) is not { } principal)
        {
            return null;
        }

        var tags = session.Limits.Tags;
        return principal with
        {
            AccessKeyId = session.AccessKeyId,
            TokenIssueTime = session.Issued,
            TokenExpiration = session.Expires,
            MultiFactorTime = session.MultiFactorTime,
            SourceIdentity = session.SourceIdentity,
            PrincipalTags = tags.IsEmpty
                ? principal.PrincipalTags
                : Callers.TagsOf(tags.Concat(principal.PrincipalTags.Select(tag => new Tag(tag.Key, tag.Value)))),
            TransitiveTags =
            [
                .. tags.Where(
                    tag => session.Limits.TransitiveTagKeys.Contains(tag.Key, StringComparer.OrdinalIgnoreCase)),
            ],
            Policies = new()
            {
                Identity = principal.Policies.Identity,
                Boundary = principal.Policies.Boundary,
                Session = PoliciesOf(identities, session.Limits),
            },
        };
    }

    private static Caller? Find(IdentitySnapshot identities, AccountIdentities all, Session session) =>
        session.Kind switch
        {
            SessionKind.Root => Caller.Root(all.Account, session.AccessKeyId),
            SessionKind.User => all.FindUserById(session.PrincipalId) is { } user
                ? Callers.Of(identities, user, session.AccessKeyId)
                : null,
            SessionKind.Role => all.FindRoleById(session.PrincipalId) is { } role
                ? Callers.Of(identities, role, session.Name, session.Provider)
                : null,
            _ => null,
        };

    private static ImmutableArray<NamedPolicy> PoliciesOf(IdentitySnapshot identities, SessionLimits limits)
    {
        var policies = ImmutableArray.CreateBuilder<NamedPolicy>();
        if (limits.Policy is { } written)
        {
            policies.Add(new(PolicySource.Session, "Policy", Owner: null, written.Document));
        }

        foreach (var arn in limits.PolicyArns)
        {
            policies.Add(new(
                PolicySource.Session, arn, Owner: null, (identities.FindPolicy(arn)?.Text ?? NothingAllowed).Document));
        }

        return policies.ToImmutable();
    }
}
