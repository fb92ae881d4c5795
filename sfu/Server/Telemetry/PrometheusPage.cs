using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Spaces.Sfu.Server.Telemetry;

/// <summary>The instruments of <see cref="SfuMetrics"/> in Prometheus' text format, version 0.0.4.</summary>
internal static class PrometheusPage
{
    /// <param name="metrics">Given so that it exists: its instruments are found by the meter's name.</param>
    public static string Render(SfuMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        var page = new StringBuilder();
        var described = new HashSet<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == SfuMetrics.MeterName)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();
        listener.RecordObservableInstruments();
        return page.ToString();

        void Add(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var isCounter = instrument.GetType().Name.Contains("Counter", StringComparison.Ordinal);
            var name = instrument.Name.Replace('.', '_') + (isCounter ? "_total" : "");
            if (described.Add(name))
            {
                page.Append(CultureInfo.InvariantCulture, $"# HELP {name} {instrument.Description}\n");
                page.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {(isCounter ? "counter" : "gauge")}\n");
            }

            page.Append(name);
            AppendTags(page, tags);
            page.Append(CultureInfo.InvariantCulture, $" {value}\n");
        }
    }

    private static void AppendTags(StringBuilder page, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var separator = '{';
        foreach (var tag in tags)
        {
            page.Append(CultureInfo.InvariantCulture, $"{separator}{tag.Key}=\"{tag.Value}\"");
            separator = ',';
        }

        page.Append(tags.IsEmpty ? "" : "}");
    }
}
