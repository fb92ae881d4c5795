using System.Collections.Immutable;
using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Store;

/// <summary>A room and the newest part of its log.</summary>
internal sealed record StoredRoom(Room Room, ImmutableQueue<RoomEvent> Events)
{
    /// <summary>
    /// How many events <see cref="Events"/> holds; the last one has the number of the room's version.
    /// </summary>
    public int EventCount { get; init; } = Events.Count();

    public StoredRoom With(ImmutableArray<RoomEvent> events, int eventsMax)
    {
        var kept = events.Aggregate(Events, (queue, next) => queue.Enqueue(next));
        var count = EventCount + events.Length;
        for (; count > eventsMax; count--)
        {
            kept = kept.Dequeue();
        }

        return new StoredRoom(Room.Apply(events), kept) { EventCount = count };
    }

    /// <returns>Null when not all of them are here.</returns>
    public ImmutableArray<NumberedEvent>? EventsAfter(long after)
    {
        var first = Room.Version - EventCount + 1;
        if (after > Room.Version || after < first - 1)
        {
            return null;
        }

        return
        [
            .. Events
                .Select((roomEvent, index) => new NumberedEvent(first + index, roomEvent))
                .SkipWhile(numbered => numbered.Number <= after),
        ];
    }
}
