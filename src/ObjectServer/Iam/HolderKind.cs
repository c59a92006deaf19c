using ObjectServer.Identity;
using ObjectServer.Query;

namespace ObjectServer.Iam;

/// <summary>Users, groups and roles, where an operation treats them alike.</summary>
/// <param name="Word">In lower case, as in ARNs and messages.</param>
/// <param name="Title">As in names of operations and parameters.</param>
/// <param name="MaxInlineCharacters">Of all its inline policies together, white space left out.</param>
/// <param name="MaxAttached">Managed policies.</param>
/// <param name="Find">The one of a name, in any case.</param>
internal sealed record HolderKind(
    string Word,
    string Title,
    int MaxInlineCharacters,
    int MaxAttached,
    Func<AccountIdentities, string, PolicyHolder?> Find)
{
    public static HolderKind User { get; } = new(
        "user", "User", IamQuotas.UserPolicySize, IamQuotas.AttachedPoliciesPerUser,
        (account, name) => account.Users.GetValueOrDefault(name));

    public static HolderKind Group { get; } = new(
        "group", "Group", IamQuotas.GroupPolicySize, IamQuotas.AttachedPoliciesPerGroup,
        (account, name) => account.Groups.GetValueOrDefault(name));

    public static HolderKind Role { get; } = new(
        "role", "Role", IamQuotas.RolePolicySize, IamQuotas.AttachedPoliciesPerRole,
        (account, name) => account.Roles.GetValueOrDefault(name));

    /// <summary>The parameter, and the element, with its name, e.g. <c>UserName</c>.</summary>
    public string NameParameter => Title + "Name";

    /// <summary>The parameter of a request.</summary>
    public string NameIn(IamRequest request) => request.Text(NameParameter, TextRule.ExistingName);
}
