namespace ObjectServer.Iam;

/// <summary>How much an account may have: AWS's defaults.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html</remarks>
internal static class IamQuotas
{
    public const int Users = 5000;
    public const int Groups = 300;
    public const int Roles = 1000;
    public const int Policies = 1500;
    public const int OidcProviders = 100;
    public const int GroupsPerUser = 10;
    public const int AccessKeysPerUser = 2;
    public const int MfaDevicesPerUser = 8;
    public const int AttachedPoliciesPerUser = 10;
    public const int AttachedPoliciesPerGroup = 10;
    public const int AttachedPoliciesPerRole = 10;
    public const int VersionsPerPolicy = 5;
    public const int TagsPerResource = 50;
    public const int ClientIdsPerProvider = 100;
    public const int ThumbprintsPerProvider = 5;

    /// <summary>Characters of a document, white space left out.</summary>
    public const int PolicySize = 6144;
    public const int TrustPolicySize = 2048;

    /// <summary>Characters of all inline policies together, white space left out.</summary>
    public const int UserPolicySize = 2048;
    public const int GroupPolicySize = 5120;
    public const int RolePolicySize = 10_240;
}
