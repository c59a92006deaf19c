using System.Collections.Immutable;
using ObjectServer.Errors;
using ObjectServer.Messages;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>What the three operations on an object's tags share.</summary>
internal static class TaggedObject
{
    /// <summary>Replaces the tags of a version; a delete marker stays as it is.</summary>
    /// <returns>The version as it is now, or null where there is none.</returns>
    public static ValueTask<ObjectVersion?> ReplaceAsync(
        ObjectStore objects,
        S3Request request,
        VersionId? versionId,
        ImmutableArray<Tag> tags,
        CancellationToken cancellation) =>
        objects.UpdateAsync(
            request.Bucket,
            request.Key,
            versionId,
            version => version.IsDeleteMarker ? version : version with { Tags = tags },
            cancellation);

    /// <summary>
    /// The refusal where there are no tags to speak of: a delete marker is one with its version named or not.
    /// </summary>
    public static S3Error? RefusalOf(S3Request request, VersionId? versionId, ObjectVersion? found) => found switch
    {
        null => AbsentObject.Missing(request.Key, versionId),
        { IsDeleteMarker: true } => AbsentObject.MarkerByVersion(request, found),
        _ => null,
    };
}
