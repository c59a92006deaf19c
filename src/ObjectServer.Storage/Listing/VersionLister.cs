using System.Text;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;
using ObjectServer.Storage.Versions;

namespace ObjectServer.Storage.Listing;

/// <summary>
/// Pages of versions and delete markers: current objects, current delete markers and older versions, merged by key,
/// and the newest of a key first.
/// </summary>
/// <remarks>
/// The three spaces are scanned one after another, and a commit in between may move a version from one to the other.
/// Versions move only when a current one changes; so a window is taken only if nothing was committed meanwhile, or if
/// the current versions that it shows are the same after the scan as before it.
/// </remarks>
internal static class VersionLister
{
    private const int MaxWindowReads = 8;

    public static async ValueTask<VersionPage> ListAsync(
        IMetadataStore metadata,
        VersionReader versions,
        BucketRecord bucket,
        VersionListing listing,
        CancellationToken cancellation)
    {
        if (listing.Prefix.Span.Contains((byte)0))
        {
            return new VersionPage([], [], IsTruncated: false, default, null);
        }

        var marker = await MarkerAsync(versions, bucket, listing, cancellation);
        var window = new WindowReader(metadata, bucket, listing.Prefix, marker);
        var fold = new ListingFold(listing.Prefix, listing.Delimiter, listing.Limit);
        var start = ListingFold.StartAfter(
            listing.KeyMarker.Span, listing.Prefix.Span, listing.Delimiter.Span, afterKey: marker.Start);
        var listed = await ListingWalk.RunAsync(
            fold, start, listing.Limit, !listing.Delimiter.IsEmpty, window.ReadAsync, cancellation);

        var shown = listed.ConvertAll(entry => KeptVersion.DecodeSummary(
            ObjectKey.FromUtf8(entry.Key),
            entry.Reading.Summary,
            isLatest: entry.Space != MetadataKeys.OlderSpace,
            out _,
            entry.Reading.Revision));
        var (nextKey, nextVersion) = !fold.IsTruncated
            ? (default(ReadOnlyMemory<byte>), (VersionId?)null)
            : fold.EndsWithGroup
                ? (fold.CommonPrefixes[^1], null)
                : (listed[^1].Key.ToArray(), shown[^1].VersionId);
        return new VersionPage([.. shown], [.. fold.CommonPrefixes], fold.IsTruncated, nextKey, nextVersion);
    }

    /// <summary>
    /// Where to go on within the marker's key. The marker's version may be gone, and an older one current in its
    /// place; so of that key everything below the marker's sequence follows, the current version too.
    /// </summary>
    private static async ValueTask<VersionMarker> MarkerAsync(
        VersionReader versions, BucketRecord bucket, VersionListing listing, CancellationToken cancellation)
    {
        var key = MetadataKeys.KeyOf(listing.KeyMarker.Span).ToArray();
        if (listing.VersionIdMarker is not { } id || key.Length < listing.KeyMarker.Length || key.Length == 0)
        {
            return new VersionMarker(key, [.. key, 1], 0);
        }

        if (VersionIds.TryRead(id, out var sequence, out _))
        {
            return new VersionMarker(key, key, sequence);
        }

        // The null version's place is only known while it is there. Where it is not, the key is listed again from its
        // newest version on: a client that deletes what it lists must not miss any.
        var found = id.IsNull
            ? await versions.FindAsync(bucket, ObjectKey.FromUtf8(key), id, withContent: false, cancellation)
            : null;
        return new VersionMarker(key, key, found?.Kept.Sequence ?? ulong.MaxValue);
    }

    /// <summary>Of a key, only versions below a sequence are still to be listed.</summary>
    /// <param name="Key">The marker's key.</param>
    /// <param name="Start">The first position that may be listed.</param>
    /// <param name="Below">0 where nothing of the key is.</param>
    private sealed record VersionMarker(byte[] Key, byte[] Start, ulong Below)
    {
        public bool Excludes(ListingEntry entry)
        {
            if (Below == 0 || !entry.Key.SequenceEqual(Key))
            {
                return false;
            }

            KeptVersion.DecodeSummary(default, entry.Reading.Summary, isLatest: false, out var sequence);
            return sequence >= Below;
        }
    }

