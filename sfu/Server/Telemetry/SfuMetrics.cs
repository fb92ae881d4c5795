using System.Diagnostics.Metrics;
using Spaces.Sfu.Server.Control;
using Spaces.Sfu.Server.Hosting;

namespace Spaces.Sfu.Server.Telemetry;

/// <summary>Every instrument of the process. The workers count in plain fields; this reads them when asked.</summary>
internal sealed class SfuMetrics : IDisposable
{
    public const string MeterName = "Spaces.Sfu";

    private readonly Meter _meter;
    private readonly IReadOnlyList<MediaWorker> _workers;

    public SfuMetrics(IMeterFactory meters, SessionControl sessions, SessionTable table)
    {
        _meter = meters.Create(MeterName);
        _workers = sessions.Node.Workers;
        _meter.CreateObservableGauge("spaces.sfu.sessions", () => table.SessionCount, "{session}", "Open sessions");
        _meter.CreateObservableGauge("spaces.sfu.rooms", () => table.RoomCount, "{room}", "Rooms with sessions");
        AddWorkerCounters();
        AddDropCounters();
    }

    public void Dispose() => _meter.Dispose();

    private void AddWorkerCounters()
    {
        Count("spaces.sfu.datagrams.received", "{datagram}", "Datagrams received", worker => worker.Counters.Received);
        Count("spaces.sfu.datagrams.sent", "{datagram}", "Datagrams sent", worker => worker.Counters.Sent);
        Count(
            "spaces.sfu.send.buffer_full",
            "{event}",
            "Full send buffers met",
            worker => worker.Counters.SendBufferFull
        );
        Count("spaces.sfu.send.dropped", "{datagram}", "Not sent, buffer full", worker => worker.Counters.SendDropped);
        Count("spaces.sfu.send.refused", "{datagram}", "Refused by the kernel", worker => worker.Counters.SendRefused);
        Count("spaces.sfu.worker.faults", "{fault}", "Exceptions in the loop", worker => worker.Counters.Faults);
        Count("spaces.sfu.worker.busy", "ns", "Time not spent waiting", worker => worker.Counters.BusyNanoseconds);
        Count(
            "spaces.sfu.rings.refused",
            "{packet}",
            "Packets lost between workers, ring full",
            worker => worker.InboundRings.Sum(ring => ring.Refused)
        );
    }

    private void AddDropCounters() =>
        _meter.CreateObservableCounter(
            "spaces.sfu.datagrams.dropped",
            () => _workers.SelectMany(Drops),
            "{datagram}",
            "Datagrams dropped on arrival"
        );

    private static IEnumerable<Measurement<long>> Drops(MediaWorker worker)
    {
        var drops = worker.Drops;
        return
        [
            Drop(worker, "unknown_kind", drops.UnknownKind),
            Drop(worker, "unknown_path", drops.UnknownPath),
            Drop(worker, "taken_path", drops.TakenPath),
            Drop(worker, "unknown_ufrag", drops.UnknownUfrag),
            Drop(worker, "unauthenticated", drops.Unauthenticated),
            Drop(worker, "malformed", drops.Malformed),
            Drop(worker, "forbidden", drops.Forbidden),
            Drop(worker, "foreign", drops.Foreign),
            Drop(worker, "too_fast", drops.TooFast),
            Drop(worker, "oversized", worker.Counters.ReceivedOversized),
        ];
    }

    private static Measurement<long> Drop(MediaWorker worker, string reason, long count) =>
        new(
            count,
            new KeyValuePair<string, object?>("worker", worker.Index),
            new KeyValuePair<string, object?>("reason", reason)
        );

    private void Count(string name, string unit, string description, Func<MediaWorker, long> read) =>
        _meter.CreateObservableCounter(
            name,
            () =>
                _workers.Select(worker => new Measurement<long>(
                    read(worker),
                    new KeyValuePair<string, object?>("worker", worker.Index)
                )),
            unit,
            description
        );
}
