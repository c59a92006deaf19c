namespace ObjectServer.Storage.Model;

/// <summary>How fast an archived object is wanted back. The numbers are on disk: they only grow.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html</remarks>
public enum RetrievalTier : byte
{
    Expedited = 1,
    Standard = 2,
    Bulk = 3,
}

/// <summary>A version that was asked back from an archive. Whether it is there is judged by the clock of whoever looks.</summary>
/// <param name="Requested">When it was asked for; whole milliseconds, as the other times.</param>
/// <param name="Ready">From when on it can be read.</param>
/// <param name="Expires">From when on it can no longer be read; null where it is back for good.</param>
/// <param name="Tier">How fast it was wanted.</param>
public sealed record Restoration(
    DateTimeOffset Requested, DateTimeOffset Ready, DateTimeOffset? Expires, RetrievalTier Tier)
{
    /// <summary>Whether it is on its way.</summary>
    public bool IsOngoing(DateTimeOffset now) => Ready > now;

    /// <summary>Whether it was back, and no longer is.</summary>
    public bool IsOver(DateTimeOffset now) => Expires <= now;

    /// <summary>Whether it is back.</summary>
    public bool IsThere(DateTimeOffset now) => !IsOngoing(now) && !IsOver(now);
}

/// <summary>How a version is stored: its class, and what was done about it since it has that. Immutable.</summary>
public sealed record StorageState
{
    public const string StandardClass = "STANDARD";

    public const string IntelligentTieringClass = "INTELLIGENT_TIERING";

    public static readonly StorageState Standard = new(StandardClass);

    /// <summary>One for all versions of a class about which nothing else is to say.</summary>
    private static readonly StorageState[] Known =
    [
        Standard,
        new("REDUCED_REDUNDANCY"),
        new("STANDARD_IA"),
        new("ONEZONE_IA"),
        new(IntelligentTieringClass),
        new("GLACIER"),
        new("DEEP_ARCHIVE"),
        new("GLACIER_IR"),
    ];

    private StorageState(string storageClass) => Class = storageClass;

    /// <summary>E.g. <c>STANDARD</c>.</summary>
    public string Class { get; }

    /// <summary>When the version was last asked back from an archive; null where it never was.</summary>
    public Restoration? Restore { get; init; }

    /// <summary>
    /// The version counts as read up to this time: a day's end where it was read on that day. Null where only its own
    /// time counts.
    /// </summary>
    public DateTimeOffset? AccessedUntil { get; init; }

    /// <summary>A class, and nothing else.</summary>
    public static StorageState Of(string storageClass)
    {
        foreach (var known in Known)
        {
            if (known.Class == storageClass)
            {
                return known;
            }
        }

        return new StorageState(storageClass);
    }
}

/// <summary>How a move of a version to another storage class ended.</summary>
public enum TransitionOutcome
{
    /// <summary>The version has the class, and its bytes lie where those of the class do.</summary>
    Moved,

    /// <summary>It had the class before.</summary>
    AlreadyThere,

    /// <summary>The version is not there any more, or is a delete marker.</summary>
    Gone,

    /// <summary>Nothing happened: it is no longer what was judged, or the bucket is not.</summary>
    Changed,
}
