using System.Diagnostics.CodeAnalysis;

namespace ObjectServer.Storage.Index;

/// <summary>One key's latest change that the index has not taken yet.</summary>
/// <param name="Key">The key.</param>
/// <param name="Revision">The commit that wrote the record; 0 for a removal.</param>
/// <param name="Location">Where the record lies; of a removal, nothing.</param>
/// <param name="Summary">What scans return.</param>
internal sealed record PendingEntry(byte[] Key, ulong Revision, RecordLocation Location, byte[] Summary)
{
    public bool IsRemoval => Revision == 0;
}

/// <summary>
/// An ordered map that never changes: a B-tree whose edits copy the few nodes they touch and share the rest. Readers
/// hold a table as long as they like, without a lock, and see exactly one state.
/// </summary>
internal sealed class SortedTable
{
    /// <summary>Entries of a leaf, children of an inner node. A copy of a node is then a few hundred bytes.</summary>
    private const int FanOut = 32;

    private readonly Node _root;

    private SortedTable(Node root, int count)
    {
        _root = root;
        Count = count;
    }

    public static SortedTable Empty { get; } = new(new Node(owner: null, isLeaf: true), 0);

    /// <summary>How many keys there are.</summary>
    public int Count { get; }

    public bool TryGet(ReadOnlySpan<byte> key, [NotNullWhen(true)] out PendingEntry? entry) =>
        TryGet(_root, key, out entry);

    /// <summary>The entries from <paramref name="start"/> on, in byte order.</summary>
    public IEnumerable<PendingEntry> From(ReadOnlyMemory<byte> start)
    {
        var path = new Stack<(Node Node, int At)>();
        var node = _root;
        while (!node.IsLeaf)
        {
            var child = node.ChildFor(start.Span);
            path.Push((node, child));
            node = node.Children[child];
        }

        var at = node.LowerBound(start.Span);
        while (true)
        {
            for (; at < node.Count; at++)
            {
                yield return node.Entries[at];
            }

            // Up to the first ancestor with a child to the right, then down that child's left edge.
            while (path.TryPeek(out var top) && top.At + 1 == top.Node.Count)
            {
                path.Pop();
            }

            if (!path.TryPop(out var parent))
            {
                yield break;
            }

            path.Push((parent.Node, parent.At + 1));
            node = parent.Node.Children[parent.At + 1];
            while (!node.IsLeaf)
            {
                path.Push((node, 0));
                node = node.Children[0];
            }

            at = 0;
        }
    }

    /// <summary>Begins changes of a copy.</summary>
    public Editor Edit() => new(this);

    private static bool TryGet(Node node, ReadOnlySpan<byte> key, [NotNullWhen(true)] out PendingEntry? entry)
    {
        while (!node.IsLeaf)
        {
            node = node.Children[node.ChildFor(key)];
        }

        var at = node.LowerBound(key);
        entry = at < node.Count && node.Entries[at].Key.AsSpan().SequenceEqual(key) ? node.Entries[at] : null;
        return entry is not null;
    }

    /// <summary>Builds the next table. One thread; the table it began with stays as it is.</summary>
    internal sealed class Editor
    {
        // Nodes that carry this object are seen by nobody else yet and are changed in place.
        private object _owner = new();
        private Node _root;
        private int _count;

        public Editor(SortedTable table)
        {
            _root = table._root;
            _count = table.Count;
        }

        public bool TryGet(ReadOnlySpan<byte> key, [NotNullWhen(true)] out PendingEntry? entry) =>
            SortedTable.TryGet(_root, key, out entry);

        /// <summary>Puts an entry and gives back the one that it replaces.</summary>
        public PendingEntry? Put(PendingEntry entry)
        {
            var replaced = Put(ref _root, entry, out var right);
            if (right is not null)
            {
                var root = new Node(_owner, isLeaf: false);
                root.InsertChild(0, _root, _root.FirstKey);
                root.InsertChild(1, right, right.FirstKey);
                _root = root;
            }

            _count += replaced is null ? 1 : 0;
            return replaced;
        }

        /// <summary>The table as it is now. The editor may go on; it will not change what was given out.</summary>
        public SortedTable ToTable()
        {
            _owner = new object();
            return new SortedTable(_root, _count);
        }

