using System.Diagnostics.CodeAnalysis;
using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Messages;
using ObjectServer.Storage.Model;

namespace ObjectServer.Operations.Objects;

/// <summary>What S3 answers where there is no object to work on: nothing at all, or a delete marker.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html</remarks>
internal static class AbsentObject
{
    /// <summary>Whether there is nothing to read, and the refusal that says so.</summary>
    /// <param name="request">Names the key.</param>
    /// <param name="requested">The version that was asked for; null for the current one.</param>
    /// <param name="found">What the store has.</param>
    /// <param name="refusal">404; 405 for a delete marker that was asked for by its version.</param>
    public static bool Is(
        S3Request request,
        VersionId? requested,
        [NotNullWhen(false)] ObjectVersion? found,
        [NotNullWhen(true)] out S3Error? refusal)
    {
        refusal = found switch
        {
            null => Missing(request.Key, requested),
            { IsDeleteMarker: true } when requested is null =>
                Marked(S3Errors.NoSuchKey.With("Key", request.Key.ToString()), found),
            { IsDeleteMarker: true } => MarkerByVersion(request, found),
            _ => null,
        };
        return refusal is not null;
    }

    /// <summary>The refusal for a key or a version that is not there.</summary>
    public static S3Error Missing(ObjectKey key, VersionId? requested) => requested is { } versionId
        ? S3Errors.NoSuchVersion.With("Key", key.ToString()).With("VersionId", versionId.ToString())
        : S3Errors.NoSuchKey.With("Key", key.ToString());

    /// <summary>The refusal to do anything with a delete marker but delete it.</summary>
    public static S3Error MarkerByVersion(S3Request request, ObjectVersion marker) =>
        Marked(
            S3Errors.MethodNotAllowed.With("Method", request.Method).With("ResourceType", "DeleteMarker"), marker)
            .WithHeader("Allow", "DELETE")
            .WithHeader("Last-Modified", HttpDates.Format(marker.LastModified));

    private static S3Error Marked(S3Error refusal, ObjectVersion marker) => refusal
        .WithHeader("x-amz-delete-marker", "true")
        .WithHeader("x-amz-version-id", marker.VersionId.ToString());
}
