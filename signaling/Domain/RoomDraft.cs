using System.Collections.Immutable;

namespace Spaces.Signaling.Domain;

/// <summary>A decision of several events in the making: each is decided on the room after the ones before it.</summary>
internal sealed class RoomDraft(Room room)
{
    private readonly ImmutableArray<RoomEvent>.Builder _events = ImmutableArray.CreateBuilder<RoomEvent>();

    /// <summary>The room after the events so far.</summary>
    public Room Room { get; private set; } = room;

    public RoomDecision Decision => new(_events.ToImmutable(), null);

    public RoomDraft Add(RoomEvent? next)
    {
        if (next is not null)
        {
            Room = Room.Apply(next);
            _events.Add(next);
        }

        return this;
    }
}