        private PendingEntry? Put(ref Node node, PendingEntry entry, out Node? right)
        {
            if (!ReferenceEquals(node.Owner, _owner))
            {
                node = node.CopyFor(_owner);
            }

            right = null;
            if (node.IsLeaf)
            {
                var at = node.LowerBound(entry.Key);
                if (at < node.Count && node.Entries[at].Key.AsSpan().SequenceEqual(entry.Key))
                {
                    var replaced = node.Entries[at];
                    node.Entries[at] = entry;
                    return replaced;
                }

                if (node.Count == FanOut)
                {
                    right = node.Split(at, _owner);
                    if (at > node.Count || (at == node.Count && right.Count == 0))
                    {
                        right.InsertEntry(at - node.Count, entry);
                        return null;
                    }
                }

                node.InsertEntry(at, entry);
                return null;
            }

            var child = node.ChildFor(entry.Key);
            var before = Put(ref node.Children[child], entry, out var newChild);
            if (newChild is not null)
            {
                var at = child + 1;
                if (node.Count == FanOut)
                {
                    right = node.Split(at, _owner);
                    if (at > node.Count || (at == node.Count && right.Count == 0))
                    {
                        right.InsertChild(at - node.Count, newChild, newChild.FirstKey);
                        return before;
                    }
                }

                node.InsertChild(at, newChild, newChild.FirstKey);
            }

            return before;
        }
    }

    private sealed class Node
    {
        public Node(object? owner, bool isLeaf)
        {
            Owner = owner;
            Entries = isLeaf ? new PendingEntry[FanOut] : [];
            Children = isLeaf ? [] : new Node[FanOut];
            Keys = isLeaf ? [] : new byte[FanOut][];
        }

        public object? Owner { get; }

        public int Count { get; private set; }

        public bool IsLeaf => Children.Length == 0;

        public PendingEntry[] Entries { get; }

        public Node[] Children { get; }

        /// <summary>Of each child, a key that is not after its first and is after all keys to its left; the first
        /// child's is not looked at.</summary>
        private byte[][] Keys { get; }

        public byte[] FirstKey => IsLeaf ? Entries[0].Key : Keys[0];

        /// <summary>The child in which a key is, if it is anywhere.</summary>
        public int ChildFor(ReadOnlySpan<byte> key)
        {
            var (low, high) = (1, Count);
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                if (Keys[middle].AsSpan().SequenceCompareTo(key) <= 0)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }

            return low - 1;
        }

        /// <summary>The first entry that is not before a key.</summary>
        public int LowerBound(ReadOnlySpan<byte> key)
        {
            var (low, high) = (0, Count);
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                if (Entries[middle].Key.AsSpan().SequenceCompareTo(key) < 0)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }

            return low;
        }

        public void InsertEntry(int at, PendingEntry entry)
        {
            Array.Copy(Entries, at, Entries, at + 1, Count - at);
            Entries[at] = entry;
            Count++;
        }

        public void InsertChild(int at, Node child, byte[] key)
        {
            Array.Copy(Children, at, Children, at + 1, Count - at);
            Array.Copy(Keys, at, Keys, at + 1, Count - at);
            Children[at] = child;
            Keys[at] = key;
            Count++;
        }

        public Node CopyFor(object owner)
        {
            var copy = new Node(owner, IsLeaf) { Count = Count };
            Array.Copy(Entries, copy.Entries, Entries.Length);
            Array.Copy(Children, copy.Children, Children.Length);
            Array.Copy(Keys, copy.Keys, Keys.Length);
            return copy;
        }

        /// <summary>
        /// Moves the upper half to a new node, or nothing if the insertion comes last: keys that arrive in order then
        /// leave full nodes behind.
        /// </summary>
        public Node Split(int insertion, object owner)
        {
            var right = new Node(owner, IsLeaf);
            var kept = insertion == Count ? Count : Count / 2;
            right.Count = Count - kept;
            if (IsLeaf)
            {
                Array.Copy(Entries, kept, right.Entries, 0, right.Count);
                Array.Clear(Entries, kept, right.Count);
            }
            else
            {
                Array.Copy(Children, kept, right.Children, 0, right.Count);
                Array.Clear(Children, kept, right.Count);
                Array.Copy(Keys, kept, right.Keys, 0, right.Count);
                Array.Clear(Keys, kept, right.Count);
            }

            Count = kept;
            return right;
        }
    }
}
