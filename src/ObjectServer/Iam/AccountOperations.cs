using ObjectServer.Identity;
using ObjectServer.Query;
using ObjectServer.Xml;

namespace ObjectServer.Iam;

/// <summary>GetAccountSummary, the account's alias, GetAccountAuthorizationDetails.</summary>
internal static class AccountOperations
{
    private static readonly TextRule Filters =
        TextRule.OneOf("User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy");

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html</remarks>
    public static ValueTask<ResultWriter?> GetSummaryAsync(IamRequest request, CancellationToken cancellation)
    {
        request.Demand("*");
        var account = request.Account;
        (string Name, int Value)[] summary =
        [
            ("AccessKeysPerUserQuota", IamQuotas.AccessKeysPerUser),
            ("AccountAccessKeysPresent", account.KeyIdsOf(userId: null).Any() ? 1 : 0),
            ("AccountMFAEnabled", account.MfaDevicesOf(userId: null).Any() ? 1 : 0),
            ("AccountPasswordPresent", 0),
            ("AccountSigningCertificatesPresent", 0),
            ("AssumeRolePolicySizeQuota", IamQuotas.TrustPolicySize),
            ("AttachedPoliciesPerGroupQuota", IamQuotas.AttachedPoliciesPerGroup),
            ("AttachedPoliciesPerRoleQuota", IamQuotas.AttachedPoliciesPerRole),
            ("AttachedPoliciesPerUserQuota", IamQuotas.AttachedPoliciesPerUser),
            ("GlobalEndpointTokenVersion", 1),
            ("GroupPolicySizeQuota", IamQuotas.GroupPolicySize),
            ("Groups", account.Groups.Count),
            ("GroupsPerUserQuota", IamQuotas.GroupsPerUser),
            ("GroupsQuota", IamQuotas.Groups),
            ("InstanceProfiles", 0),
            ("InstanceProfilesQuota", 0),
            ("MFADevices", account.MfaDevices.Count),
            ("MFADevicesInUse", account.MfaDevices.Values.Count(device => device.Enabled is not null)),
            ("Policies", account.Policies.Count),
            ("PoliciesQuota", IamQuotas.Policies),
            ("PolicySizeQuota", IamQuotas.PolicySize),
            ("PolicyVersionsInUse", account.Policies.Values.Sum(policy => policy.Versions.Length)),
            ("PolicyVersionsInUseQuota", IamQuotas.Policies * IamQuotas.VersionsPerPolicy),
            ("Providers", account.OidcProviders.Count),
            ("RolePolicySizeQuota", IamQuotas.RolePolicySize),
            ("Roles", account.Roles.Count),
            ("RolesQuota", IamQuotas.Roles),
            ("ServerCertificates", 0),
            ("ServerCertificatesQuota", 0),
            ("SigningCertificatesPerUserQuota", 0),
            ("UserPolicySizeQuota", IamQuotas.UserPolicySize),
            ("Users", account.Users.Count),
            ("UsersQuota", IamQuotas.Users),
            ("VersionsPerPolicyQuota", IamQuotas.VersionsPerPolicy),
        ];
        return new(xml =>
        {
            xml.Start("SummaryMap");
            foreach (var (name, value) in summary)
            {
                xml.Start("entry").Element("key", name).Element("value", value).End("entry");
            }

            xml.End("SummaryMap");
        });
    }

