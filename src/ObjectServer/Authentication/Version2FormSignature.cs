using System.Security.Cryptography;
using System.Text;
using ObjectServer.Errors;

namespace ObjectServer.Authentication;

/// <summary>The signature of a browser's form in Signature Version 2, which pages written before 2014 still carry.</summary>
/// <param name="Policy">The policy document in Base64, as sent: the string to sign.</param>
/// <param name="AccessKeyId">Which key signed.</param>
/// <param name="Signature">The HMAC-SHA1 of the policy in Base64, as sent.</param>
/// <remarks>
/// Served for forms alone, where it covers all that the form may do and how long; every other request must sign with
/// Version 4. https://docs.aws.amazon.com/AmazonS3/latest/userguide/HTTPPOSTExamples.html
/// </remarks>
internal sealed record Version2FormSignature(string Policy, string AccessKeyId, string Signature)
{
    private const string KeyField = "AWSAccessKeyId";

    /// <summary>Whether a form is signed so.</summary>
    public static bool IsIn(IReadOnlyDictionary<string, string> fields) => fields.ContainsKey(KeyField);

    /// <summary>Reads the fields.</summary>
    /// <param name="fields">The form's fields, found in any case.</param>
    /// <exception cref="S3Exception">InvalidArgument: a field is missing.</exception>
    public static Version2FormSignature Parse(IReadOnlyDictionary<string, string> fields) => new(
        FormSignature.Required(fields, "policy"),
        FormSignature.Required(fields, KeyField),
        FormSignature.Required(fields, "signature"));

    /// <summary>Whether a secret makes this signature; takes the same time whether or not it does.</summary>
    public bool IsBy(string secret)
    {
#pragma warning disable CA5350 // The algorithm is the protocol's; an HMAC does not rest on SHA-1's collision resistance.
        var expected = HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(Policy));
#pragma warning restore CA5350
        return CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Convert.ToBase64String(expected)), Encoding.UTF8.GetBytes(Signature));
    }
}
