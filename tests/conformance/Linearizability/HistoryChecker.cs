namespace ObjectServer.Conformance.Linearizability;

/// <summary>
/// Tells whether a history of concurrent operations could have been one operation after the other, each at some moment
/// between its beginning and its end: whether the store was linearizable.
/// </summary>
/// <remarks>
/// Wing and Gong's search in the form of Lowe ("Testing for linearizability", 2016): it goes through the history once
/// and keeps every state that the store may be in, together with which of the operations under way have taken effect. An
/// operation is put into effect no earlier than an answer demands it, so what is kept is bounded by the number of clients
/// and not by the history. Reads are put into effect as soon as they fit: that never closes a way.
/// https://doi.org/10.1002/cpe.3928
/// </remarks>
internal static class HistoryChecker
{
    /// <summary>The first operation whose answer no order explains; null where the whole history has one.</summary>
    /// <param name="history">The operations in any order.</param>
    /// <param name="keys">How many keys there are; all hold nothing at first.</param>
    public static KeyOperation? FindViolation(IReadOnlyCollection<KeyOperation> history, int keys)
    {
        var underWay = new KeyOperation?[history.Select(operation => operation.Client).DefaultIfEmpty().Max() + 1];
        var possible = new HashSet<Possibility> { new(new int[keys], 0) };
        var events = history.Select(operation => (At: operation.Began, Operation: operation, IsEnd: false))
            .Concat(history.Select(operation => (At: operation.Ended, Operation: operation, IsEnd: true)))
            .OrderBy(happening => happening.At);
        foreach (var (_, operation, isEnd) in events)
        {
            if (!isEnd)
            {
                underWay[operation.Client] = operation;
                possible = [.. possible.Select(possibility => WithReads(possibility, underWay))];
                continue;
            }

            possible = End(operation, possible, underWay);
            underWay[operation.Client] = null;
            if (possible.Count == 0)
            {
                return operation;
            }
        }

        return null;
    }

    /// <summary>All that is possible once an operation has ended: it has taken effect, or nobody was told that it did.</summary>
    private static HashSet<Possibility> End(
        KeyOperation ended, HashSet<Possibility> before, KeyOperation?[] underWay)
    {
        var bit = 1u << ended.Client;
        var after = new HashSet<Possibility>();
        var seen = new HashSet<Possibility>(before);
        var left = new Stack<Possibility>(before);
        while (left.TryPop(out var possibility))
        {
            if ((possibility.InEffect & bit) != 0)
            {
                after.Add(possibility with { InEffect = possibility.InEffect & ~bit });
                continue;
            }

            if (ended.Outcome == KeyOutcome.Unknown)
            {
                after.Add(possibility);
            }

            foreach (var next in underWay)
            {
                if (next is not null
                    && (possibility.InEffect & (1u << next.Client)) == 0
                    && Apply(possibility, next) is { } applied
                    && WithReads(applied, underWay) is var found
                    && seen.Add(found))
                {
                    left.Push(found);
                }
            }
        }

        return after;
    }

    private static Possibility? Apply(Possibility possibility, KeyOperation operation)
    {
        var values = (int[])possibility.Values.Clone();
        return operation.TryApply(values)
            ? new Possibility(values, possibility.InEffect | (1u << operation.Client))
            : null;
    }

    private static Possibility WithReads(Possibility possibility, KeyOperation?[] underWay)
    {
        var inEffect = possibility.InEffect;
        foreach (var operation in underWay)
        {
            if (operation is { IsRead: true } && operation.TryApply(possibility.Values))
            {
                inEffect |= 1u << operation.Client;
            }
        }

        return possibility with { InEffect = inEffect };
    }

    /// <summary>One way in which things may stand.</summary>
    /// <param name="Values">What every key holds; not changed.</param>
    /// <param name="InEffect">A bit for each client whose operation under way has taken effect.</param>
    private readonly record struct Possibility(int[] Values, uint InEffect)
    {
        public bool Equals(Possibility other) =>
            InEffect == other.InEffect && Values.AsSpan().SequenceEqual(other.Values);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.Add(InEffect);
            foreach (var value in Values)
            {
                hash.Add(value);
            }

            return hash.ToHashCode();
        }
    }
}
