using System.Diagnostics.Metrics;
using ObjectServer.Storage;

namespace ObjectServer.Observability;

/// <summary>Counts requests, and shows all figures of the server and its storage in Prometheus' text format.</summary>
/// <remarks>https://prometheus.io/docs/instrumenting/exposition_formats/</remarks>
internal sealed class ServerMetrics : IDisposable
{
    /// <summary>The meter of the protocol side; the storage keeps one of its own, with a name below this one's.</summary>
    public const string MeterName = "ObjectServer";

    /// <summary>Upper bounds in seconds, from a read out of memory to an upload of gigabytes.</summary>
    private static readonly double[] LatencySeconds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    private readonly Meter _meter = new(MeterName);
    private readonly PrometheusExport _export;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _bytesIn;
    private readonly Counter<long> _bytesOut;
    private readonly Histogram<double> _latency;
    private readonly Counter<long> _queued;
    private readonly Counter<long> _turnedAway;
    private readonly Counter<long> _overRate;
    private readonly Counter<long> _slowed;
    private readonly Counter<long> _lifecycle;
    private readonly Counter<long> _lifecycleLooks;
    private IReadOnlyList<BucketUsage> _usage = [];
    private IReadOnlyList<PlaceUsage> _places = [];
    private Func<CancellationToken, ValueTask<StoreStatistics?>>? _readStatistics;
    private Func<(int Running, int Waiting)>? _readLoad;

    public ServerMetrics()
    {
        _export = new PrometheusExport(IsOurs, LatencySeconds);
        _requests = _meter.CreateCounter<long>("objectserver.requests", description: "Requests answered.");
        _errors = _meter.CreateCounter<long>("objectserver.errors", description: "Requests refused or failed, by S3 code.");
        _bytesIn = _meter.CreateCounter<long>("objectserver.received", "By", "Bytes of request bodies.");
        _bytesOut = _meter.CreateCounter<long>("objectserver.sent", "By", "Bytes of answer bodies.");
        _latency = _meter.CreateHistogram<double>(
            "objectserver.request.duration", "s", "From the first byte of a request to the last of its answer.");
        _queued = _meter.CreateCounter<long>(
            "objectserver.requests.queued", description: "Requests that had to wait until others were over.");
        _turnedAway = _meter.CreateCounter<long>(
            "objectserver.requests.turned_away", description: "Requests answered SlowDown because too many were under way.");
        _overRate = _meter.CreateCounter<long>(
            "objectserver.requests.over_rate", description: "Requests answered SlowDown because they came too fast.");
        _slowed = _meter.CreateCounter<long>(
            "objectserver.bodies.slowed", description: "Pieces of bodies that had to wait for the body rate.");
        _lifecycle = _meter.CreateCounter<long>(
            "objectserver.lifecycle.actions", description: "What lifecycle rules did to versions and uploads, by outcome.");
        _lifecycleLooks = _meter.CreateCounter<long>(
            "objectserver.lifecycle.looks", description: "Versions and uploads that lifecycle rules were held against.");
        _meter.CreateObservableGauge(
            "objectserver.requests.running", () => _readLoad?.Invoke().Running ?? 0, description: "Requests that run now.");
        _meter.CreateObservableGauge(
            "objectserver.requests.waiting",
            () => _readLoad?.Invoke().Waiting ?? 0,
            description: "Requests that wait now until others are over.");
        _meter.CreateObservableGauge(
            "objectserver.bucket.objects",
            () => _usage.Select(usage => new Measurement<long>(usage.Objects, Label(usage))),
            description: "Object versions by bucket.");
        _meter.CreateObservableGauge(
            "objectserver.bucket.size",
            () => _usage.Select(usage => new Measurement<long>(usage.Bytes, Label(usage))),
            "By",
            "Bytes of content by bucket.");
        _meter.CreateObservableGauge(
            "objectserver.storage_class.blobs",
            () => _places.Select(place => new Measurement<long>(place.Blobs, Label(place))),
            description: "Files in the directory of a storage class.");
        _meter.CreateObservableGauge(
            "objectserver.storage_class.size",
            () => _places.Select(place => new Measurement<long>(place.Bytes, Label(place))),
            "By",
            "Bytes of content in the directory of a storage class.");
    }

    /// <summary>Tells where the gauges of what is stored take their figures from, once there is a store.</summary>
    public void Observe(Func<CancellationToken, ValueTask<StoreStatistics?>> readStatistics) =>
        _readStatistics = readStatistics;

    /// <summary>Tells where the gauges of requests under way take their figures from.</summary>
    public void Observe(Func<(int Running, int Waiting)> readLoad) => _readLoad = readLoad;

    /// <summary>Counts a request that found no place and waits for one.</summary>
    public void CountQueued() => _queued.Add(1);

    /// <summary>Counts a request that got no place.</summary>
    public void CountTurnedAway() => _turnedAway.Add(1);

    /// <summary>Counts a request beyond the request rate.</summary>
    public void CountOverRate() => _overRate.Add(1);

    /// <summary>Counts a piece of a body that has to wait for the body rate.</summary>
    public void CountSlowed() => _slowed.Add(1);

    /// <summary>Counts what a lifecycle rule did.</summary>
    /// <param name="outcome">One of a few words, e.g. <c>removed</c>.</param>
    public void CountLifecycle(string outcome) => _lifecycle.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>Counts a version or an upload that lifecycle rules were held against.</summary>
    public void CountLifecycleLook() => _lifecycleLooks.Add(1);

    /// <summary>Counts a request that is over.</summary>
    public void Count(Exchange exchange)
    {
        var tags = exchange.Tags;
        _requests.Add(1, tags);
        _latency.Record(exchange.Elapsed.TotalSeconds, tags);
        _bytesIn.Add(exchange.BytesIn, tags);
        _bytesOut.Add(exchange.BytesOut, tags);
        if (exchange.ErrorCode is { } code)
        {
            _errors.Add(1, new("operation", exchange.Operation), new("code", code));
        }
    }

    /// <summary>Writes every figure in Prometheus' text format.</summary>
    public async Task WriteAsync(Stream output, CancellationToken cancellation)
    {
        if (_readStatistics is { } read && await read(cancellation) is { } statistics)
        {
            // The gauges are read without waiting, so what they show is fetched before.
            (_usage, _places) = (statistics.Buckets, statistics.Places);
        }

        await _export.WriteAsync(output, cancellation);
    }

    public void Dispose()
    {
        _export.Dispose();
        _meter.Dispose();
    }

    /// <summary>
    /// This server's meter, not that of another server in the process, and those of the storage and the runtime.
    /// </summary>
    private bool IsOurs(Meter meter) =>
        ReferenceEquals(meter, _meter)
        || meter.Name.StartsWith(MeterName + ".", StringComparison.Ordinal)
        || meter.Name == "System.Runtime";

    private static KeyValuePair<string, object?> Label(BucketUsage usage) => new("bucket", usage.Name);

    private static KeyValuePair<string, object?> Label(PlaceUsage place) => new("storage_class", place.StorageClass);
}
