using Microsoft.AspNetCore.Http;
using ObjectServer.Authorization;

namespace ObjectServer.Operations.Objects;

/// <summary>What the headers of a write ask for that has to be allowed beside <c>s3:PutObject</c>.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html</remarks>
internal static class WriteDemands
{
    public static IEnumerable<S3Action> Of(IHeaderDictionary headers)
    {
        if (headers.ContainsKey("x-amz-tagging"))
        {
            yield return S3Action.PutObjectTagging;
        }

        if (headers.ContainsKey("x-amz-acl") || headers.Keys.Any(IsGrant))
        {
            yield return S3Action.PutObjectAcl;
        }

        if (headers.ContainsKey("x-amz-object-lock-mode") || headers.ContainsKey("x-amz-object-lock-retain-until-date"))
        {
            yield return S3Action.PutObjectRetention;
        }

        if (headers.ContainsKey("x-amz-object-lock-legal-hold"))
        {
            yield return S3Action.PutObjectLegalHold;
        }

        // What is there is read for it, at least in part.
        if (headers.ContainsKey("If-Match"))
        {
            yield return S3Action.GetObject;
        }
    }

    private static bool IsGrant(string name) => name.StartsWith("x-amz-grant-", StringComparison.OrdinalIgnoreCase);
}
