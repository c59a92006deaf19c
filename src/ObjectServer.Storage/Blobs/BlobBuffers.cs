using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using ObjectServer.Storage.Disk;

namespace ObjectServer.Storage.Blobs;

/// <summary>The memory of large writes, aligned as direct writes need it. A few buffers are kept between uploads.</summary>
internal sealed class BlobBuffers
{
    /// <summary>Long enough that the calls cost nothing beside the bytes; blocks are whole.</summary>
    public const int BufferBytes = 16 * BlobFormat.BlockBytes;

    private const int MaxKept = 16;

    private readonly ConcurrentQueue<Aligned> _kept = new();

    /// <summary>A buffer of <see cref="BufferBytes"/>, or a smaller one that no direct write may use.</summary>
    /// <param name="bytes">How much there is to write.</param>
    public IMemoryOwner<byte> Rent(long bytes) =>
        bytes < BufferBytes ? MemoryPool<byte>.Shared.Rent((int)bytes)
        : _kept.TryDequeue(out var kept) ? kept
        : new Aligned(this);

    private sealed class Aligned : IMemoryOwner<byte>
    {
        private readonly BlobBuffers _home;

        public Aligned(BlobBuffers home)
        {
            _home = home;
            var bytes = GC.AllocateUninitializedArray<byte>(BufferBytes + PageCache.AlignmentBytes, pinned: true);
            var address = (nuint)Marshal.UnsafeAddrOfPinnedArrayElement(bytes, 0);
            var start = (int)(PageCache.AlignmentBytes - (address % PageCache.AlignmentBytes));
            Memory = bytes.AsMemory(start, BufferBytes);
        }

        public Memory<byte> Memory { get; }

        public void Dispose()
        {
            if (_home._kept.Count < MaxKept)
            {
                _home._kept.Enqueue(this);
            }
        }
    }
}
