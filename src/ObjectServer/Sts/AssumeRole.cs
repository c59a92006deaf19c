using System.Collections.Immutable;
using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Query;
using ObjectServer.Storage.Model;

namespace ObjectServer.Sts;

/// <summary>AssumeRole: a session of a role for whoever signs, if the role trusts them.</summary>
/// <remarks>
/// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html. A role that is not there is refused in the
/// words of one that does not trust.
/// </remarks>
internal static class AssumeRole
{
    private const int MaxChainedSeconds = 3600;

    private static readonly TextRule ExternalIdRule = new(
        2, 1224, @"[\w+=,.@:\/-]*", text => text.All(c => char.IsAsciiLetterOrDigit(c) || "_+=,.@:/-".Contains(c)));

    public static async ValueTask<ResultWriter?> AnswerAsync(StsRequest request, CancellationToken cancellation)
    {
        var caller = request.Caller;
        var account = RoleSessions.ReadRole(request, out var arn).AccountId;
        var name = RoleSessions.ReadName(request);
        var seconds = RoleSessions.ReadSeconds(request);
        var externalId = request.OptionalText("ExternalId", ExternalIdRule);
        var sourceIdentity = request.OptionalText("SourceIdentity", RoleSessions.SourceIdentityRule);
        if (request.Query.Parameters.Find("ProvidedContexts.member.1.ProviderArn") is not null)
        {
            throw StsRequest.Refused("ProvidedContexts is not implemented.");
        }

        var asked = request.Tags(request.Policies(account));
        var limits = WithInherited(asked, caller.TransitiveTags);
        var (packed, percent) = StsRequest.Pack(limits);
        if (caller.Kind == CallerKind.Root)
        {
            throw StsRequest.Denied("Roles may not be assumed by root accounts.");
        }

        var hasFactor = await request.TakeFactorAsync(cancellation);

        // A source identity stays that of the first session for as long as one role is assumed from another.
        if (caller.SourceIdentity is { } first)
        {
            if (sourceIdentity is not null && sourceIdentity != first)
            {
                throw Denied(
                    caller, "sts:SetSourceIdentity", arn, $"The session that asks has the source identity {first}.");
            }

            sourceIdentity = first;
        }

        var role = request.Identities.FindRole(arn)
            ?? throw Denied(caller, "sts:AssumeRole", arn, $"There is no role {arn}.");
        var keys = RoleSessions.Conditions(role, name, seconds, limits, sourceIdentity);
        if (externalId is not null)
        {
            keys.With("sts:ExternalId", externalId);
        }

        // The factor counts for the trust policy alone: a role's session has none.
        if (hasFactor)
        {
            keys.With("aws:MultiFactorAuthPresent", "true").With("aws:MultiFactorAuthAge", "0");
        }

        var conditions = new QueryConditions(request.Query, keys);
        Demand("sts:AssumeRole", isAsked: true);
        Demand("sts:TagSession", isAsked: !limits.Tags.IsEmpty);
        Demand("sts:SetSourceIdentity", isAsked: sourceIdentity is not null);
        DemandDuration(caller, role, seconds);
        var session = RoleSessions.Begin(request, role, name, seconds, limits) with
        {
            SourceIdentity = sourceIdentity,
        };
        var token = request.Give(session, packed);
        return xml => xml
            .Element("SourceIdentity", sourceIdentity)
            .AssumedRole(session, role.Name)
            .Credentials(session, token)
            .PackedSize(percent);

        void Demand(string action, bool isAsked)
        {
            if (isAsked
                && !RoleSessions.IsAllowed(request, role, action, caller.Principal, caller.Policies, conditions))
            {
                throw Denied(caller, action, arn);
            }
        }
    }

    private static void DemandDuration(Caller caller, Role role, int seconds)
    {
        if (caller.Kind == CallerKind.AssumedRole && seconds > MaxChainedSeconds)
        {
            throw StsRequest.Refused(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.");
        }

        RoleSessions.DemandDuration(role, seconds);
    }

    /// <summary>Tags that the caller's session hands on; none of them can be given another value.</summary>
    private static SessionLimits WithInherited(SessionLimits limits, ImmutableArray<Tag> inherited)
    {
        if (inherited.IsEmpty)
        {
            return limits;
        }

        foreach (var tag in limits.Tags)
        {
            if (inherited.Any(kept => kept.Key.Equals(tag.Key, StringComparison.OrdinalIgnoreCase)))
            {
                throw new S3Exception(StsErrors.InvalidParameterValue.Saying(
                    $"The tag key {tag.Key} is transitive in the session that asks, and cannot be given anew."));
            }
        }

        return StsRequest.WithTags(
            limits,
            [.. limits.Tags, .. inherited],
            [.. limits.TransitiveTagKeys, .. inherited.Select(tag => tag.Key)]);
    }

    /// <param name="caller">Who asks.</param>
    /// <param name="action">For what.</param>
    /// <param name="arn">The role.</param>
    /// <param name="why">Only who asks for an explanation is told; null where policies say it.</param>
    private static S3Exception Denied(Caller caller, string action, string arn, string? why = null) => new(
        QueryErrors.AccessDenied
            .Saying($"User: {caller.Arn} is not authorized to perform: {action} on resource: {arn}") with
        {
            Why = why,
        });
}
