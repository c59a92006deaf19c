using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Policies;
using ObjectServer.Query;

namespace ObjectServer.Sts;

/// <summary>
/// What every way to assume a role has in common: its parameters, the trust policy, how long it lasts.
/// </summary>
internal static class RoleSessions
{
    private const int MaxSeconds = 43_200;
    private const int DefaultSeconds = 3600;

    private static readonly TextRule NameRule = NameOf(64);

    /// <summary>Also the rule of session names; AWS bounds both alike.</summary>
    public static TextRule SourceIdentityRule => NameRule;

    /// <summary>The parameter <c>RoleSessionName</c>.</summary>
    /// <exception cref="S3Exception">ValidationError.</exception>
    public static string ReadName(StsRequest request) => request.Text("RoleSessionName", NameRule);

    /// <summary>The parameter <c>RoleArn</c>, whether or not there is such a role.</summary>
    /// <exception cref="S3Exception">ValidationError.</exception>
    public static IdentityArn ReadRole(StsRequest request, out string arn)
    {
        arn = request.Text("RoleArn", TextRule.Arn);
        return IdentityArn.Parse(arn) is { Kind: "role" } parsed && Account.IsId(parsed.AccountId)
            ? parsed
            : throw StsRequest.Refused($"{arn} is invalid");
    }

    /// <summary>The parameter <c>DurationSeconds</c>, as long as it can be for any role.</summary>
    /// <exception cref="S3Exception">ValidationError.</exception>
    public static int ReadSeconds(StsRequest request) => request.Seconds(MaxSeconds) ?? DefaultSeconds;

    /// <summary>Holds a duration against what the role allows. Called last: it tells something of the role.</summary>
    /// <exception cref="S3Exception">ValidationError.</exception>
    public static void DemandDuration(Role role, int seconds)
    {
        if (seconds > role.MaxSessionSeconds)
        {
            throw StsRequest.Refused("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
        }
    }

    /// <summary>The condition keys that a request to assume a role has.</summary>
    /// <param name="role">The role.</param>
    /// <param name="name">The session's name.</param>
    /// <param name="seconds">How long it is to last.</param>
    /// <param name="limits">Its tags.</param>
    /// <param name="sourceIdentity">Who is behind it, as the request says; null where it does not.</param>
    public static ConditionTable Conditions(
        Role role, string name, int seconds, SessionLimits limits, string? sourceIdentity)
    {
        var keys = new ConditionTable()
            .With("sts:RoleSessionName", name)
            .With("sts:DurationSeconds", seconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
        foreach (var tag in role.Tags)
        {
            keys.With("aws:ResourceTag/" + tag.Key, tag.Value).With("iam:ResourceTag/" + tag.Key, tag.Value);
        }

        foreach (var tag in limits.Tags)
        {
            keys.With("aws:RequestTag/" + tag.Key, tag.Value);
        }

        if (!limits.Tags.IsEmpty)
        {
            keys.With("aws:TagKeys", [.. limits.Tags.Select(tag => tag.Key)]);
        }

        if (!limits.TransitiveTagKeys.IsEmpty)
        {
            keys.With("sts:TransitiveTagKeys", [.. limits.TransitiveTagKeys]);
        }

        return sourceIdentity is null ? keys : keys.With("sts:SourceIdentity", sourceIdentity);
    }

    /// <summary>
    /// Whether the role trusts somebody for an action, and their own policies do not stand against it.
    /// </summary>
    /// <param name="request">Where a refusal is kept.</param>
    /// <param name="role">The role.</param>
    /// <param name="action">E.g. <c>sts:AssumeRole</c>.</param>
    /// <param name="principal">Who asks.</param>
    /// <param name="policies">What they are allowed.</param>
    /// <param name="conditions">What is known of the request.</param>
    public static bool IsAllowed(
        StsRequest request,
        Role role,
        string action,
        PolicyPrincipal principal,
        PolicySet policies,
        IConditionValues conditions) =>
        request.Query.Decide(
            policies.On(new NamedPolicy(PolicySource.Resource, "trust policy", role.Name, role.TrustPolicy.Document)),
            new PolicyContext
            {
                Principal = principal,
                Action = action,
                Resource = role.Arn,
                ResourceAccountId = role.AccountId,
                Conditions = conditions,
            }).IsAllowed;

    /// <summary>The session that begins now.</summary>
    public static Session Begin(StsRequest request, Role role, string name, int seconds, SessionLimits limits) => new()
    {
        Kind = SessionKind.Role,
        AccountId = role.AccountId,
        PrincipalId = role.Id,
        Name = name,
        AccessKeyId = UniqueIds.TemporaryKey(),
        Secret = UniqueIds.Secret(),
        Issued = request.Now,
        Expires = request.Now.AddSeconds(seconds),
        Limits = limits,
    };

    private static TextRule NameOf(int max) => new(
        2, max, @"[\w+=,.@-]*", text => text.All(c => char.IsAsciiLetterOrDigit(c) || "_+=,.@-".Contains(c)));
}
