using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Rooms;

namespace Spaces.Signaling.Server.Cluster;

/// <summary>Follows what other nodes do in every room that this one serves, and tells them what it does.</summary>
/// <remarks>
/// The log is read on the store's hint; what changed here is written every <see cref="ClusterTimings.Tick"/>, in one
/// batch a room; and every <see cref="ClusterTimings.Look"/> both are looked at without a reason, since hints get lost.
/// </remarks>
internal sealed class RoomFollower(
    RoomDirectory rooms,
    RoomSync sync,
    ClusterNode self,
    NodeMessenger messenger,
    IRoomStore store,
    ClusterTimings timings,
    TimeProvider time,
    ILogger<RoomFollower> logger
) : BackgroundService
{
    /// <summary>Between two tallies of a room: people are told at most twice a second.</summary>
    private static readonly TimeSpan TallyPause = TimeSpan.FromMilliseconds(400);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(timings.Tick, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var room in rooms.All)
                {
                    Look(room, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Shutting down.
        }
    }

    /// <summary>Whether nobody is in the room on any node, asked now.</summary>
    public async Task<bool> IsEmptyAsync(LiveRoom room, CancellationToken cancellationToken)
    {
        try
        {
            var listeners = await sync.WriteAsync(room, cancellationToken);
            await sync.TallyAsync(room, listeners, cancellationToken);
            return room.EmptySince is not null;
        }
        catch (RoomStoreUnavailableException)
        {
            return false;
        }
    }

    private void Look(LiveRoom room, CancellationToken stop)
    {
        var share = room.Share;
        if (share.Watch is null)
        {
            Watch(room);
        }

        var now = time.GetTimestamp();
        var isPollDue = time.GetElapsedTime(share.PolledAt, now) >= timings.Look;
        var isTallyDue =
            (share.IsTallyDue || isPollDue || room.People.HasChanges)
            && time.GetElapsedTime(share.TalliedAt, now) >= TallyPause;
        if (
            self.IsStoreAway
            || !(room.People.HasChanges || isTallyDue || isPollDue)
            || Interlocked.Exchange(ref share.IsBusy, 1) != 0
        )
        {
            return;
        }

        _ = LookAsync(room, isTallyDue, isPollDue, stop);
    }

    private async Task LookAsync(LiveRoom room, bool isTallyDue, bool isPollDue, CancellationToken stop)
    {
        var share = room.Share;
        try
        {
            if (isPollDue)
            {
                share.PolledAt = time.GetTimestamp();
                await room.FollowAsync(stop);
            }

            if (room.IsOver)
            {
                return;
            }

            var listeners = await sync.WriteAsync(room, stop);
            if (isTallyDue)
            {
                (share.IsTallyDue, share.TalliedAt) = (false, time.GetTimestamp());
                await sync.TallyAsync(room, listeners, stop);
            }

            if (isPollDue)
            {
                await sync.ExorciseAsync(room, stop);
            }
        }
        catch (RoomStoreUnavailableException)
        {
            share.IsTallyDue = true;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            SignalingLog.BackgroundFailed(logger, error);
        }
        finally
        {
            Volatile.Write(ref share.IsBusy, 0);
        }
    }

    private void Watch(LiveRoom room)
    {
        var log = store.Watch(room.Id, room.Hint);
        var tally = messenger.WatchTally(room.Id, () => room.Share.IsTallyDue = true);
        room.Share.Watch = new Watches(log, tally);
        if (room.IsOver)
        {
            room.Share.EndWatch(); // It ended in between.
        }

        room.Hint(); // What came before the watch.
    }

    private sealed class Watches(IDisposable log, IDisposable tally) : IDisposable
    {
        public void Dispose()
        {
            log.Dispose();
            tally.Dispose();
        }
    }
}
