using System.Text;

namespace ObjectServer.Operations.Forms;

/// <summary>The escapes that policies have beyond JSON: <c>\$</c> for a dollar sign, <c>\v</c>.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html</remarks>
internal static class PolicyText
{
    /// <summary>The same document in JSON's own escapes.</summary>
    public static string ToJson(string policy)
    {
        if (!policy.Contains('\\', StringComparison.Ordinal))
        {
            return policy;
        }

        var json = new StringBuilder(policy.Length);
        for (var at = 0; at < policy.Length; at++)
        {
            if (policy[at] != '\\' || at + 1 == policy.Length)
            {
                json.Append(policy[at]);
                continue;
            }

            at++;
            _ = policy[at] switch
            {
                '$' => json.Append('$'),
                'v' => json.Append("\\u000b"),
                var escaped => json.Append('\\').Append(escaped),
            };
        }

        return json.ToString();
    }
}
