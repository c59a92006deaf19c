using Microsoft.AspNetCore.Http;
using ObjectServer.AccessControl;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage;

namespace ObjectServer.Operations.Objects;

/// <summary>GET /{bucket}/{key}?acl: who owns an object, or one version of it, and what others were granted.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAcl.html</remarks>
internal sealed class GetObjectAcl(ObjectStore objects, AccessRules rules) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Object) { Subresource = "acl" };

    public override S3Action ActionFor(S3Target target) =>
        RequestedVersion.IsIn(target.Query) ? S3Action.GetObjectVersionAcl : S3Action.GetObjectAcl;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var versionId = RequestedVersion.Read(request.Query);
        var found = await objects.FindAsync(request.Bucket, request.Key, versionId, cancellation);
        if (AbsentObject.Is(request, versionId, found, out var refusal))
        {
            return refusal;
        }

        if (!await request.MayGiveOutAsync(found, cancellation))
        {
            return S3Errors.AccessDenied;
        }

        var acl = AccessControlList.Of(request.Bucket, found);
        return S3Response.Xml(xml => AclDocument.Write(xml, acl, rules.Accounts))
            .WithVersion(request.Bucket, found.VersionId);
    }
}
