using Spaces.Signaling.Store;

namespace Spaces.Signaling.Tests.Store;

/// <summary>Remembers what a store told.</summary>
internal sealed class RecordingObserver : IStoreObserver
{
    private readonly List<string> _quarantined = [];
    private readonly Lock _gate = new();

    public List<string> Quarantined
    {
        get
        {
            lock (_gate)
            {
                return _quarantined;
            }
        }
    }

    void IStoreObserver.Quarantined(string kind, string name, string reason)
    {
        lock (_gate)
        {
            _quarantined.Add($"{kind} {name}");
        }
    }

    public void Refused(string reason) { }

    public void Lost(string reason) { }

    public void Found(string what) { }
}
