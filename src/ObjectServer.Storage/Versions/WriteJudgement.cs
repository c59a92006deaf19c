using System.Collections.Immutable;

namespace ObjectServer.Storage.Versions;

/// <summary>Whether a write's conditions hold of the version that it would replace or remove.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html</remarks>
internal static class WriteJudgement
{
    /// <summary>
    /// Judges in the order of RFC 9110: If-Match, If-None-Match, then those of S3's own. A delete marker is no object.
    /// </summary>
    public static Judgement Judge(WriteConditions conditions, ObjectVersion? current)
    {
        if (conditions.IsEmpty)
        {
            return default;
        }

        var found = current is { IsDeleteMarker: false } ? current : null;
        var needsObject = !conditions.IfMatch.IsEmpty
            || conditions.IfLastModified is not null
            || conditions.IfSize is not null;
        if (needsObject && found is null)
        {
            return new Judgement(IsMissing: true, null);
        }

        if (!conditions.IfMatch.IsEmpty && !Matches(conditions.IfMatch, found!.ETag))
        {
            return new Judgement(IsMissing: false, "If-Match");
        }

        if (found is null)
        {
            return default;
        }

        if (!conditions.IfNoneMatch.IsEmpty && Matches(conditions.IfNoneMatch, found.ETag))
        {
            return new Judgement(IsMissing: false, "If-None-Match");
        }

        if (conditions.IfLastModified is { } time
            && time.ToUnixTimeSeconds() != found.LastModified.ToUnixTimeSeconds())
        {
            return new Judgement(IsMissing: false, "x-amz-if-match-last-modified-time");
        }

        return conditions.IfSize is { } size && size != found.Size
            ? new Judgement(IsMissing: false, "x-amz-if-match-size")
            : default;
    }

    private static bool Matches(ImmutableArray<string> eTags, string eTag) =>
        eTags is ["*"] || eTags.Contains(eTag, StringComparer.Ordinal);
}

/// <summary>How conditions were judged; the default lets the write happen.</summary>
/// <param name="IsMissing">A condition needs an object, and there is none.</param>
/// <param name="Failed">The header of the condition that does not hold.</param>
internal readonly record struct Judgement(bool IsMissing, string? Failed)
{
    /// <summary>How the write ends for these conditions; null if they hold.</summary>
    public WriteOutcome? Refusal => this switch
    {
        { IsMissing: true } => new WriteOutcome.NoSuchKey(),
        { Failed: { } condition } => new WriteOutcome.PreconditionFailed(condition),
        _ => null,
    };

    /// <summary>How the deletion ends for these conditions; null if they hold.</summary>
    public DeleteOutcome? DeleteRefusal => this switch
    {
        { IsMissing: true } => new DeleteOutcome.NoSuchKey(),
        { Failed: { } condition } => new DeleteOutcome.PreconditionFailed(condition),
        _ => null,
    };
}
