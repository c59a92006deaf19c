using System.Text;

namespace ObjectServer.Bench.Load;

/// <summary>What one connection, or all of them together, met while the clock ran. Not thread-safe.</summary>
internal sealed class Tally
{
    private const int MaxShownErrors = 5;
    private const int MaxShownErrorLength = 400;

    private readonly List<string> _shownErrors = [];

    /// <summary>Durations of the requests that succeeded, by what they asked.</summary>
    public SortedDictionary<Verb, LatencyHistogram> Latencies { get; } = [];

    /// <summary>How often each wrong status, or each way a connection broke, was met.</summary>
    public SortedDictionary<string, long> Errors { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<string> ShownErrors => _shownErrors;

    public long BytesSent { get; private set; }

    public long BytesReceived { get; private set; }

    public long ListedKeys { get; private set; }

    /// <summary>The timestamp of the last answer that was counted.</summary>
    public long LastAnswer { get; private set; }

    public long ErrorCount => Errors.Values.Sum();

    public void Succeeded(in Request request, HttpAnswer answer, long listedKeys, long end, long nanoseconds)
    {
        LatenciesOf(request.Verb).Record(nanoseconds);
        BytesSent += request.Payload.SizeBytes;
        BytesReceived += answer.BodyBytes;
        ListedKeys += listedKeys;
        LastAnswer = Math.Max(LastAnswer, end);
    }

    public void Failed(string kind, in Request request, string details)
    {
        Errors[kind] = Errors.GetValueOrDefault(kind) + 1;
        if (_shownErrors.Count < MaxShownErrors)
        {
            var head = request.Head.Span;
            var firstLine = Encoding.UTF8.GetString(head[..Math.Max(0, head.IndexOf("\r\n"u8))]);
            details = details.ReplaceLineEndings(" ");
            _shownErrors.Add($"{kind}: {firstLine}: {details[..Math.Min(details.Length, MaxShownErrorLength)]}");
        }
    }

    public void Add(Tally other)
    {
        foreach (var (verb, latencies) in other.Latencies)
        {
            LatenciesOf(verb).Add(latencies);
        }

        foreach (var (kind, count) in other.Errors)
        {
            Errors[kind] = Errors.GetValueOrDefault(kind) + count;
        }

        _shownErrors.AddRange(other._shownErrors.Take(MaxShownErrors - _shownErrors.Count));
        BytesSent += other.BytesSent;
        BytesReceived += other.BytesReceived;
        ListedKeys += other.ListedKeys;
        LastAnswer = Math.Max(LastAnswer, other.LastAnswer);
    }

    private LatencyHistogram LatenciesOf(Verb verb)
    {
        if (!Latencies.TryGetValue(verb, out var latencies))
        {
            Latencies[verb] = latencies = new LatencyHistogram();
        }

        return latencies;
    }
}
