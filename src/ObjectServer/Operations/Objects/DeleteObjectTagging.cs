using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Messages;
using ObjectServer.Storage;

namespace ObjectServer.Operations.Objects;

/// <summary>DELETE /{bucket}/{key}?tagging: removes all tags of an object, or of one version of it.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html</remarks>
internal sealed class DeleteObjectTagging(ObjectStore objects) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Delete, TargetKind.Object) { Subresource = "tagging" };

    public override S3Action ActionFor(S3Target target) =>
        RequestedVersion.IsIn(target.Query) ? S3Action.DeleteObjectVersionTagging : S3Action.DeleteObjectTagging;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var versionId = RequestedVersion.Read(request.Query);
        var changed = await TaggedObject.ReplaceAsync(objects, request, versionId, [], cancellation);
        return TaggedObject.RefusalOf(request, versionId, changed) is { } refusal
            ? refusal
            : S3Response.Empty(204).WithVersion(request.Bucket, changed!.VersionId);
    }
}
