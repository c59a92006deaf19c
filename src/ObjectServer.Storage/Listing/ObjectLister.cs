using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Listing;

/// <summary>Pages of current objects, from the space that holds nothing else.</summary>
internal static class ObjectLister
{
    public static async ValueTask<ObjectPage> ListAsync(
        IMetadataStore metadata, BucketRecord bucket, ObjectListing listing, CancellationToken cancellation)
    {
        var fold = new ListingFold(listing.Prefix, listing.Delimiter, listing.Limit);
        var start = ListingFold.StartAfter(
            listing.After.Span,
            listing.Prefix.Span,
            listing.Delimiter.Span,
            afterKey: ListingWalk.After(listing.After.Span));
        var listed = await ListingWalk.RunAsync(
            fold, start, listing.Limit, !listing.Delimiter.IsEmpty, ReadAsync, cancellation);
        var next = !fold.IsTruncated
            ? default
            : fold.EndsWithGroup ? fold.CommonPrefixes[^1] : listed[^1].Position;
        return new ObjectPage(
            [.. listed.Select(entry => KeptVersion.DecodeSummary(
                ObjectKey.FromUtf8(entry.Key), entry.Reading.Summary, isLatest: true, out _, entry.Reading.Revision))],
            [.. fold.CommonPrefixes],
            fold.IsTruncated,
            next);

        async ValueTask<ListingWindow> ReadAsync(byte[] from, int limit, CancellationToken cancellation)
        {
            var entries = await ListingWalk.ScanAsync(
                metadata, MetadataKeys.ObjectSpace, bucket.Id, listing.Prefix, from, limit, cancellation);
            return new ListingWindow(
                entries, entries.Count < limit ? null : ListingWalk.After(entries[^1].Position.Span));
        }
    }
}
