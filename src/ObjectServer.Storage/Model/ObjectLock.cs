using System.Buffers.Binary;

namespace ObjectServer.Storage.Model;

/// <summary>Who may end a retention early. The numbers are on disk: they only grow.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html#object-lock-retention-modes</remarks>
public enum RetentionMode : byte
{
    /// <summary>Whoever is allowed to bypass governance.</summary>
    Governance = 1,

    /// <summary>Nobody: it can only be made longer.</summary>
    Compliance = 2,
}

/// <summary>How long a version is kept, whatever anybody asks for.</summary>
/// <param name="Mode">Who may end it early.</param>
/// <param name="Until">The first moment at which the version may be removed; whole milliseconds.</param>
public readonly record struct Retention(RetentionMode Mode, DateTimeOffset Until)
{
    /// <summary>Whether it may be replaced by another retention, or by none.</summary>
    /// <param name="next">What is to come in its place; null for none.</param>
    /// <param name="now">A retention that is over binds nobody.</param>
    /// <param name="bypassesGovernance">Whether the caller may end governance early, and wishes to.</param>
    public bool MayBecome(Retention? next, DateTimeOffset now, bool bypassesGovernance)
    {
        var isKept = next is { } longer && longer.Mode == Mode && longer.Until >= Until;
        return isKept || Until <= now || (Mode == RetentionMode.Governance && bypassesGovernance);
    }
}

/// <summary>The retention that new versions of a bucket get unless their writer says otherwise.</summary>
/// <param name="Mode">Who may end it early.</param>
/// <param name="Count">How many days or years; 1 or more.</param>
/// <param name="IsInYears">Years and not days.</param>
public sealed record DefaultRetention(RetentionMode Mode, int Count, bool IsInYears)
{
    /// <summary>As long as S3 lets anybody choose: a hundred years.</summary>
    public const int MaxDays = 36_500;

    /// <summary>As <see cref="MaxDays"/>.</summary>
    public const int MaxYears = 100;

    private const int DocumentBytes = 4;

    /// <summary>The retention of a version that is made at this time.</summary>
    public Retention From(DateTimeOffset time) =>
        new(Mode, IsInYears ? time.AddYears(Count) : time.AddDays(Count));

    /// <summary>The setting's document: mode, unit (0 days, 1 years), count in big-endian order.</summary>
    public ReadOnlyMemory<byte> ToDocument()
    {
        var document = new byte[DocumentBytes];
        document[0] = (byte)Mode;
        document[1] = IsInYears ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt16BigEndian(document.AsSpan(2), checked((ushort)Count));
        return document;
    }

    /// <summary>Reads a setting's document.</summary>
    /// <exception cref="CorruptDataException">It was never written by this code.</exception>
    public static DefaultRetention FromDocument(ReadOnlyMemory<byte> document) =>
        document.Span is [var mode and (1 or 2), var unit and (0 or 1), _, _]
            ? new((RetentionMode)mode, BinaryPrimitives.ReadUInt16BigEndian(document.Span[2..]), unit == 1)
            : throw new CorruptDataException("The default retention of a bucket is malformed.");
}

/// <summary>How the change of a version's lock ended.</summary>
public abstract record LockOutcome
{
    private LockOutcome()
    {
    }

    /// <summary>Durable and in force.</summary>
    /// <param name="Version">As it is now.</param>
    public sealed record Changed(ObjectVersion Version) : LockOutcome;

    /// <summary>The bucket was deleted meanwhile.</summary>
    public sealed record NoSuchBucket : LockOutcome;

    /// <summary>The bucket has no object lock.</summary>
    public sealed record NoObjectLock : LockOutcome;

    /// <summary>There is no such version, or only a delete marker, which nothing locks.</summary>
    /// <param name="Marker">The delete marker; null where there is nothing.</param>
    public sealed record NoObject(ObjectVersion? Marker) : LockOutcome;

    /// <summary>The retention that is in force forbids it.</summary>
    public sealed record Protected : LockOutcome;
}
