using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Spaces.Signaling.Server.Http;

/// <summary><c>/metrics</c>: what this process counts, in the Prometheus text format.</summary>
internal sealed class MetricsPage : IDisposable
{
    private static readonly double[] Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, Series> _series = new();

    public MetricsPage()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == SignalingMetrics.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Take(i, value, tags));
        _listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Take(i, value, tags));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Take(i, value, tags));
        _listener.Start();
    }

    public async Task HandleAsync(HttpContext context)
    {
        _listener.RecordObservableInstruments();
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Response.WriteAsync(Write(), context.RequestAborted);
    }

    public void Dispose() => _listener.Dispose();

    private static string NameOf(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_');
        return instrument switch
        {
            Counter<long> => name + "_total",
            Histogram<double> => name + "_seconds",
            _ => name,
        };
    }

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new StringBuilder();
        foreach (var (key, tag) in tags)
        {
            labels.Append(labels.Length > 0 ? "," : "").Append(key.Replace('.', '_')).Append("=\"");
            labels.Append(Convert.ToString(tag, CultureInfo.InvariantCulture)).Append('"');
        }

        var text = labels.ToString();
        var series = _series.GetOrAdd($"{instrument.Name}{{{text}}}", _ => new Series(instrument, text));
        series.Take(value);
    }

    private string Write()
    {
        var page = new StringBuilder();
        foreach (var group in _series.Values.GroupBy(series => series.Instrument.Name).OrderBy(group => group.Key))
        {
            var instrument = group.First().Instrument;
            var type = instrument switch
            {
                Counter<long> => "counter",
                Histogram<double> => "histogram",
                _ => "gauge",
            };
            var name = NameOf(instrument);
            page.Append(CultureInfo.InvariantCulture, $"# HELP {name} {instrument.Description}\n");
            page.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {type}\n");
            foreach (var series in group.OrderBy(series => series.Labels, StringComparer.Ordinal))
            {
                series.Write(page, name);
            }
        }

        return page.ToString();
    }

    /// <summary>One instrument with one set of labels.</summary>
    private sealed class Series(Instrument instrument, string labels)
    {
        private readonly Lock _gate = new();
        private readonly long[] _buckets = new long[Bounds.Length];
        private double _value;
        private long _count;

        public Instrument Instrument => instrument;

        public string Labels => labels;

        public void Take(double value)
        {
            lock (_gate)
            {
                _count++;
                _value = instrument.IsObservable ? value : _value + value;
                for (var i = 0; i < Bounds.Length; i++)
                {
                    _buckets[i] += value <= Bounds[i] ? 1 : 0;
                }
            }
        }

        public void Write(StringBuilder page, string name)
        {
            lock (_gate)
            {
                if (instrument is not Histogram<double>)
                {
                    page.Append(CultureInfo.InvariantCulture, $"{name}{Braced("")} {_value}\n");
                    return;
                }

                for (var i = 0; i < Bounds.Length; i++)
                {
                    var bound = string.Create(CultureInfo.InvariantCulture, $"le=\"{Bounds[i]}\"");
                    page.Append(CultureInfo.InvariantCulture, $"{name}_bucket{Braced(bound)} {_buckets[i]}\n");
                }

                page.Append(CultureInfo.InvariantCulture, $"{name}_bucket{Braced("le=\"+Inf\"")} {_count}\n");
                page.Append(CultureInfo.InvariantCulture, $"{name}_sum{Braced("")} {_value}\n");
                page.Append(CultureInfo.InvariantCulture, $"{name}_count{Braced("")} {_count}\n");
            }
        }

        private string Braced(string more) =>
            (labels, more) switch
            {
                ("", "") => "",
                (_, "") => $"{{{labels}}}",
                ("", _) => $"{{{more}}}",
                _ => $"{{{labels},{more}}}",
            };
    }
}