    private sealed class WindowReader(
        IMetadataStore metadata, BucketRecord bucket, ReadOnlyMemory<byte> prefix, VersionMarker marker)
    {
        private readonly byte[] _bucketKey = MetadataKeys.Bucket(Encoding.UTF8.GetBytes(bucket.Name));

        public async ValueTask<ListingWindow> ReadAsync(byte[] start, int limit, CancellationToken cancellation)
        {
            var (heads, markers, older) = await ReadSpacesAsync(start, limit, cancellation);

            // A space that filled its part may go on behind it: what the others hold beyond must wait.
            byte[]? bound = null;
            foreach (var space in (List<ListingEntry>[])[heads, markers, older])
            {
                if (space.Count == limit
                    && (bound is null || space[^1].Position.Span.SequenceCompareTo(bound) < 0))
                {
                    bound = space[^1].Position.ToArray();
                }
            }

            var merged = Merge(Merge(heads, markers), older);
            merged.RemoveAll(entry =>
                (bound is not null && entry.Position.Span.SequenceCompareTo(bound) > 0) || marker.Excludes(entry));
            return new ListingWindow(merged, bound is null ? null : ListingWalk.After(bound));
        }

        private async ValueTask<(List<ListingEntry> Heads, List<ListingEntry> Markers, List<ListingEntry> Older)>
            ReadSpacesAsync(byte[] start, int limit, CancellationToken cancellation)
        {
            for (var read = 1; ; read++)
            {
                var before = await metadata.ReadAsync(_bucketKey, cancellation);
                var heads = await ScanAsync(MetadataKeys.ObjectSpace, start, limit, cancellation);
                var markers = await ScanAsync(MetadataKeys.MarkerSpace, start, limit, cancellation);
                var older = await ScanAsync(MetadataKeys.OlderSpace, StartOfOlder(start), limit, cancellation);
                var after = await metadata.ReadAsync(_bucketKey, cancellation);
                if (before.AsOf == after.AsOf
                    || read == MaxWindowReads
                    || (Same(heads, await ScanAsync(MetadataKeys.ObjectSpace, start, limit, cancellation))
                        && Same(markers, await ScanAsync(MetadataKeys.MarkerSpace, start, limit, cancellation))))
                {
                    return (heads, markers, older);
                }
            }
        }

        private ValueTask<List<ListingEntry>> ScanAsync(
            byte space, byte[] start, int limit, CancellationToken cancellation) =>
            ListingWalk.ScanAsync(metadata, space, bucket.Id, prefix, start, limit, cancellation);

        /// <summary>Spares a key with very many versions the way from its newest one to the marker.</summary>
        private byte[] StartOfOlder(byte[] start)
        {
            if (marker.Below is 0 or ulong.MaxValue || !start.AsSpan().SequenceEqual(marker.Key))
            {
                return start;
            }

            var older = MetadataKeys.Older(bucket.Id, ObjectKey.FromUtf8(marker.Key), marker.Below);
            return older[MetadataKeys.BucketPrefixBytes..];
        }

        private static bool Same(List<ListingEntry> one, List<ListingEntry> other) =>
            one.Count == other.Count
            && one.Zip(other).All(pair => pair.First.Reading.Revision == pair.Second.Reading.Revision
                && pair.First.Position.Span.SequenceEqual(pair.Second.Position.Span));

        private static List<ListingEntry> Merge(List<ListingEntry> one, List<ListingEntry> other)
        {
            var merged = new List<ListingEntry>(one.Count + other.Count);
            var (left, right) = (0, 0);
            while (left < one.Count && right < other.Count)
            {
                merged.Add(one[left].Position.Span.SequenceCompareTo(other[right].Position.Span) <= 0
                    ? one[left++]
                    : other[right++]);
            }

            merged.AddRange(one[left..]);
            merged.AddRange(other[right..]);
            return merged;
        }
    }
}
