using System.Collections.Concurrent;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Webhooks;

/// <summary>Notes which rooms have new events, for whoever delivers them, after the effects were told.</summary>
internal sealed class WebhookFeed(RoomEffects effects) : IRoomObserver
{
    /// <summary>Beyond this the rest is found by looking at the rooms of the store.</summary>
    private const int RoomsMax = 100_000;

    private readonly ConcurrentDictionary<RoomId, byte> _changed = new();

    /// <summary>A room has new events. Short, and never throws.</summary>
    public event Action? Changed;

    public void Followed(LiveRoom room, Room before, NumberedEvent happened)
    {
        effects.Followed(room, before, happened);
        Note(room.Id);
    }

    public void Jumped(LiveRoom room, Room before)
    {
        effects.Jumped(room, before);
        Note(room.Id);
    }

    public RoomId[] Take()
    {
        RoomId[] taken = [.. _changed.Keys];
        foreach (var room in taken)
        {
            _changed.TryRemove(room, out _);
        }

        return taken;
    }

    public void Note(RoomId room)
    {
        if (_changed.Count < RoomsMax)
        {
            _changed[room] = 0;
        }

        Changed?.Invoke();
    }
}
