using System.Globalization;
using ObjectServer.Policies;

namespace ObjectServer.Identity;

/// <summary>The condition keys that say who asks and when, the same for every API.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html</remarks>
internal static class CallerConditions
{
    private const string TagPrefix = "aws:PrincipalTag/";

    /// <summary>
    /// Finds the values of a key; false for a key that this caller has not, or that is none of these.
    /// </summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="now">When.</param>
    /// <param name="key">As a policy spells it: case is ignored.</param>
    /// <param name="values">What there is.</param>
    public static bool TryGet(Caller caller, DateTimeOffset now, string key, out ConditionValues values)
    {
        var found = Find(caller, now, key);
        values = found is null ? default : new(found);
        return found is not null;
    }

    private static string? Find(Caller caller, DateTimeOffset now, string key)
    {
        if (key.StartsWith(TagPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return caller.PrincipalTags.GetValueOrDefault(key[TagPrefix.Length..]);
        }

        return key.ToLowerInvariant() switch
        {
            "aws:currenttime" => Iso(now),
            "aws:epochtime" => now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            "aws:principalarn" => caller.IsAnonymous ? null : caller.PrincipalArn,
            "aws:principalaccount" => caller.IsAnonymous ? null : caller.AccountId,
            "aws:principaltype" => caller.PrincipalType,
            "aws:userid" => caller.UserId,
            "aws:username" => caller.UserName,
            "aws:federatedprovider" => caller.FederatedProvider,
            "aws:sourceidentity" => caller.SourceIdentity,
            "aws:tokenissuetime" => caller.TokenIssueTime is { } issued ? Iso(issued) : null,

            // Keys that last have neither of the next two: only a session says whether there was a second factor.
            "aws:multifactorauthpresent" when !caller.IsTemporary => null,
            "aws:multifactorauthpresent" => caller.MultiFactorTime is null ? "false" : "true",
            "aws:multifactorauthage" => caller.MultiFactorTime is { } shown
                ? ((long)(now - shown).TotalSeconds).ToString(CultureInfo.InvariantCulture)
                : null,
            _ => null,
        };
    }

    private static string Iso(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
