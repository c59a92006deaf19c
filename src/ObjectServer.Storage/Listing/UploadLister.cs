using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Listing;

/// <summary>Pages of uploads in progress: by key, and the oldest of a key first.</summary>
internal static class UploadLister
{
    public static async ValueTask<UploadPage> ListAsync(
        IMetadataStore metadata, BucketRecord bucket, UploadListing listing, CancellationToken cancellation)
    {
        if (listing.Prefix.Span.Contains((byte)0))
        {
            return new UploadPage([], [], IsTruncated: false, default, "");
        }

        var fold = new ListingFold(listing.Prefix, listing.Delimiter, listing.Limit);
        var start = ListingFold.StartAfter(
            listing.KeyMarker.Span, listing.Prefix.Span, listing.Delimiter.Span, afterKey: AfterMarker(listing));
        var listed = await ListingWalk.RunAsync(
            fold, start, listing.Limit, !listing.Delimiter.IsEmpty, ReadAsync, cancellation);
        var (nextKey, nextId) = !fold.IsTruncated
            ? (default, "")
            : fold.EndsWithGroup
                ? (fold.CommonPrefixes[^1], "")
                : (listed[^1].Key.ToArray(), IdOf(listed[^1]));
        return new UploadPage(
            [.. listed.Select(entry => KeptUpload.DecodeSummary(
                ObjectKey.FromUtf8(entry.Key),
                MetadataKeys.UploadId(entry.Reading.Key.Span),
                entry.Reading.Summary))],
            [.. fold.CommonPrefixes],
            fold.IsTruncated,
            nextKey,
            nextId);

        async ValueTask<ListingWindow> ReadAsync(byte[] from, int limit, CancellationToken cancellation)
        {
            var entries = await ListingWalk.ScanAsync(
                metadata, MetadataKeys.UploadSpace, bucket.Id, listing.Prefix, from, limit, cancellation);
            return new ListingWindow(
                entries, entries.Count < limit ? null : ListingWalk.After(entries[^1].Position.Span));
        }
    }

    private static string IdOf(ListingEntry entry) =>
        KeptUpload.FormatId(MetadataKeys.UploadId(entry.Reading.Key.Span));

    /// <summary>After one upload of the marker's key, or after all of them where the id names none.</summary>
    private static byte[] AfterMarker(UploadListing listing)
    {
        var key = MetadataKeys.KeyOf(listing.KeyMarker.Span);
        return key.Length == listing.KeyMarker.Length && KeptUpload.TryParseId(listing.UploadIdMarker, out var id)
            ? [.. key, 0, .. id.ToByteArray(bigEndian: true), 0]
            : [.. key, 1];
    }
}
