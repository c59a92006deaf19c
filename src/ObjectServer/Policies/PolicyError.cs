using System.Globalization;

namespace ObjectServer.Policies;

/// <summary>Why a document is no policy.</summary>
/// <param name="Message">What AWS says of it: of buckets' policies in S3's words, of all others in IAM's.</param>
/// <param name="Where">Which part is meant, e.g. <c>Statement[1] "Readers", Action</c>; empty for the whole.</param>
internal sealed record PolicyError(string Message, string Where)
{
    public override string ToString() => Where.Length == 0 ? Message : $"{Message} ({Where})";
}

/// <summary>Carries a <see cref="PolicyError"/> to whoever asked for a document that must be a policy.</summary>
internal sealed class PolicyException(PolicyError error) : Exception(error.ToString())
{
    public PolicyError Error { get; } = error;
}

/// <summary>A place in a document; gives errors the words that its kind of policy gets.</summary>
/// <param name="Kind">What the document is.</param>
/// <param name="Statement">The index of the statement; negative outside of all.</param>
/// <param name="Sid">The statement's name; null without one.</param>
/// <param name="Element">The field; empty for the whole statement or document.</param>
internal readonly record struct PolicyPlace(
    PolicyKind Kind, int Statement = -1, string? Sid = null, string Element = "")
{
    private bool IsResource => Kind == PolicyKind.Resource;

    public PolicyException InvalidJson() =>
        Error(IsResource ? "Policies must be valid JSON and the first byte must be '{'" : "Syntax errors in policy.");

    public PolicyException InvalidSyntax() => Error(IsResource ? "Invalid policy syntax." : "Syntax errors in policy.");

    public PolicyException TooLarge() => Error("Policy exceeds the maximum allowed document size.");

    public PolicyException Unknown(string field) =>
        Error(IsResource ? $"Unknown field {field}" : "Syntax errors in policy.");

    public PolicyException Missing(string field) => Error((Kind, field) switch
    {
        (PolicyKind.Resource, _) => $"Missing required field {field}",
        (PolicyKind.Trust, "Principal") => "AssumeRole policy must contain principals.",
        (_, "Action") => "Policy statement must contain actions.",
        (_, "Resource") => "Policy statement must contain resources.",
        _ => "Syntax errors in policy.",
    });

    public PolicyException EmptyStatement() =>
        Error(IsResource ? "Could not parse the policy: Statement is empty!" : "Syntax errors in policy.");

    public PolicyException InvalidVersion() =>
        Error(IsResource ? "The policy must contain a valid version string" : "Syntax errors in policy.");

    public PolicyException InvalidEffect(string effect) =>
        Error(IsResource ? $"Invalid effect: {effect}" : "Syntax errors in policy.");

    public PolicyException Prohibited(string field) => Error(
        field.EndsWith("Principal", StringComparison.Ordinal)
            ? "Policy document should not specify a principal."
            : $"Has prohibited field {field}");

    public PolicyException InvalidSid() => Error(
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
        + "[0-9A-Za-z]*");

    public PolicyException DuplicateSid() => Error(
        IsResource ? "Duplicate statement ID in policy" : "Statement IDs (SID) in a single policy must be unique.");

    public PolicyException InvalidPrincipal(string type, string principal) => Error(
        IsResource ? "Invalid principal in policy" : $"Invalid principal in policy: \"{type}\":\"{principal}\"");

    public PolicyException WithoutVendor() => Error(
        IsResource
            ? "Policy has invalid action"
            : "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");

    public PolicyException TwoColons() =>
        Error(IsResource ? "Policy has invalid action" : "Actions/Condition can contain only one colon.");

    public PolicyException InvalidVendor(string vendor) =>
        Error(IsResource ? "Policy has invalid action" : $"Vendor {vendor} is not valid");

    public PolicyException InvalidAction() =>
        Error(IsResource ? "Policy has invalid action" : "Syntax errors in policy.");

    public PolicyException NotForTrust() => Error("AssumeRole policy may only specify STS AssumeRole actions.");

    public PolicyException ActionDoesNotApply() => Error("Action does not apply to any resource(s) in statement");

    public PolicyException InvalidResource(string resource) =>
        Error(IsResource ? "Policy has invalid resource" : $"Resource {resource} must be in ARN format or \"*\".");

    public PolicyException InvalidOperator(string name) => Error($"Invalid Condition type : {name}");

    public PolicyException InvalidKey() => Error(
        IsResource
            ? "Policy has an invalid condition key"
            : "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");

    /// <summary>An error at this place, in words that the caller has.</summary>
    public PolicyException Error(string message)
    {
        var where = Statement < 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"Statement[{Statement}]")
                + (Sid is null ? "" : $" \"{Sid}\"");
        return new(new(message, Element.Length == 0 ? where : where.Length == 0 ? Element : $"{where}, {Element}"));
    }
}