    /// <remarks>
    /// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccountAlias.html. A second one replaces the first.
    /// </remarks>
    public static ValueTask<ResultWriter?> CreateAliasAsync(IamRequest request, CancellationToken cancellation)
    {
        var alias = request.Text("AccountAlias", TextRule.AccountAlias);
        return request.ChangeAsync(
            change =>
            {
                request.Demand("*");
                var account = change.Account.Account;
                if (change.Identities.FindByAlias(alias) is { } other && other.Id != account.Id)
                {
                    throw IamErrors.Exists($"The account alias {alias} already exists.");
                }

                change.Put(account with { Alias = alias });
            },
            cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html</remarks>
    public static ValueTask<ResultWriter?> ListAliasesAsync(IamRequest request, CancellationToken cancellation)
    {
        request.Demand("*");
        string[] aliases = request.Account.Account.Alias is { } alias ? [alias] : [];
        var page = request.Page(aliases, one => one, StringComparer.Ordinal);
        return new(xml => xml.Page("AccountAliases", page));
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccountAlias.html</remarks>
    public static ValueTask<ResultWriter?> DeleteAliasAsync(IamRequest request, CancellationToken cancellation)
    {
        var alias = request.Text("AccountAlias", TextRule.AccountAlias);
        return request.ChangeAsync(
            change =>
            {
                request.Demand("*");
                var account = change.Account.Account;
                change.Put(account.Alias == alias
                    ? account with { Alias = null }
                    : throw IamErrors.NotFound($"The account alias with name {alias} cannot be found."));
            },
            cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html</remarks>
    public static ValueTask<ResultWriter?> GetDetailsAsync(IamRequest request, CancellationToken cancellation)
    {
        var filters = request.Texts("Filter", Filters);
        request.Demand("*");
        var account = request.Account;
        var counts = PolicyCounts.In(account);
        var page = request.Page(
            ((IEnumerable<(string Filter, string Key, object One)>)
            [
                .. account.Users.Values.Select(user => ("User", "1/" + user.Name, (object)user)),
                .. account.Groups.Values.Select(group => ("Group", "2/" + group.Name, (object)group)),
                .. account.Roles.Values.Select(role => ("Role", "3/" + role.Name, (object)role)),
                .. account.Policies.Values.Select(policy => ("LocalManagedPolicy", "4/" + policy.Name, (object)policy)),
                .. AwsManagedPolicies.All
                    .Where(policy => filters.Contains("AWSManagedPolicy") || counts.ContainsKey(policy.Arn))
                    .Select(policy => ("AWSManagedPolicy", "5/" + policy.Name, (object)policy)),
            ]).Where(one => filters.Count == 0 || filters.Contains(one.Filter)),
            one => one.Key,
            StringComparer.OrdinalIgnoreCase);
        var found = page.Members.Select(one => one.One).ToList();
        return new(xml => xml
            .List("UserDetailList", found.OfType<User>(), (member, user) => WriteUser(member, account, user))
            .List("GroupDetailList", found.OfType<Group>(), WriteGroup)
            .List("RoleDetailList", found.OfType<Role>(), (member, role) => WriteRole(
                member, role, request.Uses.Find(role.Id)))
            .List("Policies", found.OfType<ManagedPolicy>(), (member, policy) => WritePolicy(
                member, policy, counts.GetValueOrDefault(policy.Arn)))
            .More(page.Marker));
    }

    private static void WriteUser(S3XmlWriter xml, AccountIdentities account, User user)
    {
        IamXml.User(xml, user);
        WriteInline(xml, "UserPolicyList", user);
        xml.List("GroupList", account.GroupsOf(user).Select(group => group.Name))
            .List("AttachedManagedPolicies", user.AttachedPolicies, IamXml.Attached);
        IamXml.Boundary(xml, user.Boundary).Tags(user.Tags);
    }

    private static void WriteGroup(S3XmlWriter xml, Group group)
    {
        IamXml.Group(xml, group);
        WriteInline(xml, "GroupPolicyList", group);
        xml.List("AttachedManagedPolicies", group.AttachedPolicies, IamXml.Attached);
    }

    private static void WriteRole(S3XmlWriter xml, Role role, KeyUse? used)
    {
        xml.Element("Path", role.Path)
            .Element("RoleName", role.Name)
            .Element("RoleId", role.Id)
            .Element("Arn", role.Arn)
            .Time("CreateDate", role.Created)
            .Document("AssumeRolePolicyDocument", role.TrustPolicy)
            .List("InstanceProfileList", []);
        WriteInline(xml, "RolePolicyList", role);
        xml.List("AttachedManagedPolicies", role.AttachedPolicies, IamXml.Attached);
        IamXml.Boundary(xml, role.Boundary).Tags(role.Tags);
        IamXml.RoleLastUsed(xml, used);
    }

    private static void WritePolicy(S3XmlWriter xml, ManagedPolicy policy, PolicyCounts counts)
    {
        IamXml.Policy(xml, policy, counts, isWhole: false);
        xml.List("PolicyVersionList", policy.Versions.Reverse(), (member, version) => IamXml.Version(
            member, policy, version, withDocument: true));
    }

    private static void WriteInline(S3XmlWriter xml, string name, PolicyHolder holder) =>
        xml.List(name, holder.InlinePolicies, static (member, policy) => member
            .Element("PolicyName", policy.Key)
            .Document("PolicyDocument", policy.Value));
}
