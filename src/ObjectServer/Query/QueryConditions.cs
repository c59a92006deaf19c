using ObjectServer.Identity;
using ObjectServer.Policies;

namespace ObjectServer.Query;

/// <summary>The condition keys of a request in the query protocol.</summary>
/// <param name="request">The request.</param>
/// <param name="own">What the operation adds, e.g. <c>iam:PolicyARN</c>.</param>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html</remarks>
internal sealed class QueryConditions(QueryRequest request, IConditionValues own) : IConditionValues
{
    public bool TryGet(string key, out ConditionValues values)
    {
        if (own.TryGet(key, out values) || CallerConditions.TryGet(request.Caller, request.Now, key, out values))
        {
            return true;
        }

        var text = key.ToLowerInvariant() switch
        {
            "aws:sourceip" => request.SourceIp,
            "aws:securetransport" => request.IsSecure ? "true" : "false",
            "aws:useragent" => request.UserAgent,
            "aws:referer" => request.Referer,
            "aws:requestedregion" => request.Region,
            _ => null,
        };
        values = text is null ? default : new(text);
        return text is not null;
    }
}
