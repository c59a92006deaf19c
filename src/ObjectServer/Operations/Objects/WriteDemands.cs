using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Authorization;
using ObjectServer.Operations.Locking;

namespace ObjectServer.Operations.Objects;

/// <summary>What the headers of a write ask for that has to be allowed beside <c>s3:PutObject</c>.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html</remarks>
internal static class WriteDemands
{
    /// <summary>The ACL of an object that is not there yet: who may write into the bucket by its ACL may choose it.</summary>
    public static readonly S3Action FirstAcl = S3Action.PutObjectAcl with { Acl = AclDemand.WriteBucket };

    public static IEnumerable<S3Action> Of(IHeaderDictionary headers)
    {
        if (headers.ContainsKey("x-amz-tagging"))
        {
            yield return S3Action.PutObjectTagging;
        }

        if (AclHeaders.Read(headers).AreThere)
        {
            yield return FirstAcl;
        }

        if (headers.ContainsKey(WantedLock.ModeHeader) || headers.ContainsKey(WantedLock.UntilHeader))
        {
            yield return S3Action.PutObjectRetention;
        }

        if (headers.ContainsKey(WantedLock.HoldHeader))
        {
            yield return S3Action.PutObjectLegalHold;
        }

        // What is there is read for it, at least in part.
        if (headers.ContainsKey("If-Match"))
        {
            yield return S3Action.GetObject;
        }
    }
}
