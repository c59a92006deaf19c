using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Metadata;

/// <summary>
/// An ordered map from binary keys to records, changed in atomic, conditional, durable batches.
/// It knows nothing of buckets or versions.
/// </summary>
/// <remarks>
/// Concurrency is optimistic: callers read, decide, and commit a batch that requires their readings to stand still.
/// Nothing here, and nothing above, may assume that one process alone commits.
/// </remarks>
public interface IMetadataStore : IAsyncDisposable
{
    /// <summary>Reads one record, without its content.</summary>
    /// <exception cref="CorruptDataException">The stored bytes fail their checksum.</exception>
    ValueTask<MetadataReading> ReadAsync(ReadOnlyMemory<byte> key, CancellationToken cancellation);

    /// <summary>Reads one record together with the content that was committed with it.</summary>
    /// <exception cref="CorruptDataException">The stored bytes fail their checksum.</exception>
    ValueTask<MetadataReading> ReadWithContentAsync(ReadOnlyMemory<byte> key, CancellationToken cancellation);

    /// <summary>
    /// The first <paramref name="limit"/> keys of a range in byte order. The readings carry key, revision and summary;
    /// their record and content are empty. A page shorter than <paramref name="limit"/> has reached the range's end.
    /// </summary>
    ValueTask<IReadOnlyList<MetadataReading>> ScanAsync(MetadataRange range, int limit, CancellationToken cancellation);

    /// <summary>
    /// Judges the batch's conditions and, if all hold, makes its changes durable and visible, all or none.
    /// Completes after the sync; commits are judged one after another.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store takes no writes now; nothing was changed.</exception>
    /// <remarks>A cancellation after the batch was queued does not undo it: the outcome is then unknown to the caller.</remarks>
    ValueTask<CommitOutcome> CommitAsync(MetadataBatch batch, CancellationToken cancellation);

    /// <summary>The sums of everything that batches have added to each tally group.</summary>
    ValueTask<IReadOnlyList<MetadataTally>> ReadTalliesAsync(CancellationToken cancellation);
}

/// <summary>How a commit ended.</summary>
public enum CommitOutcome
{
    /// <summary>Durable and visible.</summary>
    Committed,

    /// <summary>A required reading no longer stands: read again, decide again.</summary>
    Changed,

    /// <summary>A range that had to be empty is not.</summary>
    NotEmpty,
}

/// <summary>What a read found at a key, and when: enough to require later that it still stands.</summary>
/// <param name="Key">The key that was read.</param>
/// <param name="Revision">The number of the commit that wrote the record; 0 where there is none. Never reused for a key.</param>
/// <param name="AsOf">The last commit that this reading has seen. A store may use it to judge conditions without a look-up.</param>
/// <param name="Summary">The short form that scans return.</param>
/// <param name="Record">The full record.</param>
/// <param name="Content">The bytes committed with the record.</param>
public sealed record MetadataReading(
    ReadOnlyMemory<byte> Key,
    ulong Revision,
    ulong AsOf,
    ReadOnlyMemory<byte> Summary,
    ReadOnlyMemory<byte> Record,
    ReadOnlyMemory<byte> Content)
{
    /// <summary>Whether there is a record.</summary>
    public bool Exists => Revision != 0;
}

/// <summary>The keys from <paramref name="Start"/> on, before <paramref name="End"/>, in byte order.</summary>
/// <param name="Start">First key, inclusive.</param>
/// <param name="End">First key after the range; empty for no upper bound.</param>
public readonly record struct MetadataRange(ReadOnlyMemory<byte> Start, ReadOnlyMemory<byte> End)
{
    /// <summary>Every key that begins with <paramref name="prefix"/>.</summary>
    public static MetadataRange WithPrefix(ReadOnlyMemory<byte> prefix) => new(prefix, Successor(prefix.Span));

    /// <summary>The first key after every key that begins with <paramref name="prefix"/>; empty if there is none.</summary>
    public static byte[] Successor(ReadOnlySpan<byte> prefix)
    {
        var last = prefix.LastIndexOfAnyExcept((byte)0xFF);
        if (last < 0)
        {
            return [];
        }

        var successor = prefix[..(last + 1)].ToArray();
        successor[last]++;
        return successor;
    }
}

/// <summary>The running sums of one tally group.</summary>
/// <param name="Group">Chosen by the committer, e.g. a bucket's id.</param>
/// <param name="Objects">Sum of the object counts.</param>
/// <param name="Bytes">Sum of the byte counts.</param>
public readonly record struct MetadataTally(ulong Group, long Objects, long Bytes);
