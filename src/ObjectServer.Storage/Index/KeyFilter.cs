using System.IO.Hashing;

namespace ObjectServer.Storage.Index;

/// <summary>
/// Tells of most keys that are not in a set that they are not, out of memory: a Bloom filter of blocks that grows with
/// the set until it would take too much, and then tells of none.
/// </summary>
/// <remarks>
/// A key sets one bit in each of the eight words of one block, so a question costs one line of the cache for each layer. A
/// full layer is followed by one of twice its size; at ten bits a key, each errs about one absent key in a hundred.
/// https://parquet.apache.org/docs/file-format/bloomfilter/ has the construction of blocks and the eight factors.
/// Any number of threads ask beside those that add; whoever learned of a key after it was added is told of it.
/// </remarks>
/// <param name="maxBytes">What the layers may take together.</param>
internal sealed class KeyFilter(int maxBytes)
{
    private const int BlockWords = 8;
    private const int BlockBytes = BlockWords * sizeof(uint);
    private const int BlockKeys = 25;

    /// <summary>64 KiB, for 51,200 keys.</summary>
    private const int FirstBlocks = 2048;

    private static readonly uint[] Factors =
    [
        0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31,
    ];

    private readonly Lock _adding = new();

    /// <summary>The words of each layer, the oldest first.</summary>
    private volatile uint[][] _layers = [];

    private long _room;
    private volatile bool _isGivenUp;

    /// <summary>Whether the keys became too many: it tells of none any more.</summary>
    public bool IsGivenUp => _isGivenUp;

    /// <summary>False: the key was never added. True says nothing.</summary>
    /// <remarks>The layers are asked first: whoever finds none because it was given up finds that, too.</remarks>
    public bool MayHold(ReadOnlySpan<byte> key) => MayHold(XxHash3.HashToUInt64(key)) || _isGivenUp;

    /// <summary>From now on the key may be in the set; there is no way back.</summary>
    public void Add(ReadOnlySpan<byte> key)
    {
        var hash = XxHash3.HashToUInt64(key);
        lock (_adding)
        {
            if (_isGivenUp || MayHold(hash) || (_room == 0 && !Grow()))
            {
                return;
            }

            var block = BlockOf(_layers[^1], hash);
            for (var word = 0; word < BlockWords; word++)
            {
                block[word] |= BitOf(hash, word);
            }

            _room--;
        }
    }

    private bool MayHold(ulong hash)
    {
        foreach (var layer in _layers)
        {
            if (IsSet(BlockOf(layer, hash), hash))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSet(ReadOnlySpan<uint> block, ulong hash)
    {
        for (var word = 0; word < BlockWords; word++)
        {
            if ((block[word] & BitOf(hash, word)) == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The upper half of the hash chooses the block, the lower one its bits.</summary>
    private static Span<uint> BlockOf(uint[] layer, ulong hash)
    {
        var blocks = (ulong)(layer.Length / BlockWords);
        return layer.AsSpan((int)(((hash >> 32) * blocks) >> 32) * BlockWords, BlockWords);
    }

    private static uint BitOf(ulong hash, int word) => 1u << (int)(((uint)hash * Factors[word]) >> 27);

    private bool Grow()
    {
        var blocks = _layers.Length == 0 ? FirstBlocks : _layers[^1].Length / BlockWords * 2;
        var bytes = _layers.Sum(layer => (long)layer.Length * sizeof(uint)) + ((long)blocks * BlockBytes);
        if (bytes > maxBytes)
        {
            _isGivenUp = true;
            _layers = [];
            return false;
        }

        _layers = [.. _layers, new uint[blocks * BlockWords]];
        _room = (long)blocks * BlockKeys;
        return true;
    }
}
