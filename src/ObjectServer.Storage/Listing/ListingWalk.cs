using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Listing;

/// <summary>Something that a listing may show.</summary>
/// <param name="Position">
/// Where it stands among the others: an object key, or one with a NUL and a suffix that orders what belongs to it.
/// </param>
/// <param name="Reading">What was found.</param>
internal readonly record struct ListingEntry(ReadOnlyMemory<byte> Position, MetadataReading Reading)
{
    public ReadOnlySpan<byte> Key => MetadataKeys.KeyOf(Position.Span);

    public byte Space => Reading.Key.Span[0];
}

/// <summary>A run of entries without a gap.</summary>
/// <param name="Entries">In order of their positions.</param>
/// <param name="Next">Where to read on; null if nothing follows.</param>
internal readonly record struct ListingWindow(IReadOnlyList<ListingEntry> Entries, byte[]? Next);

/// <summary>
/// Walks positions through a fold, window by window, until a page is full. Behind a common prefix it seeks instead of
/// scanning, and it reads in windows that shrink while most of what they hold is skipped: so a page costs what it
/// shows, in prefixes too.
/// </summary>
internal static class ListingWalk
{
    private const int SmallestWindow = 16;
    private const int FirstGroupingWindow = 64;
    private const int LargestWindow = 1001;

    /// <summary>Reads at most so many entries of a range from a position on.</summary>
    public delegate ValueTask<ListingWindow> ReadWindow(byte[] start, int limit, CancellationToken cancellation);

    /// <summary>Returns the entries that are listed by themselves; the fold has the rest.</summary>
    public static async ValueTask<List<ListingEntry>> RunAsync(
        ListingFold fold,
        byte[]? start,
        int limit,
        bool isGrouping,
        ReadWindow read,
        CancellationToken cancellation)
    {
        var listed = new List<ListingEntry>();
        var size = Math.Min(isGrouping ? FirstGroupingWindow : LargestWindow, Math.Max(limit, 0) + 1);
        while (start is not null && limit > 0)
        {
            var window = await read(start, size, cancellation);
            var useful = 0;
            foreach (var entry in window.Entries)
            {
                switch (fold.Place(entry.Key))
                {
                    case Placement.Listed:
                        listed.Add(entry);
                        useful++;
                        break;
                    case Placement.BeginsGroup:
                        useful++;
                        break;
                    case Placement.BeyondPage:
                        return listed;
                }
            }

            start = window.Next is { } next ? Later(next, AfterGroup(fold)) : null;
            size = useful * 2 >= window.Entries.Count
                ? Math.Min(size * 2, LargestWindow)
                : Math.Max(size / 2, SmallestWindow);
        }

        return listed;
    }

    /// <summary>Reads a window of one space of a bucket.</summary>
    public static async ValueTask<List<ListingEntry>> ScanAsync(
        IMetadataStore metadata,
        byte space,
        ulong bucketId,
        ReadOnlyMemory<byte> prefix,
        byte[] start,
        int limit,
        CancellationToken cancellation)
    {
        var range = new MetadataRange(
            MetadataKeys.InBucket(space, bucketId, start),
            MetadataRange.Successor(MetadataKeys.InBucket(space, bucketId, prefix.Span)));
        if (range.Start.Span.SequenceCompareTo(range.End.Span) >= 0)
        {
            return [];
        }

        var readings = await metadata.ScanAsync(range, limit, cancellation);
        var entries = new List<ListingEntry>(readings.Count);
        foreach (var reading in readings)
        {
            entries.Add(new ListingEntry(reading.Key[MetadataKeys.BucketPrefixBytes..], reading));
        }

        return entries;
    }

    /// <summary>The first position after another.</summary>
    public static byte[] After(ReadOnlySpan<byte> position) => [.. position, 0];

    private static byte[] AfterGroup(ListingFold fold) =>
        fold.EndsWithGroup ? MetadataRange.Successor(fold.CommonPrefixes[^1].Span) : [];

    private static byte[] Later(byte[] one, byte[] other) =>
        one.AsSpan().SequenceCompareTo(other) >= 0 ? one : other;
}
