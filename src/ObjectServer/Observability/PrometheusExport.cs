using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Prometheus;

namespace ObjectServer.Observability;

/// <summary>Follows the instruments of some meters and writes their figures in Prometheus' text format.</summary>
/// <remarks>
/// Names follow OpenTelemetry's rules for Prometheus: dots become underscores, the unit is a suffix, and counters end
/// with <c>_total</c>. The exporter library brings an adapter of its own; it shows counters as gauges, forgets what
/// rests for a day, and sorts and copies the labels of each measurement.
/// https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
/// </remarks>
internal sealed class PrometheusExport : IDisposable
{
    /// <summary>Traces are not followed, so no measurement has an example among them.</summary>
    private static readonly ExemplarBehavior NoExemplars = ExemplarBehavior.NoExemplars();

    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly MeterListener _listener = new();
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly Func<Meter, bool> _follows;
    private readonly double[] _bounds;

    /// <param name="follows">Which meters count.</param>
    /// <param name="bounds">The upper bounds of every histogram's buckets.</param>
    public PrometheusExport(Func<Meter, bool> follows, double[] bounds)
    {
        _follows = follows;
        _bounds = bounds;
        _listener.InstrumentPublished = Follow;
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => Take(value, tags, state));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => Take(value, tags, state));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => Take(value, tags, state));
        _listener.Start();
    }

    /// <summary>Asks every observed instrument and writes all figures.</summary>
    public async Task WriteAsync(Stream output, CancellationToken cancellation)
    {
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            foreach (var series in Snapshot())
            {
                series.ForgetObserved();
            }

            RecordObserved();
            await _registry.CollectAndExportAsTextAsync(output, cancellation);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>
    /// Asks every observed instrument. One that cannot answer, because its store is closing or its disk is gone, has no
    /// figure this time; the others are asked all the same.
    /// </summary>
    private void RecordObserved()
    {
        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException)
        {
            // The listener throws after it has asked all of them.
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _oneAtATime.Dispose();
    }

    private void Follow(Instrument instrument, MeterListener listener)
    {
        if (!_follows(instrument.Meter))
        {
            return;
        }

        // Two meters may have an instrument of one name, e.g. while a store is closed and opened again.
        lock (_lock)
        {
            var name = NameOf(instrument);
            if (!_series.TryGetValue(name, out var series))
            {
                series = new Series(Metrics.WithCustomRegistry(_registry), name, instrument, _bounds);
                _series.Add(name, series);
            }

            listener.EnableMeasurementEvents(instrument, series);
        }
    }

    private Series[] Snapshot()
    {
        lock (_lock)
        {
            return [.. _series.Values];
        }
    }

    private static void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) =>
        ((Series)state!).Take(value, tags);

    private static string NameOf(Instrument instrument)
    {
        var name = Plain(instrument.Name);
        var unit = instrument.Unit switch
        {
            "By" => "_bytes",
            "s" => "_seconds",
            _ => "",
        };
        if (!name.EndsWith(unit, StringComparison.Ordinal))
        {
            name += unit;
        }

        return Series.KindOf(instrument) == Kind.Counter ? name + "_total" : name;
    }

    private static string Plain(string name) => name.Replace('.', '_').Replace('-', '_');

    private enum Kind
    {
        Counter,
        Gauge,
        Histogram,
    }

    /// <summary>One metric of Prometheus and all its labels. The first measurement tells the labels' names.</summary>
    private sealed class Series(MetricFactory factory, string name, Instrument instrument, double[] bounds)
    {
        private readonly Kind _kind = KindOf(instrument);
        private readonly string _help = instrument.Description ?? instrument.Name;
        private readonly Lock _lock = new();
        private readonly ConcurrentDictionary<(string First, string Second), ChildBase> _children = new();
        private volatile Collector? _collector;

        public static Kind KindOf(Instrument instrument)
        {
            var type = instrument.GetType().GetGenericTypeDefinition();
            return type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? Kind.Counter
                : type == typeof(Histogram<>) ? Kind.Histogram
                : Kind.Gauge;
        }

        public void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            switch (Find(tags))
            {
                case Counter.Child counter when instrument.IsObservable:
                    counter.IncTo(value);
                    break;
                case Counter.Child counter:
                    counter.Inc(value);
                    break;
                case Gauge.Child gauge:
                    gauge.Set(value);
                    break;
                case Histogram.Child histogram:
                    histogram.Observe(value);
                    break;
            }
        }

        /// <summary>Drops what the last look showed: a deleted bucket must not stay in the figures.</summary>
        public void ForgetObserved()
        {
            if (_kind == Kind.Gauge && instrument.IsObservable && _collector is Gauge gauge)
            {
                foreach (var labels in gauge.GetAllLabelValues().Where(labels => labels.Length > 0).ToArray())
                {
                    gauge.RemoveLabelled(labels);
                }

                _children.Clear();
            }
        }

        /// <summary>The time series of some labels. Those with up to two, which every request counts, are kept.</summary>
        private ChildBase Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.Length > 2)
            {
                return CreateChild(tags);
            }

            var labels = (TextOf(tags, 0), TextOf(tags, 1));
            return _children.TryGetValue(labels, out var known) ? known : _children[labels] = CreateChild(tags);
        }

        private ChildBase CreateChild(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var labels = new string[tags.Length];
            for (var i = 0; i < tags.Length; i++)
            {
                labels[i] = TextOf(tags, i);
            }

            return (_collector ?? Create(tags)) switch
            {
                Counter counter => counter.WithLabels(labels),
                Gauge gauge => gauge.WithLabels(labels),
                Histogram histogram => histogram.WithLabels(labels),
                var other => throw new InvalidOperationException($"{other.GetType()} is not made here."),
            };
        }

        private static string TextOf(ReadOnlySpan<KeyValuePair<string, object?>> tags, int at) =>
            at < tags.Length ? Convert.ToString(tags[at].Value, CultureInfo.InvariantCulture) ?? "" : "";

        private Collector Create(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            lock (_lock)
            {
                if (_collector is { } existing)
                {
                    return existing;
                }

                var labels = new string[tags.Length];
                for (var i = 0; i < tags.Length; i++)
                {
                    labels[i] = Plain(tags[i].Key);
                }

                return _collector = _kind switch
                {
                    Kind.Counter => factory.CreateCounter(
                        name, _help, labels, new CounterConfiguration { ExemplarBehavior = NoExemplars }),
                    Kind.Histogram => factory.CreateHistogram(
                        name,
                        _help,
                        labels,
                        new HistogramConfiguration { Buckets = bounds, ExemplarBehavior = NoExemplars }),
                    _ => factory.CreateGauge(name, _help, labels),
                };
            }
        }
    }
}
