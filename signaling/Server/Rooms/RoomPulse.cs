using Spaces.Signaling.Domain;
using Spaces.Signaling.Server.Reactions;
using Spaces.Signaling.Server.Reminders;

namespace Spaces.Signaling.Server.Rooms;

/// <summary>
/// What rooms and their people are to be told as time passes: reactions, the end of turns and of waiting, reminders;
/// and the end of what was announced and never begun.
/// </summary>
internal sealed class RoomPulse(
    RoomDirectory rooms,
    RoomReactions reactions,
    RoomTimers timers,
    ReminderTeller reminders,
    IRoomStore store,
    TimeProvider time,
    ILogger<RoomPulse> logger
) : BackgroundService
{
    /// <summary>So that reactions come at most four times a second, and turns end on time.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan ReminderBeat = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan CleaningBeat = TimeSpan.FromSeconds(60);

    /// <summary>A scheduled room that nobody is in is kept in memory no longer than this.</summary>
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(60);

    /// <summary>How late a room may be started; then it is cancelled.</summary>
    private static readonly TimeSpan NoShowAfter = TimeSpan.FromHours(24);

    private const int OverduePage = 100;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(
            RepeatAsync(Beat, reactions.TellAsync, stoppingToken),
            RepeatAsync(Beat, LookAtTimersAsync, stoppingToken),
            RepeatAsync(ReminderBeat, reminders.LookAsync, stoppingToken),
            RepeatAsync(CleaningBeat, CleanAsync, stoppingToken)
        );

    private async Task RepeatAsync(TimeSpan beat, Func<CancellationToken, Task> work, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(beat, time);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stop);
                await work(stop);
            }
            catch (RoomStoreUnavailableException)
            {
                // The next beat finds what this one did not.
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                SignalingLog.BackgroundFailed(logger, error);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task LookAtTimersAsync(CancellationToken cancellationToken)
    {
        foreach (var room in rooms.All.Where(RoomTimers.HasAny))
        {
            await timers.LookAsync(room, cancellationToken);
        }
    }

    private async Task CleanAsync(CancellationToken cancellationToken)
    {
        reactions.Sweep();
        foreach (var room in rooms.All.Where(room => room.Current.State == RoomState.Scheduled))
        {
            if (room.EmptySince is { } since && time.GetUtcNow() - since > IdleMax)
            {
                rooms.Release(room);
            }
        }

        var overdue = await store.ListScheduledAsync(after: null, OverduePage, cancellationToken);
        foreach (var late in overdue.Where(room => time.GetUtcNow() - room.StartsAt > NoShowAfter))
        {
            if ((await rooms.FindOpenAsync(late.Id.Value, cancellationToken)).Value is { } room)
            {
                await room.ExecuteAsync(new RoomCommand.Expire(time.GetUtcNow()), cancellationToken);
            }
        }
    }
}
