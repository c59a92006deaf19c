using System.Collections.Immutable;
using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Versions;

/// <summary>Whether a write's conditions hold of the version that it would replace or remove.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html</remarks>
internal static class WriteJudgement
{
    /// <summary>
    /// Judges a write in the order of RFC 9110: If-Match, then If-None-Match. A delete marker is no object.
    /// </summary>
    /// <returns>How the write ends for its conditions; null if they hold.</returns>
    public static WriteOutcome? Judge(WriteConditions conditions, ObjectVersion? current)
    {
        var found = current is { IsDeleteMarker: false } ? current : null;
        if (!conditions.IfMatch.IsEmpty && found is null)
        {
            return new WriteOutcome.NoSuchKey();
        }

        if (!conditions.IfMatch.IsEmpty && !Matches(conditions.IfMatch, found!.ETag))
        {
            return new WriteOutcome.PreconditionFailed("If-Match");
        }

        return !conditions.IfNoneMatch.IsEmpty && found is not null && Matches(conditions.IfNoneMatch, found.ETag)
            ? new WriteOutcome.PreconditionFailed("If-None-Match")
            : null;
    }

    /// <summary>
    /// Judges a deletion against the version that it would remove or hide, a delete marker included: a marker has no
    /// ETag and no bytes. Where there is nothing, a condition has nothing to guard, and nothing is done.
    /// </summary>
    /// <returns>How the deletion ends for its conditions; null if they hold.</returns>
    public static DeleteOutcome? JudgeDeletion(WriteConditions conditions, ObjectVersion? found)
    {
        if (conditions.IsEmpty)
        {
            return null;
        }

        if (found is null)
        {
            return new DeleteOutcome.Deleted(null, IsDeleteMarker: false);
        }

        if (!conditions.IfMatch.IsEmpty && !Matches(conditions.IfMatch, found.ETag))
        {
            return new DeleteOutcome.PreconditionFailed("If-Match");
        }

        if (conditions.IfLastModified is { } time
            && time.ToUnixTimeSeconds() != found.LastModified.ToUnixTimeSeconds())
        {
            return new DeleteOutcome.PreconditionFailed("x-amz-if-match-last-modified-time");
        }

        return conditions.IfSize is { } size && (found.IsDeleteMarker || size != found.Size)
            ? new DeleteOutcome.PreconditionFailed("x-amz-if-match-size")
            : null;
    }

    private static bool Matches(ImmutableArray<string> eTags, string eTag) =>
        eTags is ["*"] || eTags.Contains(eTag, StringComparer.Ordinal);
}
