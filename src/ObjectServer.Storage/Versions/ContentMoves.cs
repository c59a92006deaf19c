using ObjectServer.Storage.Contents;
using ObjectServer.Storage.Metadata;
using ObjectServer.Storage.Model;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Versions;

/// <summary>
/// Writes the bytes of a version where those of a storage class lie, before a commit that names them there. It knows
/// where that is, and reads inline bytes that a version was found without.
/// </summary>
internal sealed class ContentMoves(IMetadataStore metadata, ContentStore contents, TimeProvider time)
{
    private readonly VersionReader _reader = new(metadata);

    /// <summary>Whether there is more than one place: bytes never move where there is not.</summary>
    public bool ArePossible => contents.Blobs.AreMany;

    /// <summary>
    /// Writes the bytes of a version where those of a class lie. Null where they lie there: they can stay, or be
    /// shared.
    /// </summary>
    /// <param name="bucket">The version's.</param>
    /// <param name="found">The version, read with its bytes or without.</param>
    /// <param name="storageClass">The class.</param>
    /// <param name="isCopy">Whether they stay where they are as well.</param>
    /// <param name="copied">Told of bytes as they are copied, and waited for; null for nobody.</param>
    /// <param name="cancellation">Ends it; nothing is left then.</param>
    public async ValueTask<MovedContent?> WriteAsync(
        BucketRecord bucket,
        FoundVersion found,
        string storageClass,
        bool isCopy,
        Func<int, CancellationToken, ValueTask>? copied,
        CancellationToken cancellation)
    {
        var place = contents.Blobs.Of(storageClass);
        if (found.Kept.Content.Kind == ContentKind.Inline && place != 0)
        {
            // What was found was read without its bytes; a version's bytes are the same whenever they are read.
            var again = await _reader.FindAsync(
                bucket, found.Version.Key, found.Version.Sequence, withContent: true, cancellation);
            return again is null
                ? MovedContent.WithoutSource(contents)
                : await MovedContent.WriteAsync(
                    contents, again.Kept.Content, again.Content, place, isCopy, copied, time, cancellation);
        }

        return ArePossible
            ? await MovedContent.WriteAsync(
                contents, found.Kept.Content, default, place, isCopy, copied, time, cancellation)
            : null;
    }
}
