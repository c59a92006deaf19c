using ObjectServer.Policies;
using ObjectServer.Query;

namespace ObjectServer.Iam;

/// <summary>Put, Get, Delete and List of the policies that are written into users, groups and roles.</summary>
internal static class InlinePolicyOperations
{
    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html</remarks>
    public static ValueTask<ResultWriter?> PutAsync(
        IamRequest request, HolderKind kind, CancellationToken cancellation)
    {
        var name = kind.NameIn(request);
        var policyName = request.Text("PolicyName", TextRule.PolicyName);
        var document = PolicyParameter.Read(request, "PolicyDocument", PolicyKind.Identity);
        return request.ChangeAsync(
            change =>
            {
                var holder = IamLookup.Holder(request, change.Account, kind, name);
                var policies = holder.InlinePolicies.SetItem(policyName, document);
                if (policies.Values.Sum(policy => policy.Document.Characters) > kind.MaxInlineCharacters)
                {
                    throw IamErrors.Limited(
                        $"Maximum policy size of {kind.MaxInlineCharacters} bytes exceeded "
                        + $"for {kind.Word} {holder.Name}");
                }

                change.Put(holder with { InlinePolicies = policies });
            },
            cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUserPolicy.html</remarks>
    public static ValueTask<ResultWriter?> GetAsync(
        IamRequest request, HolderKind kind, CancellationToken cancellation)
    {
        var name = kind.NameIn(request);
        var policyName = request.Text("PolicyName", TextRule.PolicyName);
        var holder = IamLookup.Holder(request, request.Account, kind, name);
        var policy = holder.InlinePolicies.GetValueOrDefault(policyName)
            ?? throw IamErrors.NoSuch(kind.Word + " policy", policyName);
        return new(xml => xml
            .Element(kind.NameParameter, holder.Name)
            .Element("PolicyName", policyName)
            .Document("PolicyDocument", policy));
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPolicy.html</remarks>
    public static ValueTask<ResultWriter?> DeleteAsync(
        IamRequest request, HolderKind kind, CancellationToken cancellation)
    {
        var name = kind.NameIn(request);
        var policyName = request.Text("PolicyName", TextRule.PolicyName);
        return request.ChangeAsync(
            change =>
            {
                var holder = IamLookup.Holder(request, change.Account, kind, name);
                if (!holder.InlinePolicies.ContainsKey(policyName))
                {
                    throw IamErrors.NoSuch(kind.Word + " policy", policyName);
                }

                change.Put(holder with { InlinePolicies = holder.InlinePolicies.Remove(policyName) });
            },
            cancellation);
    }

    /// <remarks>https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserPolicies.html</remarks>
    public static ValueTask<ResultWriter?> ListAsync(
        IamRequest request, HolderKind kind, CancellationToken cancellation)
    {
        var holder = IamLookup.Holder(request, request.Account, kind, kind.NameIn(request));
        var page = request.Page(holder.InlinePolicies.Keys, name => name, StringComparer.Ordinal);
        return new(xml => xml.Page("PolicyNames", page));
    }
}
