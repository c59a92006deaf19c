using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ObjectServer.Storage.Blobs;
using ObjectServer.Storage.Records;

namespace ObjectServer.Storage.Tests.Contracts;

/// <summary>The blob contract in its plainest form: byte arrays by id.</summary>
internal sealed class InMemoryBlobStore(TimeProvider time, byte place = 0) : IBlobStore
{
    private readonly ConcurrentDictionary<BlobId, (byte[] Bytes, DateTimeOffset Sealed)> _blobs = new();

    public int Count => _blobs.Count;

    public ValueTask<BlobWriter> CreateAsync(long? expectedLength, CancellationToken cancellation) =>
        ValueTask.FromResult<BlobWriter>(new Writer(this, new BlobId(TimedIds.Next(time), place)));

    public void RefuseIfNearlyFull(long moreBytes)
    {
    }

    public ValueTask<BlobReader?> OpenAsync(BlobId id, CancellationToken cancellation) =>
        ValueTask.FromResult<BlobReader?>(_blobs.TryGetValue(id, out var blob) ? new Reader(blob.Bytes) : null);

    public ValueTask DeleteAsync(BlobId id, CancellationToken cancellation)
    {
        _blobs.TryRemove(id, out _);
        return ValueTask.CompletedTask;
    }

    public async IAsyncEnumerable<BlobListing> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.Yield();
        foreach (var (id, blob) in _blobs)
        {
            yield return new BlobListing(id, blob.Bytes.Length, blob.Sealed);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Writer(InMemoryBlobStore store, BlobId id) : BlobWriter
    {
        private readonly MemoryStream _bytes = new();
        private bool _isClosed;

        public override BlobId Id => id;

        public override long Length => _bytes.Length;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _bytes.Write(bytes.Span);
            return ValueTask.CompletedTask;
        }

        public override ValueTask SealAsync(CancellationToken cancellation)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _isClosed = true;
            store._blobs[id] = (_bytes.ToArray(), store.Now());
            return ValueTask.CompletedTask;
        }

        public override ValueTask DisposeAsync()
        {
            _isClosed = true;
            return ValueTask.CompletedTask;
        }
    }

    private DateTimeOffset Now() => time.GetUtcNow();

    private sealed class Reader(byte[] bytes) : BlobReader
    {
        public override long Length => bytes.Length;

        public override ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
        {
            var count = (int)Math.Clamp(bytes.Length - offset, 0, buffer.Length);
            if (count > 0)
            {
                bytes.AsMemory((int)offset, count).CopyTo(buffer);
            }

            return ValueTask.FromResult(count);
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>The fake passes the suite that the files pass.</summary>
public sealed class InMemoryBlobStoreTests : BlobStoreContract
{
    private protected override IBlobStore Open() => new InMemoryBlobStore(TimeProvider.System);
}
