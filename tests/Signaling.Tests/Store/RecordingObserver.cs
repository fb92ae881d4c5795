using System.Collections.Concurrent;
using Spaces.Signaling.Store;

namespace Spaces.Signaling.Tests.Store;

/// <summary>Remembers what a store told.</summary>
internal sealed class RecordingObserver : IStoreObserver
{
    private readonly ConcurrentQueue<string> _quarantined = new();
    private readonly ConcurrentQueue<string> _told = new();
    private int _lost;
    private int _refusals;

    public IReadOnlyCollection<string> Quarantined => _quarantined;

    /// <summary>Every sentence that would be logged.</summary>
    public IReadOnlyCollection<string> Told => _told;

    public int LostCount => Volatile.Read(ref _lost);

    public int RefusalCount => Volatile.Read(ref _refusals);

    void IStoreObserver.Quarantined(string kind, string name, string reason)
    {
        _quarantined.Enqueue($"{kind} {name}");
        _told.Enqueue(reason);
    }

    public void Refused(string reason)
    {
        Interlocked.Increment(ref _refusals);
        _told.Enqueue(reason);
    }

    public void Lost(string reason)
    {
        Interlocked.Increment(ref _lost);
        _told.Enqueue(reason);
    }

    public void Found(string what) => _told.Enqueue(what);

    public void Forget()
    {
        _quarantined.Clear();
        _told.Clear();
    }
}
