using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>PUT /{bucket}/{key}?acl: replaces the ACL of an object, or of one version of it.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAcl.html</remarks>
internal sealed class PutObjectAcl(ObjectStore objects, AccessRules rules) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Put, TargetKind.Object) { Subresource = "acl" };

    public override TakenHeaders Takes => TakenHeaders.Acl;

    public override S3Action ActionFor(S3Target target) =>
        RequestedVersion.IsIn(target.Query) ? S3Action.PutObjectVersionAcl : S3Action.PutObjectAcl;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var versionId = RequestedVersion.Read(request.Query);
        var sent = await SentAcl.ReadAsync(request, rules.Accounts, cancellation);
        var changed = await objects.UpdateAsync(request.Bucket, request.Key, versionId, Change, cancellation);
        return AbsentObject.Is(request, versionId, changed, out var refusal)
            ? refusal
            : S3Response.Empty().WithVersion(request.Bucket, changed.VersionId);

        // Whose version it is, is known only here.
        ObjectVersion Change(ObjectVersion version)
        {
            if (version.IsDeleteMarker)
            {
                return version;
            }

            if (!request.Grant.IsGoodFor(version))
            {
                // Another version has taken the place of the one whose ACL lets the caller write it.
                throw new S3Exception(S3Errors.OperationAborted);
            }

            if (OwnershipControls.AreAclsDisabled(request.Bucket))
            {
                sent.CheckDisabled(request.Bucket.OwnerId);
                return version;
            }

            var acl = sent.ForObject(version.OwnerId, request.Bucket.OwnerId);
            return acl.IsPublic && rules.Blocks.On(request.Bucket).BlockPublicAcls
                ? throw new S3Exception(PublicAccessBlock.RefusesAcl)
                : version with { Acl = acl.ToDocument() };
        }
    }
}
