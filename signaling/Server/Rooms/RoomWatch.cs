using Grpc.Core;
using Spaces.Signaling.Domain;
using Spaces.V1;
using Room = Spaces.Signaling.Domain.Room;
using RoomState = Spaces.Signaling.Domain.RoomState;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>A room's log as it grows, for whoever is not in the room: the same events with the same numbers.</summary>
/// <remarks>Reads the store, so it is the same on every node, whether or not that has people of the room.</remarks>
internal sealed class RoomWatch(
    IRoomStore store,
    RoomDirectory rooms,
    IHostApplicationLifetime lifetime,
    TimeProvider time
)
{
    /// <summary>Between two audience counts.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    /// <summary>Ticks after which the log is read although the store did not hint that it grew.</summary>
    private const int TicksUnhinted = 20;

    /// <param name="room">As it is now.</param>
    /// <param name="after">The last number the caller has; 0: none.</param>
    /// <param name="write">Ends when the caller has taken it.</param>
    /// <param name="cancellationToken">The caller went away.</param>
    /// <returns>Null after the last event of a room that has ended.</returns>
    public async Task<Refusal?> RunAsync(
        Room room,
        ulong after,
        Func<WatchRoomResponse, Task> write,
        CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken,
            lifetime.ApplicationStopping
        );
        using var hints = new SemaphoreSlim(1);
        using var hinted = store.Watch(room.Id, () => Hint(hints));
        var view = new View(room.Id, write, (long)Math.Min(after, long.MaxValue));
        try
        {
            while (true)
            {
                if (await FollowAsync(view, stop.Token) is { } end)
                {
                    return end.Refusal;
                }

                await TellAudienceUntilHintedAsync(view, hints, stop.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Refusal.Unavailable("This server is shutting down. Call again with the last number you have seen.");
        }
        catch (RoomStoreUnavailableException)
        {
            return Refusal.StoreUnavailable;
        }
    }

    private static void Hint(SemaphoreSlim hints)
    {
        try
        {
            if (hints.CurrentCount == 0)
            {
                hints.Release();
            }
        }
        catch (ObjectDisposedException)
        {
            // The caller has just gone.
        }
    }

    /// <returns>Null: there will be more.</returns>
    private async Task<End?> FollowAsync(View view, CancellationToken cancellationToken)
    {
        var events = view.At == 0 ? null : await store.ReadEventsAsync(view.Id, view.At, cancellationToken);
        if (events is { IsEmpty: true } && view.State != RoomState.Unopened)
        {
            return null;
        }

        if (await store.LoadAsync(view.Id, cancellationToken) is not { } room)
        {
            return new End(Refusal.NoSuchRoom);
        }

        if (events is null && room.State == RoomState.Ended && view.At > 0)
        {
            return new End(
                new Refusal(
                    StatusCode.FailedPrecondition,
                    "The room has ended, and events after that number are not kept. Read it with GetRoom."
                )
            );
        }

        view.State = room.State;
        if (events is null)
        {
            await view.TellAsync(room, rooms.Describe(room));
        }
        else
        {
            await view.TellAsync(events.Value, rooms.Describe(room));
        }

        return room.State == RoomState.Ended && view.At >= room.Version ? new End(null) : null;
    }

    private async Task TellAudienceUntilHintedAsync(View view, SemaphoreSlim hints, CancellationToken cancellationToken)
    {
        for (var tick = 0; tick < TicksUnhinted; tick++)
        {
            if (rooms.Peek(view.Id) is { } live)
            {
                await view.TellAudienceAsync(live.ListenerCount);
            }

            if (await HintedAsync(hints, cancellationToken))
            {
                return;
            }
        }
    }

    /// <returns>False after a tick without a hint.</returns>
    private async Task<bool> HintedAsync(SemaphoreSlim hints, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Tick, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await hints.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Nothing follows; with a refusal, or because the room is over.</summary>
    private sealed record End(Refusal? Refusal);

    /// <summary>How far one caller is.</summary>
    private sealed class View(RoomId id, Func<WatchRoomResponse, Task> write, long at)
    {
        private uint? _audience;

        public RoomId Id => id;

        public long At { get; private set; } = at;

        public RoomState State { get; set; }

        public async Task TellAsync(Room room, V1.Room described)
        {
            var snapshot = RoomMessages.Snapshot(room, described.SpeakerCount, described.ListenerCount, TimeSpan.Zero);
            await write(new WatchRoomResponse { Snapshot = snapshot });
            At = room.Version;
        }

        public async Task TellAsync(IEnumerable<NumberedEvent> events, V1.Room described)
        {
            foreach (var numbered in events)
            {
                await write(new WatchRoomResponse { Event = EventMessages.Describe(numbered, described) });
                At = numbered.Number;
            }
        }

        public async Task TellAudienceAsync(uint listeners)
        {
            if (_audience != listeners)
            {
                _audience = listeners;
                await write(new WatchRoomResponse { Audience = new Audience { ListenerCount = listeners } });
            }
        }
    }
}
