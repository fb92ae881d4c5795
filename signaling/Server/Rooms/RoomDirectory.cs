using System.Collections.Concurrent;
using System.Collections.Immutable;
using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Access;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>Every room this process serves, and the way to all others.</summary>
internal sealed class RoomDirectory(
    IRoomStore store,
    SignalingOptions options,
    TimeProvider time,
    ILogger<RoomDirectory> logger
)
{
    private readonly ConcurrentDictionary<RoomId, LiveRoom> _rooms = new();

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

        var room = new LiveRoom(Room.Unopened(new RoomId(RandomIds.Next())), store, time);
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
                { State: RoomState.Live } stored => _rooms.GetOrAdd(roomId, new LiveRoom(stored, store, time)),
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

    /// <summary>Takes up every room that was live when the process before this one ended.</summary>
    public async Task TakeUpAsync(CancellationToken cancellationToken)
    {
        RoomPosition? after = null;
        while (await store.ListLiveAsync(after, 200, cancellationToken) is { IsEmpty: false } page)
        {
            foreach (var room in page)
            {
                _rooms.GetOrAdd(room.Id, new LiveRoom(room, store, time));
            }

            after = RoomPosition.Of(page[^1]);
        }
    }

    public void Remove(LiveRoom room) => _rooms.TryRemove(room.Id, out _);

    public DateTimeOffset Now() => time.GetUtcNow();

    private V1.Room Describe(Room room) =>
        _rooms.TryGetValue(room.Id, out var live)
            ? live.Describe()
            : RoomMessages.Describe(room, (uint)room.Stage.Count(member => member.MaySpeak), listeners: 0);
}
