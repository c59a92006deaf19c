using ObjectServer.Storage.Model;

namespace ObjectServer.Storage.Blobs;

/// <summary>Immutable byte sequences by id: written once, verified on every read, read by range.</summary>
public interface IBlobStore : IAsyncDisposable
{
    /// <summary>Begins a new blob. It exists only once it is sealed.</summary>
    /// <param name="expectedLength">Bytes to come, where known: lets the disk reserve room.</param>
    /// <param name="cancellation">Ends the wait, not the blob.</param>
    /// <exception cref="StoreUnavailableException">No room on the disk.</exception>
    ValueTask<BlobWriter> CreateAsync(long? expectedLength, CancellationToken cancellation);

    /// <summary>Refuses to go on where so many bytes more would eat into the room that the disk keeps.</summary>
    /// <exception cref="StoreUnavailableException">No room on the disk.</exception>
    void RefuseIfNearlyFull(long moreBytes);

    /// <summary>Opens a sealed blob; null if there is none. An open blob stays readable after its removal.</summary>
    /// <exception cref="CorruptDataException">The blob's frame is damaged.</exception>
    ValueTask<BlobReader?> OpenAsync(BlobId id, CancellationToken cancellation);

    /// <summary>Removes a blob, if there is one.</summary>
    ValueTask DeleteAsync(BlobId id, CancellationToken cancellation);

    /// <summary>Every sealed blob, in no order, with its length in bytes and the time it was sealed.</summary>
    IAsyncEnumerable<BlobListing> ListAsync(CancellationToken cancellation);
}

/// <summary>Names a blob, and says where it lies.</summary>
/// <param name="Value">Time-ordered; never reused, in no place.</param>
/// <param name="Place">0 for the data directory, else the number of a directory that a storage class has of its own.</param>
public readonly record struct BlobId(Guid Value, byte Place = 0)
{
    public override string ToString() => Value.ToString("N");
}

/// <summary>One sealed blob.</summary>
public readonly record struct BlobListing(BlobId Id, long Length, DateTimeOffset Sealed);

/// <summary>Writes one blob from its first byte to its last. Disposed before it is sealed, it leaves nothing.</summary>
public abstract class BlobWriter : IAsyncDisposable
{
    public abstract BlobId Id { get; }

    /// <summary>Bytes written so far.</summary>
    public abstract long Length { get; }

    /// <summary>Appends bytes; the memory may be reused once this completes.</summary>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>Writes what verifies the blob, syncs it and gives it its name. The blob is durable once this completes.</summary>
    public abstract ValueTask SealAsync(CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();
}

/// <summary>Reads one blob at any offset; every block is verified before its bytes are given out.</summary>
public abstract class BlobReader : IAsyncDisposable
{
    /// <summary>The blob's bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Fills <paramref name="buffer"/> from <paramref name="offset"/> on; less only at the blob's end.</summary>
    /// <exception cref="CorruptDataException">A block fails its checksum; no byte of it was given out.</exception>
    public abstract ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();
}
