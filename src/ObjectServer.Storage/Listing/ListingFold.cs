using ObjectServer.Storage.Metadata;

namespace ObjectServer.Storage.Listing;

/// <summary>Where a key belongs on a page.</summary>
internal enum Placement
{
    /// <summary>It is listed by itself.</summary>
    Listed,

    /// <summary>It begins a common prefix, which is listed instead.</summary>
    BeginsGroup,

    /// <summary>It belongs to the common prefix that was listed last.</summary>
    InGroup,

    /// <summary>It is the first that has no place any more: the page is truncated.</summary>
    BeyondPage,
}

/// <summary>
/// Folds keys, offered in byte order, into one page: those that hold the delimiter after the prefix become one common
/// prefix each. Pure: it knows bytes, not stores.
/// </summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html</remarks>
internal sealed class ListingFold(ReadOnlyMemory<byte> prefix, ReadOnlyMemory<byte> delimiter, int limit)
{
    private int _count;

    public List<ReadOnlyMemory<byte>> CommonPrefixes { get; } = [];

    /// <summary>Whether the page ends with a common prefix and not with a key.</summary>
    public bool EndsWithGroup { get; private set; }

    /// <summary>Whether there was a key beyond the page.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Places the next key, which begins with the prefix; the same key again is listed again.</summary>
    public Placement Place(ReadOnlySpan<byte> key)
    {
        var length = GroupLength(key, prefix.Span, delimiter.Span);
        if (length > 0 && EndsWithGroup && CommonPrefixes[^1].Span.SequenceEqual(key[..length]))
        {
            return Placement.InGroup;
        }

        if (_count >= limit)
        {
            IsTruncated = limit > 0;
            return Placement.BeyondPage;
        }

        _count++;
        EndsWithGroup = length > 0;
        if (length == 0)
        {
            return Placement.Listed;
        }

        CommonPrefixes.Add(key[..length].ToArray());
        return Placement.BeginsGroup;
    }

    /// <summary>The length of the common prefix that a key belongs to; 0 if it is listed by itself.</summary>
    public static int GroupLength(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> delimiter)
    {
        if (delimiter.IsEmpty || !key.StartsWith(prefix))
        {
            return 0;
        }

        var at = key[prefix.Length..].IndexOf(delimiter);
        return at < 0 ? 0 : prefix.Length + at + delimiter.Length;
    }

    /// <summary>
    /// The first position after a marker: after its whole group where it is a common prefix of this listing, else what
    /// <paramref name="afterKey"/> says; never before the prefix. Null: nothing can follow.
    /// </summary>
    public static byte[]? StartAfter(
        ReadOnlySpan<byte> marker, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> delimiter, byte[] afterKey)
    {
        var start = afterKey;
        if (marker.IsEmpty)
        {
            start = prefix.ToArray();
        }
        else if (GroupLength(marker, prefix, delimiter) == marker.Length)
        {
            start = MetadataRange.Successor(marker);
            if (start.Length == 0)
            {
                return null;
            }
        }

        return start.AsSpan().SequenceCompareTo(prefix) < 0 ? prefix.ToArray() : start;
    }
}
