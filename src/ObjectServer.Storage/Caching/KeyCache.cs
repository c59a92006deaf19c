using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ObjectServer.Storage.Caching;

/// <summary>What was lately read under a key, within a fixed number of bytes. Any thread may call.</summary>
/// <remarks>
/// A value that was read before a change must not be kept after it: whoever keeps a value says which
/// <see cref="Changes"/> he saw before he read, and whoever changes what the values are made from calls
/// <see cref="Replace"/> before the change can be seen elsewhere. What goes first is what was not asked for since the
/// hand of the clock last passed it.
/// </remarks>
internal sealed class KeyCache<TValue>
{
    /// <summary>About what the slot, the key's object and the dictionary's entry take.</summary>
    private const int SlotBytes = 120;

    /// <summary>Threads that ask for different keys seldom wait for each other.</summary>
    private const int ShardCount = 16;

    private readonly KeyComparer _comparer = new();
    private readonly Shard[] _shards;
    private long _changes;

    /// <param name="maxBytes">Bytes of all keys and values together; 0 keeps nothing.</param>
    public KeyCache(long maxBytes) =>
        _shards = [.. Enumerable.Range(0, ShardCount).Select(_ => new Shard(maxBytes / ShardCount, _comparer))];

    /// <summary>Grows with every change. Take it before reading what is to be kept.</summary>
    public long Changes => Volatile.Read(ref _changes);

    /// <summary>Finds what is kept under a key.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out TValue value) =>
        ShardOf(key).TryGet(key, out value);

    /// <summary>Keeps a value, unless something has changed since it was read.</summary>
    /// <param name="key">The key; copied.</param>
    /// <param name="value">The value.</param>
    /// <param name="bytes">What the value takes in memory.</param>
    /// <param name="changes">What <see cref="Changes"/> was before it was read.</param>
    public void Keep(ReadOnlySpan<byte> key, TValue value, int bytes, long changes)
    {
        var shard = ShardOf(key);
        lock (shard.Gate)
        {
            if (Changes == changes)
            {
                shard.Put(key, value, SlotBytes + key.Length + bytes);
            }
        }
    }

    /// <summary>Says that values are about to be replaced: nothing that was read before is kept any more.</summary>
    public void BeginChange() => Interlocked.Increment(ref _changes);

    /// <summary>Exchanges a value that is kept; a key that nobody asked for stays out.</summary>
    public void Replace(ReadOnlySpan<byte> key, TValue value, int bytes)
    {
        var shard = ShardOf(key);
        lock (shard.Gate)
        {
            shard.Replace(key, value, SlotBytes + key.Length + bytes);
        }
    }

    private Shard ShardOf(ReadOnlySpan<byte> key) => _shards[(_comparer.GetHashCode(key) >>> 24) % ShardCount];

    /// <summary>A part of the keys, with its share of the bytes.</summary>
    private sealed class Shard(long maxBytes, KeyComparer comparer)
    {
        private readonly Dictionary<byte[], int> _slots = new(comparer);
        private readonly List<Slot> _ring = [];
        private readonly Stack<int> _free = new();
        private long _bytes;
        private int _hand;

        public Lock Gate { get; } = new();

        public bool TryGet(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out TValue value)
        {
            lock (Gate)
            {
                if (!_slots.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out var at))
                {
                    value = default;
                    return false;
                }

                ref var slot = ref CollectionsMarshal.AsSpan(_ring)[at];
                slot.WasAsked = true;
                value = slot.Value;
                return true;
            }
        }

        public void Put(ReadOnlySpan<byte> key, TValue value, int bytes)
        {
            if (Replace(key, value, bytes) || bytes > maxBytes)
            {
                return;
            }

            MakeRoom(bytes);
            var slot = new Slot { Key = key.ToArray(), Value = value, Bytes = bytes };
            if (_free.TryPop(out var at))
            {
                _ring[at] = slot;
            }
            else
            {
                at = _ring.Count;
                _ring.Add(slot);
            }

            _slots.Add(slot.Key, at);
            _bytes += bytes;
        }

        public bool Replace(ReadOnlySpan<byte> key, TValue value, int bytes)
        {
            if (!_slots.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out var at))
            {
                return false;
            }

            ref var slot = ref CollectionsMarshal.AsSpan(_ring)[at];
            _bytes += bytes - slot.Bytes;
            (slot.Value, slot.Bytes) = (value, bytes);
            MakeRoom(0);
            return true;
        }

        private void MakeRoom(int bytes)
        {
            var ring = CollectionsMarshal.AsSpan(_ring);
            while (_bytes + bytes > maxBytes && _slots.Count > 0)
            {
                _hand = _hand + 1 < ring.Length ? _hand + 1 : 0;
                ref var slot = ref ring[_hand];
                if (slot.Key is null)
                {
                    continue;
                }

                if (slot.WasAsked)
                {
                    slot.WasAsked = false;
                    continue;
                }

                _slots.Remove(slot.Key);
                _bytes -= slot.Bytes;
                slot = default;
                _free.Push(_hand);
            }
        }
    }

    /// <summary>One value. A slot without a key is free.</summary>
    private struct Slot
    {
        public byte[]? Key;
        public TValue Value;
        public int Bytes;
        public bool WasAsked;
    }

    /// <summary>
    /// Compares keys by their bytes. The seed is this process's secret: nobody can choose keys that all fall together.
    /// </summary>
    private sealed class KeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        private readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

        public bool Equals(byte[]? left, byte[]? right) => left.AsSpan().SequenceEqual(right);

        public int GetHashCode(byte[] key) => GetHashCode(key.AsSpan());

        public bool Equals(ReadOnlySpan<byte> key, byte[] other) => key.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> key) => (int)XxHash3.HashToUInt64(key, _seed);

        public byte[] Create(ReadOnlySpan<byte> key) => key.ToArray();
    }
}
