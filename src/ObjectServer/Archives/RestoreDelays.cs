using ObjectServer.Storage.Model;

namespace ObjectServer.Archives;

/// <summary>How long it takes until an archived object is back.</summary>
/// <remarks>
/// Nothing here needs the time: the bytes are on a disk. It is there so that code which has to wait on AWS is seen to wait.
/// </remarks>
public sealed record RestoreDelays
{
    public TimeSpan Expedited { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan Standard { get; init; } = TimeSpan.FromMinutes(1);

    public TimeSpan Bulk { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The delay of a tier.</summary>
    public TimeSpan Of(RetrievalTier tier) => tier switch
    {
        RetrievalTier.Expedited => Expedited,
        RetrievalTier.Bulk => Bulk,
        _ => Standard,
    };

    /// <summary>The same with another delay for a tier.</summary>
    public RestoreDelays With(RetrievalTier tier, TimeSpan delay) => tier switch
    {
        RetrievalTier.Expedited => this with { Expedited = delay },
        RetrievalTier.Bulk => this with { Bulk = delay },
        _ => this with { Standard = delay },
    };
}
