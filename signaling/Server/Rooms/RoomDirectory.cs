using System.Collections.Concurrent;
using System.Collections.Immutable;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Domain.Presence;
using Spaces.Signaling.Server.Access;

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

    /// <summary>Opens a room with the bearer as its host.</summary>
    public async Task<Outcome<LiveRoom>> CreateAsync(
        string title,
        AccessToken host,
        CancellationToken cancellationToken
    )
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
        var open = new RoomCommand.Open(title, host.Identity, host.Name, Now());
        if (await room.ExecuteAsync(open, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        SignalingLog.RoomOpened(logger, room.Id);
        return _rooms.GetOrAdd(room.Id, room);
    }

    /// <summary>A live room; refused when there is none, or it has ended.</summary>
    public async Task<Outcome<LiveRoom>> FindLiveAsync(string id, CancellationToken cancellationToken)
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
                { State: RoomState.Live } stored => _rooms.GetOrAdd(roomId, new LiveRoom(stored, store, this, time)),
                _ => new Refusal(StatusCode.FailedPrecondition, "The room has ended."),
            };
        }
        catch (RoomStoreUnavailableException)
        {
            return Refusal.StoreUnavailable;
        }
    }

    /// <summary>A room to read about, live or ended.</summary>
    public async Task<Outcome<V1.Room>> DescribeAsync(string id, CancellationToken cancellationToken)
    {
        if (!RoomId.TryParse(id, out var roomId))
        {
            return Refusal.NoSuchRoom;
        }

        if (_rooms.TryGetValue(roomId, out var room))
        {
            return room.Describe();
        }

        try
        {
            return await store.LoadAsync(roomId, cancellationToken) is { } stored
                ? Describe(stored)
                : Refusal.NoSuchRoom;
        }
        catch (RoomStoreUnavailableException)
        {
            return Refusal.StoreUnavailable;
        }
    }

    /// <summary>Live rooms, newest first.</summary>
    /// <exception cref="RoomStoreUnavailableException">The store did not answer.</exception>
    public async Task<ImmutableArray<V1.Room>> ListAsync(
        RoomPosition? after,
        int count,
        CancellationToken cancellationToken
    ) => [.. (await store.ListLiveAsync(after, count, cancellationToken)).Select(Describe)];

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
        _rooms.TryRemove(room.Id, out _);
        room.Share.EndWatch();
        _ = ForgetAsync(room.Id);
    }

    public void Followed(LiveRoom room, Room before, NumberedEvent happened) =>
        Observer!.Followed(room, before, happened);

    public void Jumped(LiveRoom room, Room before) => Observer!.Jumped(room, before);

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

    private V1.Room Describe(Room room) =>
        _rooms.TryGetValue(room.Id, out var live)
            ? live.Describe()
            : RoomMessages.Describe(room, (uint)room.Stage.Count(member => member.MaySpeak), listeners: 0);
}
