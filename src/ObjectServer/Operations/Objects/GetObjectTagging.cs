using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Operations.Tagging;
using ObjectServer.Storage;

namespace ObjectServer.Operations.Objects;

/// <summary>GET /{bucket}/{key}?tagging: the tags of an object, or of one version of it.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html</remarks>
internal sealed class GetObjectTagging(ObjectStore objects) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Get, TargetKind.Object) { Subresource = "tagging" };

    public override S3Action ActionFor(S3Target target) =>
        RequestedVersion.IsIn(target.Query) ? S3Action.GetObjectVersionTagging : S3Action.GetObjectTagging;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var versionId = RequestedVersion.Read(request.Query);
        var found = await objects.FindAsync(request.Bucket, request.Key, versionId, cancellation);
        if (TaggedObject.RefusalOf(request, versionId, found) is { } refusal)
        {
            return refusal;
        }

        return await request.MayGiveOutAsync(found!, cancellation)
            ? S3Response.Xml(xml => TagSets.Write(xml, found!.Tags)).WithVersion(request.Bucket, found!.VersionId)
            : S3Errors.AccessDenied;
    }
}
