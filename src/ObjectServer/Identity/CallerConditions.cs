using System.Collections.Frozen;
using System.Globalization;
using ObjectServer.Policies;

namespace ObjectServer.Identity;

/// <summary>The condition keys that say who asks and when, the same for every API.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html</remarks>
internal static class CallerConditions
{
    private const string TagPrefix = "aws:PrincipalTag/";

    private static readonly FrozenDictionary<string, Func<Caller, DateTimeOffset, string?>> Keys =
        new Dictionary<string, Func<Caller, DateTimeOffset, string?>>(StringComparer.OrdinalIgnoreCase)
        {
            ["aws:CurrentTime"] = (_, now) => Iso(now),
            ["aws:EpochTime"] = (_, now) => Text(now.ToUnixTimeSeconds()),
            ["aws:FederatedProvider"] = (caller, _) => caller.FederatedProvider,

            // Keys that last have neither of the next two: only a session says whether there was a second factor.
            ["aws:MultiFactorAuthAge"] = (caller, now) =>
                caller.MultiFactorTime is { } shown ? Text((long)(now - shown).TotalSeconds) : null,
            ["aws:MultiFactorAuthPresent"] = (caller, _) =>
                !caller.IsTemporary ? null : caller.MultiFactorTime is null ? "false" : "true",
            ["aws:PrincipalAccount"] = (caller, _) => caller.IsAnonymous ? null : caller.AccountId,
            ["aws:PrincipalArn"] = (caller, _) => caller.IsAnonymous ? null : caller.PrincipalArn,
            ["aws:PrincipalIsAWSService"] = (caller, _) => caller.IsAnonymous ? null : "false",
            ["aws:PrincipalType"] = (caller, _) => caller.PrincipalType,
            ["aws:SourceIdentity"] = (caller, _) => caller.SourceIdentity,
            ["aws:TokenIssueTime"] = (caller, _) => caller.TokenIssueTime is { } issued ? Iso(issued) : null,
            ["aws:userid"] = (caller, _) => caller.UserId,
            ["aws:username"] = (caller, _) => caller.UserName,
            ["aws:ViaAWSService"] = (caller, _) => caller.IsAnonymous ? null : "false",
        }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Finds the values of a key; false for a key that this caller has not, or that is none of these.
    /// </summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="now">When.</param>
    /// <param name="key">As a policy spells it: case is ignored.</param>
    /// <param name="values">What there is.</param>
    public static bool TryGet(Caller caller, DateTimeOffset now, string key, out ConditionValues values)
    {
        var found = Keys.TryGetValue(key, out var read) ? read(caller, now)
            : key.StartsWith(TagPrefix, StringComparison.OrdinalIgnoreCase)
                ? caller.PrincipalTags.GetValueOrDefault(key[TagPrefix.Length..])
                : null;
        values = found is null ? default : new(found);
        return found is not null;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Iso(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
