namespace ObjectServer.Policies;

/// <summary>Whether a bucket's policy is public, as Block Public Access and GetBucketPolicyStatus have it.</summary>
/// <remarks>
/// A policy is public unless every Allow names fixed principals or has a condition that fixes one of certain keys. What
/// a Deny takes away does not count.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
/// </remarks>
internal static class PublicAccess
{
    private static readonly string[] FixingKeys =
    [
        "aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths",
        "aws:PrincipalServiceName", "aws:PrincipalServiceNamesList", "aws:SourceAccount", "aws:SourceArn",
        "aws:SourceIp", "aws:SourceOwner", "aws:SourceVpc", "aws:SourceVpce", "aws:userid",
        "s3:DataAccessPointAccount", "s3:DataAccessPointArn", "s3:x-amz-server-side-encryption-aws-kms-key-id",
    ];

    /// <summary>Whether a policy lets in whoever comes.</summary>
    public static bool IsPublic(PolicyDocument policy) => FirstPublicStatement(policy) is not null;

    /// <summary>The first statement that lets in whoever comes; null if none does.</summary>
    public static PolicyStatement? FirstPublicStatement(PolicyDocument policy)
    {
        foreach (var statement in policy.Statements)
        {
            if (statement.Effect == PolicyEffect.Allow
                && !HasFixedPrincipals(statement)
                && !statement.Conditions.Any(IsFixed))
            {
                return statement;
            }
        }

        return null;
    }

    /// <summary>Accounts, users, roles, sessions and services are fixed, but not whom a provider lets in.</summary>
    private static bool HasFixedPrincipals(PolicyStatement statement) =>
        !statement.IsNotPrincipal
        && statement.Principals.All(principal =>
            principal.Kind is not (PrincipalNameKind.Everybody or PrincipalNameKind.Federated));

    private static bool IsFixed(PolicyCondition condition)
    {
        if (condition.Operator is { IsNegated: true } or { IsIfExists: true } or { Set: ConditionSet.ForAllValues })
        {
            // Satisfied without the key, or by all but a few of its values.
            return false;
        }

        var key = FixingKeys.FirstOrDefault(fixing => fixing.Equals(condition.Key, StringComparison.OrdinalIgnoreCase));
        return (key, condition.Operator.Comparison) switch
        {
            (null, _) => false,
            ("aws:SourceIp", ConditionComparison.IpAddress) => !condition.Tests.Any(test => test.IsOpen),
            ("aws:SourceIp", _) => false,
            ("s3:DataAccessPointArn", ConditionComparison.StringLike or ConditionComparison.ArnLike) =>
                condition.Tests.All(IsOfFixedAccount),
            (_, ConditionComparison.StringEquals or ConditionComparison.StringEqualsIgnoreCase
                or ConditionComparison.StringLike or ConditionComparison.ArnLike) =>
                !condition.Tests.Any(test => test.IsOpen),
            _ => false,
        };
    }

    /// <summary>An access point's name may be open as long as its account is not.</summary>
    private static bool IsOfFixedAccount(ConditionTest test) =>
        ArnPattern.Split(test.Text, hasVariables: false) is [_, _, _, _, { Length: 12 } account, var of]
        && account.All(char.IsAsciiDigit)
        && of.StartsWith("accesspoint/", StringComparison.Ordinal)
        && !test.Text.Contains("${", StringComparison.Ordinal);
}
