using Microsoft.Extensions.Logging;
using ObjectServer.Observability;
using ObjectServer.Storage.Model;

namespace ObjectServer.Lifecycle;

/// <summary>Every line that is logged of lifecycle rules.</summary>
internal static partial class LifecycleLog
{
    /// <summary>A pass is over: told at Information where it did something.</summary>
    public static void Finished(ILogger log, LifecycleCounts counts, TimeSpan elapsed) => Finished(
        log,
        counts.IsNothing ? LogLevel.Debug : LogLevel.Information,
        counts.LookedAt,
        elapsed.TotalSeconds,
        counts.Removed,
        counts.Hidden,
        counts.Transitioned,
        counts.Aborted,
        counts.Protected,
        counts.Failed);

    /// <summary>A rule did something to a version or an upload.</summary>
    public static void Acted(ILogger log, LifecycleAction action, string bucket, ObjectKey key)
    {
        if (log.IsEnabled(LogLevel.Debug))
        {
            Acted(
                log,
                LogText.OneLine(action.Rule.Id),
                PreviewedAction.NameOf(action),
                bucket,
                LogText.OneLine(key.ToString()));
        }
    }

    [LoggerMessage(
        EventId = 60,
        Message = "Lifecycle: {LookedAt} versions and uploads in {Seconds:0.0} s: {Removed} removed, {Hidden} hidden by a "
        + "delete marker, {Transitioned} transitioned, {Aborted} uploads aborted, {Protected} kept by a lock, {Failed} failed.")]
    private static partial void Finished(
        ILogger log,
        LogLevel level,
        long lookedAt,
        double seconds,
        long removed,
        long hidden,
        long transitioned,
        long aborted,
        long @protected,
        long failed);

    [LoggerMessage(61, LogLevel.Debug, "Lifecycle rule {Rule}: {Action} {Bucket} {Key}")]
    private static partial void Acted(ILogger log, string rule, string action, string bucket, string key);

    [LoggerMessage(62, LogLevel.Error, "Lifecycle: a version of {Bucket} {Key} stays as it is until the next pass.")]
    public static partial void NotDone(ILogger log, Exception fault, string bucket, string key);

    [LoggerMessage(65, LogLevel.Error, "Lifecycle: the rules of {Bucket} cannot be read; they are not obeyed.")]
    public static partial void RulesUnreadable(ILogger log, Exception damage, string bucket);

    [LoggerMessage(66, LogLevel.Error, "Lifecycle: {Bucket} cannot be read to its end; what is behind waits for the next pass.")]
    public static partial void BucketUnreadable(ILogger log, Exception damage, string bucket);

    [LoggerMessage(67, LogLevel.Error, "Lifecycle: this pass moves nothing more to {StorageClass}.")]
    public static partial void ClassGivenUp(ILogger log, Exception failure, string storageClass);

    [LoggerMessage(68, LogLevel.Warning, "Lifecycle: the disk has no room to note how far the pass came; a restart repeats it.")]
    public static partial void NotNoted(ILogger log);

    [LoggerMessage(69, LogLevel.Warning, "Lifecycle: how far the last pass came cannot be read; one begins anew.")]
    public static partial void PositionUnreadable(ILogger log, Exception damage);

    [LoggerMessage(63, LogLevel.Error, "Lifecycle: the pass stopped half way; it is gone on with soon.")]
    public static partial void Failed(ILogger log, Exception failure);

    [LoggerMessage(64, LogLevel.Critical, "Lifecycle: no rule is obeyed until the server is restarted.")]
    public static partial void Ended(ILogger log, Exception fault);
}
