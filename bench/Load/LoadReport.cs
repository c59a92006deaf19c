using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ObjectServer.Bench.Load;

/// <summary>A result as people read it and as scripts do.</summary>
internal static class LoadReport
{
    private static readonly (string Name, double Percent)[] Percentiles =
        [("p50", 50), ("p90", 90), ("p99", 99), ("p99.9", 99.9)];

    public static string AsText(LoadResult result)
    {
        var (plan, tally, elapsed) = result;
        var seconds = Math.Max(elapsed.TotalSeconds, double.Epsilon);
        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{NameOf(plan.Verb)}  {ByteSize.Format(plan.SizeBytes)}  {plan.Connections} connections  {seconds:F1} s  {plan.Endpoint}");
        foreach (var (verb, latencies) in tally.Latencies)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"  {NameOf(verb),-8} {latencies.Count,12:N0}  {latencies.Count / seconds,12:N1}/s ");
            foreach (var (name, percent) in Percentiles)
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"  {name} {Duration(latencies.PercentileNanoseconds(percent))}");
            }

            text.AppendLine(CultureInfo.InvariantCulture, $"  max {Duration(latencies.MaxNanoseconds)}");
        }

        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"  sent     {MebibytesPerSecond(tally.BytesSent, seconds),12:N1} MiB/s  received {MebibytesPerSecond(tally.BytesReceived, seconds):N1} MiB/s");
        if (tally.ListedKeys > 0)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture, $"  listed   {tally.ListedKeys / seconds,12:N1} keys/s");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"  errors   {tally.ErrorCount,12:N0}");
        foreach (var (kind, count) in tally.Errors)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"    {count} x {kind}");
        }

        foreach (var shown in tally.ShownErrors)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"    {shown}");
        }

        return text.ToString();
    }

    /// <summary>One object on one line; durations in microseconds.</summary>
    public static string AsJson(LoadResult result)
    {
        var (plan, tally, elapsed) = result;
        var seconds = Math.Max(elapsed.TotalSeconds, double.Epsilon);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("verb", NameOf(plan.Verb));
            json.WriteNumber("sizeBytes", plan.SizeBytes);
            json.WriteNumber("connections", plan.Connections);
            json.WriteNumber("seconds", elapsed.TotalSeconds);
            var count = tally.Latencies.Values.Sum(latencies => latencies.Count);
            json.WriteNumber("requests", count);
            json.WriteNumber("requestsPerSecond", Math.Round(count / seconds, 2));
            json.WriteNumber("sentMiBPerSecond", Math.Round(MebibytesPerSecond(tally.BytesSent, seconds), 2));
            json.WriteNumber("receivedMiBPerSecond", Math.Round(MebibytesPerSecond(tally.BytesReceived, seconds), 2));
            json.WriteNumber("listedKeysPerSecond", Math.Round(tally.ListedKeys / seconds, 2));
            json.WriteNumber("errors", tally.ErrorCount);
            json.WriteStartObject("errorsByKind");
            foreach (var (kind, errors) in tally.Errors)
            {
                json.WriteNumber(kind, errors);
            }

            json.WriteEndObject();
            json.WriteStartArray("firstErrors");
            foreach (var shown in tally.ShownErrors)
            {
                json.WriteStringValue(shown);
            }

            json.WriteEndArray();
            json.WriteStartObject("latencyMicroseconds");
            foreach (var (verb, latencies) in tally.Latencies)
            {
                json.WriteStartObject(NameOf(verb));
                json.WriteNumber("count", latencies.Count);
                json.WriteNumber("mean", Microseconds(latencies.MeanNanoseconds));
                foreach (var (name, percent) in Percentiles)
                {
                    json.WriteNumber(name, Microseconds(latencies.PercentileNanoseconds(percent)));
                }

                json.WriteNumber("max", Microseconds(latencies.MaxNanoseconds));
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    public static string NameOf(Verb verb) => verb switch
    {
        Verb.RawGet => "raw-get",
        Verb.RawPut => "raw-put",
        _ => verb.ToString().ToLowerInvariant(),
    };

    private static double MebibytesPerSecond(long bytes, double seconds) => bytes / seconds / (1 << 20);

    private static double Microseconds(double nanoseconds) => Math.Round(nanoseconds / 1_000, 1);

    private static string Duration(long nanoseconds) => nanoseconds switch
    {
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e3:F0} µs"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e6:F2} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1e9:F2} s"),
    };
}
