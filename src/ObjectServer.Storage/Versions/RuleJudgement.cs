using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Versions;

/// <summary>On what the judgement of lifecycle rules rests: a change that they make requires that it still stands.</summary>
/// <param name="Bucket">As it was when the version was judged.</param>
/// <param name="Version">What was judged.</param>
internal sealed record RuleJudgement(BucketRecord Bucket, TransitionedVersion Version)
{
    /// <summary>Whether a bucket is the one that was judged, with the versioning and the rules that it had.</summary>
    public static bool Stands(BucketRecord now, BucketRecord judged)
    {
        var (rules, rulesThen) = (RulesOf(now), RulesOf(judged));
        return now.Id == judged.Id && now.Versioning == judged.Versioning && rules.Span.SequenceEqual(rulesThen.Span);

        static ReadOnlyMemory<byte> RulesOf(BucketRecord bucket) =>
            bucket.Settings.Find(BucketSetting.Lifecycle)?.Bytes ?? default;
    }

    /// <summary>Whether a version is what was judged, in the bucket that was.</summary>
    public bool Stands(BucketRecord bucket, ObjectVersion version) => Stands(bucket, Bucket)
        && version.IsLatest == Version.IsLatest
        && (Version.Tags is not { } tags || tags.AsSpan().SequenceEqual(version.Tags.AsSpan()));
}
