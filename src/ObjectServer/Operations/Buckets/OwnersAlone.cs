using ObjectServer.Errors;
using ObjectServer.Messages;

namespace ObjectServer.Operations.Buckets;

/// <summary>What a policy can allow to identities of the bucket's own account alone.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html: 405 for every other account.</remarks>
internal static class OwnersAlone
{
    /// <summary>The refusal of another account, which was allowed all else.</summary>
    public static S3Error? Judge(S3Request request) => request.Caller.CanonicalId == request.Bucket.OwnerId
        ? null
        : S3Errors.MethodNotAllowed.With("Method", request.Method).With("ResourceType", "BUCKETPOLICY");
}
