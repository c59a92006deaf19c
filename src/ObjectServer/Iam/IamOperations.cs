using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Query;

namespace ObjectServer.Iam;

/// <summary>IAM's API: every operation that AWS has, served or not.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html</remarks>
internal sealed class IamOperations
{
    /// <summary>Passwords, SAML, certificates, instance profiles, reports and what else AWS's console needs.</summary>
    private static readonly string[] Unserved =
    [
        "AcceptDelegationRequest", "AddRoleToInstanceProfile", "AssociateDelegationRequest", "ChangePassword",
        "CreateDelegationRequest", "CreateInstanceProfile", "CreateLoginProfile", "CreateSAMLProvider",
        "CreateServiceLinkedRole", "CreateServiceSpecificCredential", "DeleteAccountPasswordPolicy",
        "DeleteInstanceProfile", "DeleteLoginProfile", "DeleteSAMLProvider", "DeleteSSHPublicKey",
        "DeleteServerCertificate", "DeleteServiceLinkedRole", "DeleteServiceSpecificCredential",
        "DeleteSigningCertificate", "DisableOrganizationsRootCredentialsManagement", "DisableOrganizationsRootSessions",
        "DisableOutboundWebIdentityFederation", "EnableOrganizationsRootCredentialsManagement",
        "EnableOrganizationsRootSessions", "EnableOutboundWebIdentityFederation", "GenerateCredentialReport",
        "GenerateOrganizationsAccessReport", "GenerateServiceLastAccessedDetails", "GetAccountPasswordPolicy",
        "GetCredentialReport", "GetDelegationRequest", "GetHumanReadableSummary", "GetInstanceProfile",
        "GetLoginProfile", "GetMFADevice", "GetOrganizationsAccessReport", "GetOutboundWebIdentityFederationInfo",
        "GetSAMLProvider", "GetSSHPublicKey", "GetServerCertificate", "GetServiceLastAccessedDetails",
        "GetServiceLastAccessedDetailsWithEntities", "GetServiceLinkedRoleDeletionStatus", "ListDelegationRequests",
        "ListInstanceProfileTags", "ListInstanceProfiles", "ListInstanceProfilesForRole", "ListOrganizationsFeatures",
        "ListPoliciesGrantingServiceAccess", "ListSAMLProviderTags", "ListSAMLProviders", "ListSSHPublicKeys",
        "ListServerCertificateTags", "ListServerCertificates", "ListServiceSpecificCredentials",
        "ListSigningCertificates", "RejectDelegationRequest", "RemoveRoleFromInstanceProfile",
        "ResetServiceSpecificCredential", "SendDelegationToken", "SetSecurityTokenServicePreferences",
        "TagInstanceProfile", "TagSAMLProvider", "TagServerCertificate", "UntagInstanceProfile", "UntagSAMLProvider",
        "UntagServerCertificate", "UpdateAccountPasswordPolicy", "UpdateDelegationRequest", "UpdateLoginProfile",
        "UpdateSAMLProvider", "UpdateSSHPublicKey", "UpdateServerCertificate", "UpdateServiceSpecificCredential",
        "UpdateSigningCertificate", "UploadSSHPublicKey", "UploadServerCertificate", "UploadSigningCertificate",
    ];

    private readonly IdentityDirectory _directory;
    private readonly KeyUses _uses;

    private IamOperations(IdentityDirectory directory, KeyUses uses) => (_directory, _uses) = (directory, uses);

    private delegate ValueTask<ResultWriter?> Served(IamRequest request, CancellationToken cancellation);

    private delegate ValueTask<ResultWriter?> ServedForKind(
        IamRequest request, HolderKind kind, CancellationToken cancellation);

    /// <summary>The API over a directory.</summary>
    public static QueryApi Over(IdentityDirectory directory, KeyUses uses) => new(
        "iam", "2010-05-08", "https://iam.amazonaws.com/doc/2010-05-08/", new IamOperations(directory, uses).All(), Unserved);

