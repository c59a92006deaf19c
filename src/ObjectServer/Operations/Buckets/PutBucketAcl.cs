using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Buckets;

/// <summary>PUT /{bucket}?acl: replaces the ACL of a bucket.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html</remarks>
internal sealed class PutBucketAcl(BucketStore buckets, AccessRules rules) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Put, TargetKind.Bucket) { Subresource = "acl" };

    public override TakenHeaders Takes => TakenHeaders.Acl;

    public override S3Action ActionFor(S3Target target) => S3Action.PutBucketAcl;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var sent = await SentAcl.ReadAsync(request, rules.Accounts, cancellation);
        var changed = await buckets.UpdateAsync(request.Bucket.Name, Change, cancellation);
        return changed is null ? S3Errors.NoSuchBucket : S3Response.Empty();

        // Whether the bucket has ACLs at all is judged together with the change.
        BucketRecord Change(BucketRecord bucket)
        {
            if (OwnershipControls.AreAclsDisabled(bucket))
            {
                sent.CheckDisabled(bucket.OwnerId);
                return bucket;
            }

            var acl = sent.ForBucket(bucket.OwnerId);
            if (acl.IsPublic && rules.Blocks.On(bucket).BlockPublicAcls)
            {
                throw new S3Exception(PublicAccessBlock.RefusesAcl);
            }

            return bucket with
            {
                Settings = acl.ToDocument() is { } document
                    ? bucket.Settings.With(BucketSetting.Acl, document.Bytes)
                    : bucket.Settings.Without(BucketSetting.Acl),
            };
        }
    }
}
