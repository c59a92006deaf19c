using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Authorization;
using ObjectServer.Operations.Locking;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>What the headers of a write ask for that has to be allowed beside <c>s3:PutObject</c>.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html</remarks>
internal static class WriteDemands
{
    /// <summary>The ACL of an object that is not there yet: who may write into the bucket by its ACL may choose it.</summary>
    public static readonly S3Action FirstAcl = S3Action.PutObjectAcl with { Acl = AclDemand.WriteBucket };

    /// <summary>Whether headers ask for an ACL that has to be allowed by itself.</summary>
    /// <remarks>
    /// One that gives something to the bucket's owner alone, as AWS's examples of bucket policies demand it of strangers,
    /// needs no more than the write:
    /// https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-condition-keys.html
    /// </remarks>
    public static bool AsksForAcl(IHeaderDictionary headers, BucketRecord bucket) =>
        AclHeaders.Read(headers) is { AreThere: true } asked && !asked.FavorOnly(bucket.OwnerId);

    public static IEnumerable<S3Action> Of(IHeaderDictionary headers, BucketRecord bucket)
    {
        List<S3Action>? demands = null;
        if (headers.ContainsKey("x-amz-tagging"))
        {
            Add(S3Action.PutObjectTagging);
        }

        if (AsksForAcl(headers, bucket))
        {
            Add(FirstAcl);
        }

        if (headers.ContainsKey(WantedLock.ModeHeader) || headers.ContainsKey(WantedLock.UntilHeader))
        {
            Add(S3Action.PutObjectRetention);
        }

        if (headers.ContainsKey(WantedLock.HoldHeader))
        {
            Add(S3Action.PutObjectLegalHold);
        }

        // What is there is read for it, at least in part.
        if (headers.ContainsKey("If-Match"))
        {
            Add(S3Action.GetObject);
        }

        return demands ?? [];

        void Add(S3Action action) => (demands ??= []).Add(action);
    }
}
