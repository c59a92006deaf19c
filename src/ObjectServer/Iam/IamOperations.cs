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
        Operation("CreateUser", Users.CreateAsync),
        Operation("GetUser", Users.GetAsync),
        Operation("ListUsers", Users.ListAsync),
        Operation("UpdateUser", Users.UpdateAsync),
        Operation("DeleteUser", Users.DeleteAsync),
        Operation("TagUser", Tagging.Users.TagAsync),
        Operation("UntagUser", Tagging.Users.UntagAsync),
        Operation("ListUserTags", Tagging.Users.ListAsync),

        Operation("CreateGroup", Groups.CreateAsync),
        Operation("GetGroup", Groups.GetAsync),
        Operation("ListGroups", Groups.ListAsync),
        Operation("UpdateGroup", Groups.UpdateAsync),
        Operation("DeleteGroup", Groups.DeleteAsync),
        Operation("AddUserToGroup", Groups.AddUserAsync),
        Operation("RemoveUserFromGroup", Groups.RemoveUserAsync),
        Operation("ListGroupsForUser", Groups.ListForUserAsync),

        Operation("CreateRole", Roles.CreateAsync),
        Operation("GetRole", Roles.GetAsync),
        Operation("ListRoles", Roles.ListAsync),
        Operation("UpdateRole", Roles.UpdateAsync),
        Operation("UpdateRoleDescription", Roles.UpdateDescriptionAsync),
        Operation("UpdateAssumeRolePolicy", Roles.UpdateTrustAsync),
        Operation("DeleteRole", Roles.DeleteAsync),
        Operation("TagRole", Tagging.Roles.TagAsync),
        Operation("UntagRole", Tagging.Roles.UntagAsync),
        Operation("ListRoleTags", Tagging.Roles.ListAsync),

        Operation("CreateAccessKey", AccessKeys.CreateAsync),
        Operation("ListAccessKeys", AccessKeys.ListAsync),
        Operation("UpdateAccessKey", AccessKeys.UpdateAsync),
        Operation("DeleteAccessKey", AccessKeys.DeleteAsync),
        Operation("GetAccessKeyLastUsed", AccessKeys.GetLastUsedAsync),

        Operation("PutUserPolicy", InlinePolicies.PutAsync, HolderKind.User),
        Operation("GetUserPolicy", InlinePolicies.GetAsync, HolderKind.User),
        Operation("DeleteUserPolicy", InlinePolicies.DeleteAsync, HolderKind.User),
        Operation("ListUserPolicies", InlinePolicies.ListAsync, HolderKind.User),
        Operation("PutGroupPolicy", InlinePolicies.PutAsync, HolderKind.Group),
        Operation("GetGroupPolicy", InlinePolicies.GetAsync, HolderKind.Group),
        Operation("DeleteGroupPolicy", InlinePolicies.DeleteAsync, HolderKind.Group),
        Operation("ListGroupPolicies", InlinePolicies.ListAsync, HolderKind.Group),
        Operation("PutRolePolicy", InlinePolicies.PutAsync, HolderKind.Role),
        Operation("GetRolePolicy", InlinePolicies.GetAsync, HolderKind.Role),
        Operation("DeleteRolePolicy", InlinePolicies.DeleteAsync, HolderKind.Role),
        Operation("ListRolePolicies", InlinePolicies.ListAsync, HolderKind.Role),

        Operation("CreatePolicy", ManagedPolicies.CreateAsync),
        Operation("GetPolicy", ManagedPolicies.GetAsync),
        Operation("ListPolicies", ManagedPolicies.ListAsync),
        Operation("DeletePolicy", ManagedPolicies.DeleteAsync),
        Operation("CreatePolicyVersion", ManagedPolicies.CreateVersionAsync),
        Operation("GetPolicyVersion", ManagedPolicies.GetVersionAsync),
        Operation("ListPolicyVersions", ManagedPolicies.ListVersionsAsync),
        Operation("SetDefaultPolicyVersion", ManagedPolicies.SetDefaultVersionAsync),
        Operation("DeletePolicyVersion", ManagedPolicies.DeleteVersionAsync),
        Operation("TagPolicy", Tagging.Policies.TagAsync),
        Operation("UntagPolicy", Tagging.Policies.UntagAsync),
        Operation("ListPolicyTags", Tagging.Policies.ListAsync),

        Operation("AttachUserPolicy", Attachments.AttachAsync, HolderKind.User),
        Operation("DetachUserPolicy", Attachments.DetachAsync, HolderKind.User),
        Operation("ListAttachedUserPolicies", Attachments.ListAsync, HolderKind.User),
        Operation("AttachGroupPolicy", Attachments.AttachAsync, HolderKind.Group),
        Operation("DetachGroupPolicy", Attachments.DetachAsync, HolderKind.Group),
        Operation("ListAttachedGroupPolicies", Attachments.ListAsync, HolderKind.Group),
        Operation("AttachRolePolicy", Attachments.AttachAsync, HolderKind.Role),
        Operation("DetachRolePolicy", Attachments.DetachAsync, HolderKind.Role),
        Operation("ListAttachedRolePolicies", Attachments.ListAsync, HolderKind.Role),
        Operation("ListEntitiesForPolicy", Attachments.ListHoldersAsync),

        Operation("PutUserPermissionsBoundary", Boundaries.PutAsync, HolderKind.User),
        Operation("DeleteUserPermissionsBoundary", Boundaries.DeleteAsync, HolderKind.User),
        Operation("PutRolePermissionsBoundary", Boundaries.PutAsync, HolderKind.Role),
        Operation("DeleteRolePermissionsBoundary", Boundaries.DeleteAsync, HolderKind.Role),

        Operation("GetAccountSummary", Accounts.GetSummaryAsync),
        Operation("CreateAccountAlias", Accounts.CreateAliasAsync),
        Operation("ListAccountAliases", Accounts.ListAliasesAsync),
        Operation("DeleteAccountAlias", Accounts.DeleteAliasAsync),
        Operation("GetAccountAuthorizationDetails", Accounts.GetDetailsAsync),

        Operation("CreateOpenIDConnectProvider", OidcProviders.CreateAsync),
        Operation("GetOpenIDConnectProvider", OidcProviders.GetAsync),
        Operation("ListOpenIDConnectProviders", OidcProviders.ListAsync),
        Operation("DeleteOpenIDConnectProvider", OidcProviders.DeleteAsync),
        Operation("AddClientIDToOpenIDConnectProvider", OidcProviders.AddClientIdAsync),
        Operation("RemoveClientIDFromOpenIDConnectProvider", OidcProviders.RemoveClientIdAsync),
        Operation("UpdateOpenIDConnectProviderThumbprint", OidcProviders.UpdateThumbprintsAsync),
        Operation("TagOpenIDConnectProvider", Tagging.Providers.TagAsync),
        Operation("UntagOpenIDConnectProvider", Tagging.Providers.UntagAsync),
        Operation("ListOpenIDConnectProviderTags", Tagging.Providers.ListAsync),

        Operation("CreateVirtualMFADevice", MfaDevices.CreateAsync),
        Operation("EnableMFADevice", MfaDevices.EnableAsync),
        Operation("ResyncMFADevice", MfaDevices.ResyncAsync),
        Operation("DeactivateMFADevice", MfaDevices.DeactivateAsync),
        Operation("DeleteVirtualMFADevice", MfaDevices.DeleteAsync),
        Operation("ListMFADevices", MfaDevices.ListAsync),
        Operation("ListVirtualMFADevices", MfaDevices.ListVirtualAsync),
        Operation("TagMFADevice", Tagging.Devices.TagAsync),
        Operation("UntagMFADevice", Tagging.Devices.UntagAsync),
        Operation("ListMFADeviceTags", Tagging.Devices.ListAsync),

        Operation("SimulatePrincipalPolicy", Simulations.SimulatePrincipalAsync),
        Operation("SimulateCustomPolicy", Simulations.SimulateCustomAsync),
        Operation("GetContextKeysForPrincipalPolicy", Simulations.GetKeysOfPrincipalAsync),
        Operation("GetContextKeysForCustomPolicy", Simulations.GetKeysOfCustomAsync),
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
