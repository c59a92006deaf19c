using ObjectServer.Errors;

namespace ObjectServer.Authentication;

/// <summary>The fields of a browser's form in Signature Version 2, which pages written before 2014 still carry.</summary>
/// <param name="Policy">The policy document in Base64, as sent: the string to sign.</param>
/// <param name="Signature">Key and signature.</param>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/HTTPPOSTExamples.html</remarks>
internal sealed record Version2Form(string Policy, Version2Signature Signature)
{
    /// <summary>Whether a form is signed so.</summary>
    public static bool IsIn(IReadOnlyDictionary<string, string> fields) =>
        fields.ContainsKey(Version2Signature.KeyName);

    /// <summary>Reads the fields.</summary>
    /// <param name="fields">The form's fields, found in any case.</param>
    /// <exception cref="S3Exception">InvalidArgument: a field is missing.</exception>
    public static Version2Form Parse(IReadOnlyDictionary<string, string> fields)
    {
        var policy = FormSignature.Required(fields, "policy");
        var accessKeyId = FormSignature.Required(fields, Version2Signature.KeyName);
        return new(policy, new(accessKeyId, FormSignature.Required(fields, "signature")));
    }
}
