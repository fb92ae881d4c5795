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
    private readonly Queue<RoomId> _ended = new();

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
            return ValueTask.FromResult(true);
        }
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
            IEnumerable<RoomPosition> positions = _live;
            if (after is { } last)
            {
                positions = _live.Count == 0 || last >= _live.Max ? [] : _live.GetViewBetween(last, _live.Max);
            }

            return ValueTask.FromResult<ImmutableArray<Room>>([
                .. positions
                    .Where(position => after is null || position > after)
                    .Take(count)
                    .Select(position => _rooms[position.Id].Room),
            ]);
        }
    }

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
            var wasEnded = _rooms.GetValueOrDefault(id)?.Room.State == RoomState.Ended;
            _rooms[id] = stored;
            if (stored.Room.State == RoomState.Live)
            {
                _live.Add(RoomPosition.Of(stored.Room));
                return;
            }

            _live.Remove(RoomPosition.Of(stored.Room));
            if (!wasEnded)
            {
                _ended.Enqueue(id);
            }

            while (_ended.Count > retention.EndedRoomsMax)
            {
                _rooms.Remove(_ended.Dequeue());
            }
        }
    }

    /// <summary>Every room that is kept: the ended ones in the order they ended, then the live ones.</summary>
    internal ImmutableArray<StoredRoom> All()
    {
        lock (_gate)
        {
            return [.. _ended.Select(id => _rooms[id]), .. _live.Select(position => _rooms[position.Id])];
        }
    }
}