    private IEnumerable<QueryOperation> All() =>
    [
        Operation("CreateUser", UserOperations.CreateAsync),
        Operation("GetUser", UserOperations.GetAsync),
        Operation("ListUsers", UserOperations.ListAsync),
        Operation("UpdateUser", UserOperations.UpdateAsync),
        Operation("DeleteUser", UserOperations.DeleteAsync),
        Operation("TagUser", TagOperations.Users.TagAsync),
        Operation("UntagUser", TagOperations.Users.UntagAsync),
        Operation("ListUserTags", TagOperations.Users.ListAsync),

        Operation("CreateGroup", GroupOperations.CreateAsync),
        Operation("GetGroup", GroupOperations.GetAsync),
        Operation("ListGroups", GroupOperations.ListAsync),
        Operation("UpdateGroup", GroupOperations.UpdateAsync),
        Operation("DeleteGroup", GroupOperations.DeleteAsync),
        Operation("AddUserToGroup", GroupOperations.AddUserAsync),
        Operation("RemoveUserFromGroup", GroupOperations.RemoveUserAsync),
        Operation("ListGroupsForUser", GroupOperations.ListForUserAsync),

        Operation("CreateRole", RoleOperations.CreateAsync),
        Operation("GetRole", RoleOperations.GetAsync),
        Operation("ListRoles", RoleOperations.ListAsync),
        Operation("UpdateRole", RoleOperations.UpdateAsync),
        Operation("UpdateRoleDescription", RoleOperations.UpdateDescriptionAsync),
        Operation("UpdateAssumeRolePolicy", RoleOperations.UpdateTrustAsync),
        Operation("DeleteRole", RoleOperations.DeleteAsync),
        Operation("TagRole", TagOperations.Roles.TagAsync),
        Operation("UntagRole", TagOperations.Roles.UntagAsync),
        Operation("ListRoleTags", TagOperations.Roles.ListAsync),

        Operation("CreateAccessKey", AccessKeyOperations.CreateAsync),
        Operation("ListAccessKeys", AccessKeyOperations.ListAsync),
        Operation("UpdateAccessKey", AccessKeyOperations.UpdateAsync),
        Operation("DeleteAccessKey", AccessKeyOperations.DeleteAsync),
        Operation("GetAccessKeyLastUsed", AccessKeyOperations.GetLastUsedAsync),

        Operation("PutUserPolicy", InlinePolicyOperations.PutAsync, HolderKind.User),
        Operation("GetUserPolicy", InlinePolicyOperations.GetAsync, HolderKind.User),
        Operation("DeleteUserPolicy", InlinePolicyOperations.DeleteAsync, HolderKind.User),
        Operation("ListUserPolicies", InlinePolicyOperations.ListAsync, HolderKind.User),
        Operation("PutGroupPolicy", InlinePolicyOperations.PutAsync, HolderKind.Group),
        Operation("GetGroupPolicy", InlinePolicyOperations.GetAsync, HolderKind.Group),
        Operation("DeleteGroupPolicy", InlinePolicyOperations.DeleteAsync, HolderKind.Group),
        Operation("ListGroupPolicies", InlinePolicyOperations.ListAsync, HolderKind.Group),
        Operation("PutRolePolicy", InlinePolicyOperations.PutAsync, HolderKind.Role),
        Operation("GetRolePolicy", InlinePolicyOperations.GetAsync, HolderKind.Role),
        Operation("DeleteRolePolicy", InlinePolicyOperations.DeleteAsync, HolderKind.Role),
        Operation("ListRolePolicies", InlinePolicyOperations.ListAsync, HolderKind.Role),

        Operation("CreatePolicy", ManagedPolicyOperations.CreateAsync),
        Operation("GetPolicy", ManagedPolicyOperations.GetAsync),
        Operation("ListPolicies", ManagedPolicyOperations.ListAsync),
        Operation("DeletePolicy", ManagedPolicyOperations.DeleteAsync),
        Operation("CreatePolicyVersion", ManagedPolicyOperations.CreateVersionAsync),
        Operation("GetPolicyVersion", ManagedPolicyOperations.GetVersionAsync),
        Operation("ListPolicyVersions", ManagedPolicyOperations.ListVersionsAsync),
        Operation("SetDefaultPolicyVersion", ManagedPolicyOperations.SetDefaultVersionAsync),
        Operation("DeletePolicyVersion", ManagedPolicyOperations.DeleteVersionAsync),
        Operation("TagPolicy", TagOperations.Policies.TagAsync),
        Operation("UntagPolicy", TagOperations.Policies.UntagAsync),
        Operation("ListPolicyTags", TagOperations.Policies.ListAsync),

        Operation("AttachUserPolicy", AttachmentOperations.AttachAsync, HolderKind.User),
        Operation("DetachUserPolicy", AttachmentOperations.DetachAsync, HolderKind.User),
        Operation("ListAttachedUserPolicies", AttachmentOperations.ListAsync, HolderKind.User),
        Operation("AttachGroupPolicy", AttachmentOperations.AttachAsync, HolderKind.Group),
        Operation("DetachGroupPolicy", AttachmentOperations.DetachAsync, HolderKind.Group),
        Operation("ListAttachedGroupPolicies", AttachmentOperations.ListAsync, HolderKind.Group),
        Operation("AttachRolePolicy", AttachmentOperations.AttachAsync, HolderKind.Role),
        Operation("DetachRolePolicy", AttachmentOperations.DetachAsync, HolderKind.Role),
        Operation("ListAttachedRolePolicies", AttachmentOperations.ListAsync, HolderKind.Role),
        Operation("ListEntitiesForPolicy", AttachmentOperations.ListHoldersAsync),

        Operation("PutUserPermissionsBoundary", BoundaryOperations.PutAsync, HolderKind.User),
        Operation("DeleteUserPermissionsBoundary", BoundaryOperations.DeleteAsync, HolderKind.User),
        Operation("PutRolePermissionsBoundary", BoundaryOperations.PutAsync, HolderKind.Role),
        Operation("DeleteRolePermissionsBoundary", BoundaryOperations.DeleteAsync, HolderKind.Role),

        Operation("GetAccountSummary", AccountOperations.GetSummaryAsync),
        Operation("CreateAccountAlias", AccountOperations.CreateAliasAsync),
        Operation("ListAccountAliases", AccountOperations.ListAliasesAsync),
        Operation("DeleteAccountAlias", AccountOperations.DeleteAliasAsync),
        Operation("GetAccountAuthorizationDetails", AccountOperations.GetDetailsAsync),

        Operation("CreateOpenIDConnectProvider", OidcProviderOperations.CreateAsync),
        Operation("GetOpenIDConnectProvider", OidcProviderOperations.GetAsync),
        Operation("ListOpenIDConnectProviders", OidcProviderOperations.ListAsync),
        Operation("DeleteOpenIDConnectProvider", OidcProviderOperations.DeleteAsync),
        Operation("AddClientIDToOpenIDConnectProvider", OidcProviderOperations.AddClientIdAsync),
        Operation("RemoveClientIDFromOpenIDConnectProvider", OidcProviderOperations.RemoveClientIdAsync),
        Operation("UpdateOpenIDConnectProviderThumbprint", OidcProviderOperations.UpdateThumbprintsAsync),
        Operation("TagOpenIDConnectProvider", TagOperations.Providers.TagAsync),
        Operation("UntagOpenIDConnectProvider", TagOperations.Providers.UntagAsync),
        Operation("ListOpenIDConnectProviderTags", TagOperations.Providers.ListAsync),

        Operation("CreateVirtualMFADevice", MfaDeviceOperations.CreateAsync),
        Operation("EnableMFADevice", MfaDeviceOperations.EnableAsync),
        Operation("ResyncMFADevice", MfaDeviceOperations.ResyncAsync),
        Operation("DeactivateMFADevice", MfaDeviceOperations.DeactivateAsync),
        Operation("DeleteVirtualMFADevice", MfaDeviceOperations.DeleteAsync),
        Operation("ListMFADevices", MfaDeviceOperations.ListAsync),
        Operation("ListVirtualMFADevices", MfaDeviceOperations.ListVirtualAsync),
        Operation("TagMFADevice", TagOperations.Devices.TagAsync),
        Operation("UntagMFADevice", TagOperations.Devices.UntagAsync),
        Operation("ListMFADeviceTags", TagOperations.Devices.ListAsync),

        Operation("SimulatePrincipalPolicy", SimulationOperations.SimulatePrincipalAsync),
        Operation("SimulateCustomPolicy", SimulationOperations.SimulateCustomAsync),
        Operation("GetContextKeysForPrincipalPolicy", SimulationOperations.GetKeysOfPrincipalAsync),
        Operation("GetContextKeysForCustomPolicy", SimulationOperations.GetKeysOfCustomAsync),
    ];

    private QueryOperation Operation(string name, Served serve) => new(
        name, (query, cancellation) => serve(Request(name, query), cancellation));

    private QueryOperation Operation(string name, ServedForKind serve, HolderKind kind) => new(
        name, (query, cancellation) => serve(Request(name, query), kind, cancellation));

    /// <summary>A session of a user's own, begun without a second factor, may call nothing of IAM's.</summary>
    /// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getsessiontoken.html</remarks>
    /// <exception cref="S3Exception">InvalidClientTokenId.</exception>
    private IamRequest Request(string name, QueryRequest query) =>
        query.Caller is { IsTemporary: true, Kind: CallerKind.User or CallerKind.Root, MultiFactorTime: null }
            ? throw new S3Exception(QueryErrors.InvalidClientTokenId)
            : new(name, query, _directory, _uses);
}
