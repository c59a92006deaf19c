using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.CrashWriter;

/// <summary>How tests move versions to other storage classes.</summary>
public static class Transitions
{
    /// <summary>As lifecycle rules do that look at nothing of the version but whether it is the current one.</summary>
    /// <param name="objects">Where it is.</param>
    /// <param name="bucket">As it is now.</param>
    /// <param name="version">As it is now.</param>
    /// <param name="storageClass">The class to move it to.</param>
    /// <param name="cancellation">Ends it before the commit.</param>
    public static ValueTask<TransitionOutcome> MoveAsync(
        this ObjectStore objects,
        BucketRecord bucket,
        ObjectVersion version,
        string storageClass,
        CancellationToken cancellation) =>
        objects.TransitionAsync(
            bucket,
            new(version.Key, version.Sequence, version.IsLatest, Tags: null),
            storageClass,
            copied: null,
            cancellation);
}
