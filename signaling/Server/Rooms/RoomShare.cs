using System.Collections.Concurrent;
using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>What this node last heard of a room's other nodes, and when it asks again.</summary>
/// <remarks>Written by the room's follower; any thread may read the counts.</remarks>
internal sealed class RoomShare
{
    /// <summary>1 while somebody looks: one look at a time.</summary>
    public int IsBusy;

    private volatile int _listenersElsewhere;
    private volatile int _placesElsewhere;
    private volatile bool _isTallyDue = true;
    private IDisposable? _watch;

    /// <summary>On living nodes.</summary>
    public int ListenersElsewhere
    {
        get => _listenersElsewhere;
        set => _listenersElsewhere = value;
    }

    public int PlacesElsewhere
    {
        get => _placesElsewhere;
        set => _placesElsewhere = value;
    }

    /// <summary>Claimed for this node, and not seated yet: not to be taken for forgotten ones.</summary>
    public ConcurrentDictionary<ParticipantId, byte> Pending { get; } = new();

    public bool IsTallyDue
    {
        get => _isTallyDue;
        set => _isTallyDue = value;
    }

    /// <summary>As last told to the other nodes; -1: not yet.</summary>
    public int ListenersTold { get; set; } = -1;

    /// <summary>Timestamp of the last tally.</summary>
    public long TalliedAt { get; set; }

    /// <summary>Timestamp of the last look into the log without a hint.</summary>
    public long PolledAt { get; set; }

    /// <summary>Tallies in a row that did not agree with who is here.</summary>
    public int Mismatches { get; set; }

    /// <summary>People on stage whom no node knows, and since which timestamp.</summary>
    public Dictionary<ParticipantId, long> Ghosts { get; } = [];

    /// <summary>The hints of the store and of the other nodes.</summary>
    public IDisposable? Watch
    {
        get => _watch;
        set => _watch = value;
    }

    public void EndWatch() => Interlocked.Exchange(ref _watch, null)?.Dispose();
}
