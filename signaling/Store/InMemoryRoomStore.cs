using System.Collections.Immutable;
using Spaces.Signaling.Domain;

namespace Spaces.Signaling.Store;

/// <summary>How much of the past a store keeps.</summary>
/// <param name="EventsMax">Events a room keeps for clients that resume; older ones are answered by a snapshot.</param>
/// <param name="EndedRoomsMax">Ended rooms that can still be read; the oldest goes first.</param>
public sealed record RoomRetention(int EventsMax = 1_000, int EndedRoomsMax = 1_000);

/// <summary>Keeps rooms in this process alone: the embedded default.</summary>
/// <remarks>Any thread; every method is a short critical section.</remarks>
public sealed class InMemoryRoomStore(RoomRetention retention) : IRoomStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RoomId, StoredRoom> _rooms = [];
    private readonly SortedSet<RoomPosition> _live = [];
    private readonly SortedSet<SchedulePosition> _scheduled = [];
    private readonly Queue<RoomId> _ended = new();
    private readonly Watchers<RoomId, long> _watchers = new();

    public InMemoryRoomStore()
        : this(new RoomRetention()) { }

    public ValueTask<Room?> LoadAsync(RoomId id, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(_rooms.GetValueOrDefault(id)?.Room);
        }
    }

    public ValueTask<bool> TryAppendAsync(
        RoomId id,
        long expectedVersion,
        ImmutableArray<RoomEvent> events,
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
        {
            var current = Find(id);
            if (current.Room.Version != expectedVersion)
            {
                return ValueTask.FromResult(false);
            }

            Put(current.With(events, retention.EventsMax));
        }

        Tell(id);
        return ValueTask.FromResult(true);
    }

    public ValueTask<ImmutableArray<NumberedEvent>?> ReadEventsAsync(
        RoomId id,
        long after,
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
        {
            return ValueTask.FromResult(_rooms.GetValueOrDefault(id)?.EventsAfter(after));
        }
    }

    public ValueTask<ImmutableArray<Room>> ListLiveAsync(
        RoomPosition? after,
        int count,
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
        {
            return ValueTask.FromResult<ImmutableArray<Room>>([
                .. After(_live, after).Take(count).Select(position => _rooms[position.Id].Room),
            ]);
        }
    }

    public ValueTask<ImmutableArray<Room>> ListScheduledAsync(
        SchedulePosition? after,
        int count,
        CancellationToken cancellationToken
    )
    {
        lock (_gate)
        {
            return ValueTask.FromResult<ImmutableArray<Room>>([
                .. After(_scheduled, after).Take(count).Select(position => _rooms[position.Id].Room),
            ]);
        }
    }

    public IDisposable Watch(RoomId id, Action changed)
    {
        ArgumentNullException.ThrowIfNull(changed);
        return _watchers.Add(id, _ => changed());
    }

    /// <summary>Tells whoever watches the room that its log grew.</summary>
    internal void Tell(RoomId id) => _watchers.Tell(id, 0);

    /// <summary>The room and its log; before its first event if it is not stored.</summary>
    internal StoredRoom Find(RoomId id)
    {
        lock (_gate)
        {
            return _rooms.GetValueOrDefault(id) ?? new StoredRoom(Room.Unopened(id), []);
        }
    }

    /// <summary>Takes a room over as it was stored before.</summary>
    internal void Put(StoredRoom stored)
    {
        lock (_gate)
        {
            var id = stored.Room.Id;
            var before = _rooms.GetValueOrDefault(id)?.Room;
            if (before is not null)
            {
                _live.Remove(RoomPosition.Of(before));
                _scheduled.Remove(SchedulePosition.Of(before));
            }

            _rooms[id] = stored;
            switch (stored.Room.State)
            {
                case RoomState.Live:
                    _live.Add(RoomPosition.Of(stored.Room));
                    break;
                case RoomState.Scheduled:
                    _scheduled.Add(SchedulePosition.Of(stored.Room));
                    break;
                case RoomState.Ended when before?.State != RoomState.Ended:
                    _ended.Enqueue(id);
                    break;
                default:
                    break;
            }

            while (_ended.Count > retention.EndedRoomsMax)
            {
                _rooms.Remove(_ended.Dequeue());
            }
        }
    }

    /// <summary>Every room that is kept: the ended ones in the order they ended, then the others.</summary>
    internal ImmutableArray<StoredRoom> All()
    {
        lock (_gate)
        {
            return
            [
                .. _ended.Select(id => _rooms[id]),
                .. _scheduled.Select(position => _rooms[position.Id]),
                .. _live.Select(position => _rooms[position.Id]),
            ];
        }
    }

    private static IEnumerable<T> After<T>(SortedSet<T> places, T? after)
        where T : struct, IComparable<T>
    {
        if (after is not { } last)
        {
            return places;
        }

        return places.Count == 0 || last.CompareTo(places.Max) >= 0
            ? []
            : places.GetViewBetween(last, places.Max).Where(place => place.CompareTo(last) > 0);
    }
}
