using System.Numerics;

namespace ObjectServer.Bench.Load;

/// <summary>
/// Counts durations in buckets that grow with what they hold: 128 to each doubling, so a percentile is read to within
/// 0.8 % whether it is 20 µs or 20 s. Recording is two shifts and an increment; nothing is allocated. Not thread-safe:
/// each connection has its own, added up at the end.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBucketBits = 7;
    private const int SubBuckets = 1 << SubBucketBits;
    private const int Doublings = 64 - SubBucketBits;

    private readonly long[] _counts = new long[(Doublings + 1) * SubBuckets];

    public long Count { get; private set; }

    public long MaxNanoseconds { get; private set; }

    private long TotalNanoseconds { get; set; }

    public double MeanNanoseconds => Count == 0 ? 0 : (double)TotalNanoseconds / Count;

    public void Record(long nanoseconds)
    {
        nanoseconds = Math.Max(nanoseconds, 0);
        _counts[BucketOf(nanoseconds)]++;
        Count++;
        TotalNanoseconds += nanoseconds;
        MaxNanoseconds = Math.Max(MaxNanoseconds, nanoseconds);
    }

    public void Add(LatencyHistogram other)
    {
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            _counts[bucket] += other._counts[bucket];
        }

        Count += other.Count;
        TotalNanoseconds += other.TotalNanoseconds;
        MaxNanoseconds = Math.Max(MaxNanoseconds, other.MaxNanoseconds);
    }

    /// <summary>The smallest duration that at least <paramref name="percent"/> of all did not exceed.</summary>
    public long PercentileNanoseconds(double percent)
    {
        var wanted = Math.Max(1, (long)Math.Ceiling(Count * percent / 100));
        var seen = 0L;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= wanted)
            {
                return Math.Min(HighestIn(bucket), MaxNanoseconds);
            }
        }

        return MaxNanoseconds;
    }

    /// <summary>
    /// Values below 128 have a bucket each. Above, the position of the highest bit names the doubling, and the seven
    /// bits after it the bucket within.
    /// </summary>
    private static int BucketOf(long value)
    {
        var doubling = Math.Max(0, BitOperations.Log2((ulong)value) - SubBucketBits);
        var within = (int)(value >> doubling);
        return (doubling * SubBuckets) + within;
    }

    private static long HighestIn(int bucket)
    {
        if (bucket < SubBuckets * 2)
        {
            return bucket;
        }

        var doubling = (bucket / SubBuckets) - 1;
        var within = (long)(bucket - (doubling * SubBuckets));
        return ((within + 1) << doubling) - 1;
    }
}
