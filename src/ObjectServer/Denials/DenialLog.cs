using System.Collections.Immutable;

namespace ObjectServer.Denials;

/// <summary>The latest refusals, by the id of their request. Bounded; gone with the process.</summary>
internal sealed class DenialLog
{
    /// <summary>How many requests are remembered.</summary>
    public const int MaxRequests = 4096;

    /// <summary>A request for a thousand deletions may be refused a thousand times: the first ones tell enough.</summary>
    private const int MaxOfRequest = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ImmutableArray<Denial>> _denials = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    public void Keep(Denial denial)
    {
        lock (_gate)
        {
            if (!_denials.TryGetValue(denial.RequestId, out var kept))
            {
                if (_order.Count == MaxRequests)
                {
                    _denials.Remove(_order.Dequeue());
                }

                _order.Enqueue(denial.RequestId);
                kept = [];
            }

            _denials[denial.RequestId] = kept.Length < MaxOfRequest ? kept.Add(denial) : kept;
        }
    }

    /// <summary>Whether anything of a request was refused that is remembered.</summary>
    public bool Knows(string requestId) => !Find(requestId).IsEmpty;

    /// <summary>What was refused of a request, in order; empty where nothing was, or it is forgotten.</summary>
    public ImmutableArray<Denial> Find(string requestId)
    {
        lock (_gate)
        {
            return _denials.GetValueOrDefault(requestId, []);
        }
    }
}
