using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Policies;
using ObjectServer.Query;

namespace ObjectServer.Iam;

/// <summary>Policy documents in requests.</summary>
internal static class PolicyParameter
{
    /// <summary>A document that must be a policy.</summary>
    /// <param name="request">The request.</param>
    /// <param name="name">The parameter.</param>
    /// <param name="kind">What it will be attached to.</param>
    /// <exception cref="S3Exception">ValidationError, MalformedPolicyDocument.</exception>
    public static PolicyText Read(IamRequest request, string name, PolicyKind kind) =>
        Checked(request.Text(name, TextRule.Document), kind);

    /// <summary>Reads a text that must be a policy.</summary>
    /// <exception cref="S3Exception">MalformedPolicyDocument.</exception>
    public static PolicyText Checked(string text, PolicyKind kind)
    {
        var policy = new PolicyText(text, kind);
        try
        {
            _ = policy.Document;
            return policy;
        }
        catch (PolicyException malformed)
        {
            throw IamErrors.Malformed(malformed.Error.ToString());
        }
    }
}
