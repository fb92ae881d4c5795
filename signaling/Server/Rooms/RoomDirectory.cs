using System.Collections.Concurrent;
using System.Collections.Immutable;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>Every room this process serves, and the way to all others.</summary>
internal sealed class RoomDirectory(
    IRoomStore store,
    INodes nodes,
    SignalingOptions options,
    TimeProvider time,
    ILogger<RoomDirectory> logger
) : IRoomObserver
{
    private readonly ConcurrentDictionary<RoomId, LiveRoom> _rooms = new();

    /// <summary>Set once before the first room.</summary>
    public IRoomObserver? Observer { get; set; }

    public IEnumerable<LiveRoom> All => _rooms.Values;

    public int Count => _rooms.Count;

    /// <summary>Opens a room, or schedules it.</summary>
    public async Task<Outcome<LiveRoom>> CreateAsync(RoomCommand opening, CancellationToken cancellationToken)
    {
        if (_rooms.Count >= options.RoomsMax)
        {
            return new Refusal(
                StatusCode.ResourceExhausted,
                "Too many rooms are live. Try again when some have ended.",
                Refusal.Backoff()
            );
        }

        var room = new LiveRoom(Room.Unopened(new RoomId(RandomIds.Next())), store, this, time);
        if (await room.ExecuteAsync(opening, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        SignalingLog.RoomOpened(logger, room.Id);
        return _rooms.GetOrAdd(room.Id, room);
    }

    /// <summary>A room that this process serves; null when it does not, or there is none.</summary>
    public LiveRoom? Peek(RoomId id) => _rooms.GetValueOrDefault(id);

    /// <summary>A live room; refused when there is none, it has ended, or has not started.</summary>
    public async Task<Outcome<LiveRoom>> FindLiveAsync(string id, CancellationToken cancellationToken)
    {
        var found = await FindOpenAsync(id, cancellationToken);
        return found.Value is { Current.State: RoomState.Scheduled }
            ? new Refusal(StatusCode.FailedPrecondition, "The room has not started.")
            : found;
    }

    /// <summary>A live or scheduled room; refused when there is none, or it has ended.</summary>
    public async Task<Outcome<LiveRoom>> FindOpenAsync(string id, CancellationToken cancellationToken)
    {
        if (!RoomId.TryParse(id, out var roomId))
        {
            return Refusal.NoSuchRoom;
        }

        if (_rooms.TryGetValue(roomId, out var room))
        {
            return room;
        }

        try
        {
            return await store.LoadAsync(roomId, cancellationToken) switch
            {
                null => Refusal.NoSuchRoom,
                { State: RoomState.Live or RoomState.Scheduled } stored => _rooms.GetOrAdd(
                    roomId,
                    new LiveRoom(stored, store, this, time)
                ),
                _ => new Refusal(StatusCode.FailedPrecondition, "The room has ended."),
            };
        }
        catch (RoomStoreUnavailableException)
        {
            return Refusal.StoreUnavailable;
        }
    }

    /// <summary>A room to read about, in any state.</summary>
    public async Task<Outcome<V1.Room>> DescribeAsync(string id, CancellationToken cancellationToken)
    {
        var found = await ReadAsync(id, cancellationToken);
        return found.IsRefused(out var refusal, out var room) ? refusal : Describe(room);
    }

    /// <summary>A room in any state, as of its last event.</summary>
    public async Task<Outcome<Room>> ReadAsync(string id, CancellationToken cancellationToken)
    {
        if (!RoomId.TryParse(id, out var roomId))
        {
            return Refusal.NoSuchRoom;
        }

        if (_rooms.TryGetValue(roomId, out var room))
        {
            return room.Current;
        }

        try
        {
            return await store.LoadAsync(roomId, cancellationToken) is { } stored ? stored : Refusal.NoSuchRoom;
        }
        catch (RoomStoreUnavailableException)
        {
            return Refusal.StoreUnavailable;
        }
    }

    /// <summary>
    /// Takes up the rooms that were live when the process before this one ended, and that no other node serves.
    /// </summary>
    /// <param name="self">This node.</param>
    /// <param name="isShared">Other nodes serve rooms too.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task TakeUpAsync(NodeName self, bool isShared, CancellationToken cancellationToken)
    {
        RoomPosition? after = null;
        while (await store.ListLiveAsync(after, 200, cancellationToken) is { IsEmpty: false } page)
        {
            foreach (var room in page)
            {
                if (!isShared || (await nodes.TallyAsync(room.Id, self, 0, cancellationToken)).Places == 0)
                {
                    _rooms.GetOrAdd(room.Id, new LiveRoom(room, store, this, time));
                }
            }

            after = RoomPosition.Of(page[^1]);
        }
    }

    /// <summary>The room is over.</summary>
    public void Remove(LiveRoom room)
    {
        Release(room);
        _ = ForgetAsync(room.Id);
    }

    /// <summary>Forgets a room that nobody here is in; it is taken up again when somebody asks for it.</summary>
    public void Release(LiveRoom room)
    {
        _rooms.TryRemove(room.Id, out _);
        room.Share.EndWatch();
    }

    public void Followed(LiveRoom room, Room before, NumberedEvent happened) =>
        Observer?.Followed(room, before, happened);

    public void Jumped(LiveRoom room, Room before) => Observer?.Jumped(room, before);

    public DateTimeOffset Now() => time.GetUtcNow();

    private async Task ForgetAsync(RoomId room)
    {
        try
        {
            await nodes.ForgetAsync(room, CancellationToken.None);
        }
        catch (RoomStoreUnavailableException)
        {
            // The places of a room that nobody looks after any more go by themselves.
        }
    }

    /// <summary>A room in any state, with the numbers of its people as far as this process knows them.</summary>
    public V1.Room Describe(Room room) =>
        _rooms.TryGetValue(room.Id, out var live)
            ? live.Describe()
            : RoomMessages.Describe(room, (uint)room.Stage.Count(member => member.MaySpeak), listeners: 0);
}
