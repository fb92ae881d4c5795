using System.Diagnostics.Metrics;
using Spaces.Signaling.Store;

namespace Spaces.Signaling.Server.Stores;

/// <summary>Logs and counts what befalls the store.</summary>
internal sealed class StoreObserver : IStoreObserver
{
    /// <summary>Refusals repeat with every call; the log has one in this time.</summary>
    private static readonly TimeSpan RefusalLogInterval = TimeSpan.FromSeconds(10);

    private readonly ILogger<StoreObserver> _logger;
    private readonly TimeProvider _time;
    private readonly Counter<long> _quarantined;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _outages;
    private long _refusalLoggedAt;

    public StoreObserver(ILogger<StoreObserver> logger, IMeterFactory meters, TimeProvider time)
    {
        _logger = logger;
        _time = time;
        var meter = meters.Create(SignalingMetrics.MeterName);
        _quarantined = meter.CreateCounter<long>(
            "spaces.signaling.quarantined",
            "{value}",
            "Stored values that could not be read and were put aside, by kind."
        );
        _refusals = meter.CreateCounter<long>(
            "spaces.signaling.store_refusals",
            "{call}",
            "Calls that Redis refused though they should work: no memory, no right."
        );
        _outages = meter.CreateCounter<long>(
            "spaces.signaling.store_outages",
            "{outage}",
            "Times that the shared store stopped answering."
        );
    }

    public void Quarantined(string kind, string name, string reason)
    {
        _quarantined.Add(1, new KeyValuePair<string, object?>("kind", kind));
        SignalingLog.Quarantined(_logger, kind, name, reason);
    }

    public void Refused(string reason)
    {
        _refusals.Add(1);
        var last = Interlocked.Read(ref _refusalLoggedAt);
        var now = _time.GetTimestamp();
        if (last == 0 || _time.GetElapsedTime(last, now) > RefusalLogInterval)
        {
            Interlocked.Exchange(ref _refusalLoggedAt, now);
            SignalingLog.StoreRefused(_logger, reason);
        }
    }

    public void Lost(string reason)
    {
        _outages.Add(1);
        SignalingLog.StoreLost(_logger, reason);
    }

    public void Found(string what) => SignalingLog.StoreFound(_logger, what);
}
