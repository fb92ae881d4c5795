using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Cluster;
using Spaces.Signaling.Server.Sessions;
using Spaces.Signaling.Store;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>
/// What happens by the passing of time alone: deadlines, grace, empty rooms, the audience count, the disk.
/// </summary>
internal sealed class RoomSweeper(
    RoomDirectory rooms,
    Departure departure,
    RoomFollower follower,
    ClientSessions sessions,
    IRoomStore store,
    SignalingOptions options,
    TimeProvider time,
    ILogger<RoomSweeper> logger
) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    /// <summary>Ticks between two audience counts, so that there are at most two a second.</summary>
    private const int AudienceTicks = 2;

    private const int FlushTicks = 4;

    /// <summary>After a restart people need a moment to resume before the stage is told that they are away.</summary>
    private static readonly TimeSpan LossShownAfter = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        for (var tick = 0L; await WaitAsync(timer, stoppingToken); tick++)
        {
            try
            {
                sessions.CheckDeadlines();
                if (tick % AudienceTicks == 0)
                {
                    await SweepAsync(stoppingToken);
                }

                if (tick % FlushTicks == 0 && store is JournaledRoomStore journaled)
                {
                    journaled.Flush();
                }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                SignalingLog.BackgroundFailed(logger, error);
            }
        }
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken stop)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        foreach (var room in rooms.All)
        {
            await SweepAsync(room, cancellationToken);
            await room.TellAudienceAsync(cancellationToken);
            if (
                room.EmptySince is { } since
                && time.GetUtcNow() - since > options.EmptyRoomLifetime
                && await follower.IsEmptyAsync(room, cancellationToken)
            )
            {
                await Departure.EndRoomAsync(room, new RoomCommand.Expire(time.GetUtcNow()), cancellationToken);
            }
        }
    }

    private async Task SweepAsync(LiveRoom room, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        Participant[] gone;
        using (await room.EnterAsync(cancellationToken))
        {
            gone = [.. room.People.All.Where(participant => now - participant.LostAt > options.ResumeGrace)];
            foreach (
                var away in room.People.All.Where(participant =>
                    !participant.LossShown && now - participant.LostAt > LossShownAfter
                )
            )
            {
                await departure.ShowLossAsync(room, away);
            }
        }

        foreach (var participant in gone)
        {
            await departure.LeaveAsync(room, participant);
        }
    }
}
