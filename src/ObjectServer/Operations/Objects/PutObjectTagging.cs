using Microsoft.AspNetCore.Http;
using ObjectServer.Addressing;
using ObjectServer.Authorization;
using ObjectServer.Messages;
using ObjectServer.Operations.Tagging;
using ObjectServer.Storage;

namespace ObjectServer.Operations.Objects;

/// <summary>PUT /{bucket}/{key}?tagging: replaces the tags of an object, or of one version of it.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html</remarks>
internal sealed class PutObjectTagging(ObjectStore objects) : S3Operation
{
    public override S3Route Route { get; } = new(HttpMethods.Put, TargetKind.Object) { Subresource = "tagging" };

    public override S3Action ActionFor(S3Target target) =>
        RequestedVersion.IsIn(target.Query) ? S3Action.PutObjectVersionTagging : S3Action.PutObjectTagging;

    /// <summary>A policy may ask which tags are given.</summary>
    public override bool AuthorizesItself => true;

    public override bool IsDecidedByDocument => true;

    public override async ValueTask<S3Response> ExecuteAsync(S3Request request, CancellationToken cancellation)
    {
        var versionId = RequestedVersion.Read(request.Query);
        var document = await request.Body.ReadDocumentAsync(
            TagSets.MaxDocumentBytes, checksumRequired: true, cancellation);
        var tags = TagSets.ParseDocument(document, TagRules.Object);
        await request.Access.DemandAsync(
            ActionFor(request.Target),
            AccessTarget.Of(request.Bucket, request.Key, versionId),
            new() { Tags = tags },
            cancellation);
        var changed = await TaggedObject.ReplaceAsync(objects, request, versionId, tags, cancellation);
        return TaggedObject.RefusalOf(request, versionId, changed) is { } refusal
            ? refusal
            : S3Response.Empty().WithVersion(request.Bucket, changed!.VersionId);
    }
}
